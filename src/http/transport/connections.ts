import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/**
 * Requests that a connection may have under way behind an unanswered one. Node takes up all that comes in a packet,
 * more than a thousand, and keeps each answer until its turn: of a client that does not read, they would fill the
 * memory. Browsers send none ahead, and proxies do not either.
 */
export const MOST_SENT_AHEAD = 16

/** What becomes of a request because of the connection it came by. */
export type Standing = "welcome" | "too far ahead" | "unwanted"

const ahead = new WeakMap<Socket, number>()

/** Asked once for each request. Unwanted: nobody is there any more, or nothing more may be asked there. */
export function standingOf({ socket }: IncomingMessage, response: ServerResponse): Standing {
  // Whoever has hung up has no address any more, by which it could be counted.
  if (socket.remoteAddress === undefined) return "unwanted"
  // An answer has its socket as soon as its turn has come.
  if (response.socket !== null) return "welcome"
  const waiting = ahead.get(socket) ?? 0
  if (waiting === Infinity) return "unwanted"
  if (waiting >= MOST_SENT_AHEAD) return "too far ahead"
  ahead.set(socket, waiting + 1)
  response.once("close", () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1))
  return "welcome"
}

/** Whether requests were sent ahead there and are not answered: the one that asks, or others behind it. */
export function isSentAheadOn(socket: Socket): boolean {
  return (ahead.get(socket) ?? 0) > 0
}

/** What is being answered there has no end: what is asked behind it would be done and never be answered. */
export function takeNothingMoreFrom(socket: Socket): void {
  ahead.set(socket, Infinity)
}
