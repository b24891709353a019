import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

const type = "application/problem+json; charset=utf-8"

/** Answers what is not even HTTP, before there is a request to speak of. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason] = statusOf(error.code)
  const body = problem(status, reason)
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: ${type}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Answers an `Expect` other than 100-continue, which Node would answer with nothing. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = problem(417, "Expectation Failed")
  const headers = { "content-type": type, "content-length": Buffer.byteLength(body), connection: "close" }
  response.writeHead(417, headers).end(body)
}

function statusOf(code: string | undefined): [number, string] {
  if (code === "HPE_HEADER_OVERFLOW") return [431, "Request Header Fields Too Large"]
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "Request Timeout"]
  return [400, "Bad Request"]
}

function problem(status: number, detail: string): string {
  return JSON.stringify({
    type: "urn:doorbuster:problem:malformed_request",
    title: "Malformed request",
    status,
    detail,
    instance: "",
    code: "malformed_request",
    request_id: randomUUID(),
  })
}
