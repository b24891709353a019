import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** How a way is at the moment. */
export interface Way {
  /** Everything takes so much longer. */
  delayMs: number
  /** Everything comes in pieces of {@link CRUMB_BYTES}, one a millisecond. */
  isTrickling: boolean
}

/** Less than most messages of PostgreSQL have, and no divisor of any. */
const CRUMB_BYTES = 61

/** Passes on what it is given, in order, as slowly as the way is when it comes. */
export function createPipe(to: Socket, way: Readonly<Way>): (chunk: Buffer) => void {
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
    if (!isPumping && way.delayMs === 0 && !way.isTrickling) return void to.write(chunk)
    const at = performance.now() + way.delayMs
    const pieces = way.isTrickling ? crumbsOf(chunk) : [chunk]
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
