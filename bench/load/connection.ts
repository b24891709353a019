import { connect, type Socket } from "node:net"

/** Hears of each answer: its status, the whole of it as text, and where the body starts in that. */
export type OnAnswer = (status: number, text: string, bodyAt: number) => void

export interface ConnectionEvents {
  onOpen(): void
  onAnswer: OnAnswer
  /** The connection is gone, whoever ended it. */
  onClose(error: Error | null): void
}

/** Every socket reads into it; what is in it is used up before the next one is read. */
const readBuffer = Buffer.allocUnsafe(64 * 1024)

/**
 * One kept-alive HTTP/1.1 connection that sends requests which are bytes already and reads no more of
 * an answer than it must: on two cores, what the load costs is taken from the server.
 *
 * One request at a time. Answers need a Content-Length, unless they have no body by their status.
 */
export class Connection {
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  /** The first part of an answer that came in several. */
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
