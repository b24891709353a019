import type { FastifyReply, FastifyRequest } from "fastify"
import { SocketOutlet } from "../../live/stream-outlet.ts"
import { takeNothingMoreFrom } from "../../transport/connections.ts"

/**
 * Sends the head of a stream's answer. Then `open` begins the stream, unless the request is a HEAD or the client has
 * gone already; the function that it returns is called when the connection closes.
 */
export function beginStream(
  request: FastifyRequest,
  reply: FastifyReply,
  open: (outlet: SocketOutlet) => () => void,
): void {
  const { raw: response } = reply
  const { socket } = response
  const isHead = request.method === "HEAD"
  const takesChunks = request.raw.httpVersionMinor > 0
  reply.hijack()
  if (socket === null || socket.destroyed) return
  void reply.headers({
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // Without it nginx collects some kilobytes of events before it sends them.
    "x-accel-buffering": "no",
  })
  if (takesChunks) void reply.header("transfer-encoding", "chunked")
  if (!isHead) void reply.header("connection", "close")
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  socket.cork()
  response.writeHead(200)
  response.flushHeaders()
  if (isHead) response.end()
  else {
    takeNothingMoreFrom(socket)
    const outlet = new SocketOutlet(response, socket, takesChunks)
    response.once("close", open(outlet))
    // A client that has ended its side is gone. Without this, its connection would stay until the next write fails.
    socket.once("end", () => outlet.cut())
  }
  socket.uncork()
}
