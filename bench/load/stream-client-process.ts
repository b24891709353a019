import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { getRequest } from "./request.ts"
import type { FromStreamClients, ToStreamClients, StreamClientPlan } from "./stream-clients.ts"

// Opens streams on its parent's order and reports when a text has arrived on all of them. Parses no more than it must.

/** The number of connections that are opened at the same time. */
const OPENING_AT_ONCE = 250

/** The read buffer of all sockets. */
const readBuffer = Buffer.allocUnsafe(64 * 1024)
const sockets: Socket[] = []
let mark: Buffer | null = null
let missing = new Set<number>()
let dropped = 0

function say(message: FromStreamClients): void {
  process.send?.(message)
}

function read(index: number, length: number): void {
  if (mark === null || !missing.has(index) || !readBuffer.subarray(0, length).includes(mark)) return
  missing.delete(index)
  if (missing.size > 0) return
  mark = null
  say({ kind: "arrived", at: performance.timeOrigin + performance.now(), dropped })
}

/** Opens a stream; resolves when its first bytes have arrived. */
async function open(index: number, { host, port, path }: StreamClientPlan): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback(length) {
          resolve()
          read(index, length)
          return true
        },
      },
    })
    sockets.push(socket)
    socket.on("connect", () => socket.write(getRequest(host, path)))
    socket.on("error", reject)
    socket.on("close", () => {
      dropped += 1
    })
  })
}

process.on("disconnect", () => process.exit(0))

const [plan] = (await once(process, "message")) as [StreamClientPlan]
process.on("message", (message: ToStreamClients) => {
  mark = Buffer.from(message.mark)
  missing = new Set(sockets.keys())
})
for (let opened = 0; opened < plan.count; opened += OPENING_AT_ONCE) {
  const some = Math.min(OPENING_AT_ONCE, plan.count - opened)
  await Promise.all(Array.from({ length: some }, (_, index) => open(opened + index, plan)))
}
say({ kind: "open" })
