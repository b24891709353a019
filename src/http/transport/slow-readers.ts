import type { Server } from "node:http"
import type { Socket } from "node:net"

export interface SlowReaderTimes {
  readonly lookEveryMs: number
  /** A client that takes nothing of what waits for it for so long is cut off. */
  readonly standstillMs: number
}

const usual: SlowReaderTimes = { lookEveryMs: 10_000, standstillMs: 30_000 }

/**
 * Cuts off clients that do not read what they asked for. Only connections with something left to send get a
 * timer, when a look around finds them: a time-out for every request, as the server has it, costs a refusal a
 * twentieth of its time. Node restarts that timer whenever some of it goes out.
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
