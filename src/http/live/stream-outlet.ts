import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Frame } from "./frames.ts"

/** The client's side of a stream. */
export interface Outlet {
  /** Bytes that wait in this process: neither the client nor the operating system has taken them. */
  readonly waitingBytes: number
  write(frame: Frame): void
  /** Ends the response in order; the connection closes when everything is sent. */
  end(): void
  /** Closes the connection at once. */
  cut(): void
}

/** An HTTP connection whose response head has been written. */
export class SocketOutlet implements Outlet {
  readonly #response: ServerResponse
  readonly #socket: Socket
  readonly #takesChunks: boolean

  constructor(response: ServerResponse, socket: Socket, takesChunks: boolean) {
    this.#response = response
    this.#socket = socket
    this.#takesChunks = takesChunks
  }

  get waitingBytes(): number {
    return this.#socket.writableLength
  }

  /**
   * Writes to the socket, not to the response: the response would encode the chunk again for each client and send it
   * in parts, which takes 7.7 µs instead of 4.6.
   */
  write({ chunk, bare }: Frame): void {
    this.#socket.write(this.#takesChunks ? chunk : bare)
  }

  end(): void {
    this.#response.end()
  }

  cut(): void {
    this.#socket.destroy()
  }
}
