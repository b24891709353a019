import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import { createPipe, type Way } from "./pipe.ts"

/** A TCP server between a program and PostgreSQL that can lose, delay and cut what they say. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL, by way of the proxy. */
  readonly url: string
  /**
   * The next COMMIT is done and its answer lost: the connection breaks before it is heard. With
   * `statement`, the next one on a connection on which that text was sent.
   */
  loseCommit(statement?: string): void
  /** How many answers were lost. */
  lost(): number
  /** For so long nothing passes, in either direction, and nobody is told. */
  stall(milliseconds: number): void
  /** From now on everything takes so much longer on its way to the database; 0: no longer. */
  delay(milliseconds: number): void
  /** Until told otherwise everything comes in small pieces, in both directions. */
  trickle(isTrickling: boolean): void
  /** The connections there are stay open for ever, and nothing passes any more: half-open, as after a power cut. */
  silence(): void
  /** Breaks every connection. */
  cut(): void
  /** New connections lead to another database. */
  redirect(url: string): void
}

/** The completion tag of COMMIT as PostgreSQL sends it. */
const COMMITTED = "COMMIT\0"

/** Puts a proxy before the server of `url`, which may listen on a unix socket. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  let target = new URL(url)
  const sockets = new Set<Socket>()
  let armed: { readonly statement: string | null } | null = null
  let lost = 0
  const wayThere: Way = { delayMs: 0, isTrickling: false }
  const wayBack: Way = { delayMs: 0, isTrickling: false }
  const silenced = new Set<Socket>()

  const server = createServer((client) => {
    const database = connectTo(target)
    const [toDatabase, toClient] = [createPipe(database, wayThere), createPipe(client, wayBack)]
    let isCutting = false
    client.on("data", (chunk: Buffer) => {
      if (armed !== null && armed.statement !== null && chunk.includes(armed.statement)) {
        armed = null
        isCutting = true
      }
      if (!silenced.has(client)) toDatabase(chunk)
    })
    database.on("data", (chunk: Buffer) => {
      if (silenced.has(client)) return
      const isWanted = isCutting || armed?.statement === null
      if (isWanted && chunk.includes(COMMITTED)) {
        // The server has done it, and nobody will hear.
        if (!isCutting) armed = null
        lost += 1
        client.destroy()
        database.destroy()
      } else if (!isCutting) toClient(chunk)
    })
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      const end = () => {
        if (!silenced.has(client)) other.destroy()
      }
      sockets.add(one)
      one.on("error", end)
      one.on("close", () => {
        sockets.delete(one)
        end()
      })
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")

  const own = new URL(url)
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the proxy has no port")
  own.searchParams.delete("host")
  own.hostname = "127.0.0.1"
  own.port = String(address.port)

  function cut(): void {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: own.href,
    loseCommit: (statement = "") => void (armed = { statement: statement === "" ? null : statement }),
    lost: () => lost,
    stall(milliseconds) {
      const stalled = [...sockets]
      for (const socket of stalled) socket.pause()
      setTimeout(() => {
        for (const socket of stalled) socket.resume()
      }, milliseconds)
    },
    delay: (milliseconds) => void (wayThere.delayMs = milliseconds),
    trickle: (isTrickling) => void (wayThere.isTrickling = wayBack.isTrickling = isTrickling),
    silence() {
      for (const socket of sockets) silenced.add(socket)
    },
    cut,
    redirect: (url) => void (target = new URL(url)),
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, "close")
    },
  }
}

function connectTo({ hostname, port, searchParams }: URL): Socket {
  const socketDirectory = searchParams.get("host")
  return socketDirectory === null
    ? connect(Number(port), hostname)
    : connect(`${socketDirectory}/.s.PGSQL.${port}`)
}
