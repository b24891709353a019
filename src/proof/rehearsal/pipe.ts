import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** How a connection delays its data; it can change at any time. */
export interface Delays {
  /** Each chunk of data is sent this much later. */
  delayMs: number
  /** All data is sent in pieces of {@link CRUMB_BYTES}, one each millisecond. */
  isTrickling: boolean
}

/** Smaller than most messages of PostgreSQL, and not a divisor of their sizes. */
const CRUMB_BYTES = 61

/** Returns a function that writes chunks to the socket, in order, with the delays at the time of each chunk. */
export function createPipe(to: Socket, delays: Readonly<Delays>): (chunk: Buffer) => void {
  const waiting: { readonly piece: Buffer; readonly at: number }[] = []
  let isPumping = false

  async function pump(): Promise<void> {
    isPumping = true
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const wait = next.at - performance.now()
      if (wait > 0) await sleep(wait)
      to.write(next.piece)
    }
    isPumping = false
  }

  return (chunk) => {
    if (!isPumping && delays.delayMs === 0 && !delays.isTrickling) return void to.write(chunk)
    const at = performance.now() + delays.delayMs
    const pieces = delays.isTrickling ? crumbsOf(chunk) : [chunk]
    for (const [index, piece] of pieces.entries()) waiting.push({ piece, at: at + index })
    if (!isPumping) void pump()
  }
}

function crumbsOf(chunk: Buffer): Buffer[] {
  const count = Math.ceil(chunk.length / CRUMB_BYTES)
  return Array.from({ length: count }, (_, index) =>
    chunk.subarray(index * CRUMB_BYTES, (index + 1) * CRUMB_BYTES),
  )
}
