import type { Server } from "node:http"
import type { Socket } from "node:net"

export interface SlowReaderTimes {
  readonly lookEveryMs: number
  /** A client that receives nothing of the waiting bytes for this long is disconnected. */
  readonly standstillMs: number
}

const usual: SlowReaderTimes = { lookEveryMs: 10_000, standstillMs: 30_000 }

/**
 * Disconnects clients that do not read their responses. A periodic check gives a timer only to connections with unsent
 * bytes, because Node's own time-out for every request would add a twentieth to the time of a refusal. Node restarts
 * the timer whenever some bytes are sent.
 */
export function cutSlowReaders(server: Server, { lookEveryMs, standstillMs }: SlowReaderTimes = usual): void {
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  const looks = setInterval(() => {
    for (const socket of sockets) {
      if (socket.writableLength > 0 && socket.timeout !== standstillMs) socket.setTimeout(standstillMs)
    }
  }, lookEveryMs).unref()
  server.once("close", () => clearInterval(looks))
}
