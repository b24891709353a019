import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Frame } from "./frames.ts"

/** Where a stream's bytes go. */
export interface Outlet {
  /** Bytes that the client has not taken yet and that the system does not hold for it either. */
  readonly waitingBytes: number
  write(frame: Frame): void
  /** Ends the answer as HTTP wants it; the connection closes when everything is sent. */
  end(): void
  /** Breaks the connection. */
  cut(): void
}

/** A client on an HTTP connection, whose head has been written. */
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
   * Past the response, which would frame the bytes anew for each client and send them in parts: that
   * takes 7.7 µs instead of 4.6.
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
