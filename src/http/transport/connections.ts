import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/**
 * How many requests a connection may send behind an unanswered one (HTTP pipelining). Node starts all requests of a
 * packet at once, which may be more than a thousand, and keeps each answer until its turn, so a client that does not
 * read could fill the memory. Browsers and proxies do not pipeline.
 */
export const MOST_SENT_AHEAD = 16

/**
 * How a request is treated because of the state of its connection. `welcome`: it is answered as usual. `too far ahead`:
 * too many pipelined requests wait already. `unwanted`: it cannot be answered and is not carried out.
 */
export type Standing = "welcome" | "too far ahead" | "unwanted"

const ahead = new WeakMap<Socket, number>()

/**
 * Determines the standing of a request and counts it; call once for each. It is unwanted if the client has disconnected,
 * or after {@link takeNothingMoreFrom}.
 */
export function standingOf({ socket }: IncomingMessage, response: ServerResponse): Standing {
  // A closed socket has no address, so no limit by address could count the request.
  if (socket.remoteAddress === undefined) return "unwanted"
  // Node gives a response its socket when the responses before it are complete.
  if (response.socket !== null) return "welcome"
  const waiting = ahead.get(socket) ?? 0
  if (waiting === Infinity) return "unwanted"
  if (waiting >= MOST_SENT_AHEAD) return "too far ahead"
  ahead.set(socket, waiting + 1)
  response.once("close", () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1))
  return "welcome"
}

/** True if pipelined requests of this connection are unanswered. A pipelined caller itself is one of them. */
export function isSentAheadOn(socket: Socket): boolean {
  return (ahead.get(socket) ?? 0) > 0
}

/** Makes all further requests of a connection unwanted. Call when its response never ends, such as a stream. */
export function takeNothingMoreFrom(socket: Socket): void {
  ahead.set(socket, Infinity)
}
