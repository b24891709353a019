import { connect, type Socket } from "node:net"

/** Called with each response: its status, all of it as text, and the index of the body in that text. */
export type OnAnswer = (status: number, text: string, bodyAt: number) => void

export interface ConnectionEvents {
  onOpen(): void
  onAnswer: OnAnswer
  /** The connection is closed, by either side. */
  onClose(error: Error | null): void
}

/** The read buffer of all sockets. Its content is processed before the next read. */
const readBuffer = Buffer.allocUnsafe(64 * 1024)

/**
 * One keep-alive HTTP/1.1 connection. It sends requests that are already encoded and parses no more of
 * a response than it must, because on two cores the load generator takes CPU time from the server.
 *
 * One request at a time. Responses need a Content-Length, unless their status excludes a body.
 */
export class Connection {
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  /** The beginning of a response that is not complete yet. */
  #part = ""

  constructor(host: string, port: number, events: ConnectionEvents) {
    this.#events = events
    let failure: Error | null = null
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(readBuffer.toString("latin1", 0, length))
          return true
        },
      },
    })
    this.#socket.on("connect", () => events.onOpen())
    this.#socket.on("error", (error) => (failure = error))
    this.#socket.on("close", () => events.onClose(failure))
  }

  send(request: string): void {
    this.#socket.write(request, "latin1")
  }

  end(): void {
    this.#socket.destroy()
  }

  #read(chunk: string): void {
    const text = this.#part === "" ? chunk : this.#part + chunk
    const headEnd = text.indexOf("\r\n\r\n")
    const bodyAt = headEnd + 4
    if (headEnd === -1 || text.length < bodyAt + bodyLength(text, headEnd)) {
      this.#part = text
      return
    }
    this.#part = ""
    this.#events.onAnswer(Number(text.slice(9, 12)), text, bodyAt)
  }
}

function bodyLength(text: string, headEnd: number): number {
  for (const name of ["content-length: ", "Content-Length: "]) {
    const at = text.indexOf(name)
    if (at !== -1 && at < headEnd) return Number(text.slice(at + name.length, text.indexOf("\r\n", at)))
  }
  return 0
}
