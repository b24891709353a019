import { randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { CrossOriginHeaders } from "./cross-origin.ts"

type ConstantHeaders = Readonly<Record<string, string>>

/** The error of Node's HTTP parser; `rawPacket` has the last bytes that it read. */
interface ParseError extends Error {
  readonly code?: string
  readonly rawPacket?: unknown
}

/** Answers bytes that are not valid HTTP. There is no request object yet, so it writes the usual headers itself. */
export function brokenRequestAnswerer(constant: ConstantHeaders, crossOrigin: CrossOriginHeaders) {
  return (error: ParseError, socket: Socket): void => {
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const [status, reason] = statusOf(error.code)
    const { headers, body } = problem(status, reason)
    const all = { ...constant, ...crossOrigin(originIn(error.rawPacket)), ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n${body}`)
  }
}

/** Answers an `Expect` other than 100-continue with a problem document; Node's own answer has no body. */
export function expectationAnswerer(constant: ConstantHeaders, crossOrigin: CrossOriginHeaders) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { headers, body } = problem(417, "Expectation Failed")
    response.writeHead(417, { ...constant, ...crossOrigin(request.headers.origin), ...headers }).end(body)
  }
}

/** Finds the Origin in headers that the parser rejected. Only a configured origin is ever written to the answer. */
function originIn(packet: unknown): string | undefined {
  if (!Buffer.isBuffer(packet)) return undefined
  return /\r\norigin:[ \t]*(\S+)[ \t]*\r\n/i.exec(packet.toString("latin1"))?.[1]
}

function statusOf(code: string | undefined): [number, string] {
  if (code === "HPE_HEADER_OVERFLOW") return [431, "Request Header Fields Too Large"]
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "Request Timeout"]
  return [400, "Bad Request"]
}

function problem(status: number, detail: string) {
  const requestId = randomUUID()
  const body = JSON.stringify({
    type: "urn:doorbuster:problem:malformed_request",
    title: "Malformed request",
    status,
    detail,
    instance: "",
    code: "malformed_request",
    request_id: requestId,
  })
  const headers = {
    "x-request-id": requestId,
    "content-type": "application/problem+json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  }
  return { headers, body }
}
