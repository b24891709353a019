import type { IncomingMessage } from "node:http"

/** As much of a refused body is read and thrown away. Enough for a photograph sent to the wrong address. */
const MOST_BYTES = 16 * 1024 * 1024
/** A client that still writes after this long is cut off. */
const WITHIN_MS = 5_000

/**
 * Reads on after an answer that did not wait for its request's body, and throws away what comes.
 *
 * A connection that is closed while its client still writes is reset, and the client then sees the reset instead of the
 * answer. Nothing is kept, and past {@link MOST_BYTES} or {@link WITHIN_MS} the connection is cut after all.
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
  const stop = () => clearTimeout(timer)
  request.once("end", stop)
  request.once("close", stop)
  socket.once("close", stop)
  request.resume()
}
