import type { IncomingMessage } from "node:http"

/** How much of a refused body is read and discarded: enough for a photograph sent to the wrong address. */
const MOST_BYTES = 16 * 1024 * 1024
/** A client that is still sending after this time is disconnected. */
const WITHIN_MS = 5_000

/**
 * Reads and discards the rest of a request's body after an early answer.
 *
 * If the connection were closed while the client is still sending, TCP would reset it, and the client would see the
 * reset instead of the answer. After {@link MOST_BYTES} or {@link WITHIN_MS} the connection is closed nevertheless.
 */
export function discardBodyOf(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const { socket } = request
  const cut = () => socket.destroy()
  const timer = setTimeout(cut, WITHIN_MS).unref()
  let received = 0
  request.on("data", (chunk: Buffer) => {
    received += chunk.length
    if (received > MOST_BYTES) cut()
  })
  const stop = () => {
    clearTimeout(timer)
    // The connection outlives the request: a client may be refused on it any number of times.
    socket.off("close", stop)
  }
  request.once("end", stop)
  request.once("close", stop)
  socket.once("close", stop)
  request.resume()
}
