import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

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
  /** Breaks every connection. */
  cut(): void
}

/** The completion tag of COMMIT as PostgreSQL sends it. */
const COMMITTED = "COMMIT\0"

/** Puts a proxy before the server of `url`, which may listen on a unix socket. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url)
  const socketDirectory = target.searchParams.get("host")
  const sockets = new Set<Socket>()
  let armed: { readonly statement: string | null } | null = null
  let lost = 0
  let delayMs = 0

  const server = createServer((client) => {
    const database =
      socketDirectory === null
        ? connect(Number(target.port), target.hostname)
        : connect(`${socketDirectory}/.s.PGSQL.${target.port}`)
    let isCutting = false
    client.on("data", (chunk) => {
      if (armed !== null && armed.statement !== null && chunk.includes(armed.statement)) {
        armed = null
        isCutting = true
      }
      // Equal timers fire in the order in which they were set, so nothing overtakes anything.
      if (delayMs === 0) database.write(chunk)
      else setTimeout(() => database.write(chunk), delayMs)
    })
    database.on("data", (chunk) => {
      const isWanted = isCutting || armed?.statement === null
      if (isWanted && chunk.includes(COMMITTED)) {
        // The server has done it, and nobody will hear.
        if (!isCutting) armed = null
        lost += 1
        client.destroy()
        database.destroy()
      } else if (!isCutting) client.write(chunk)
    })
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(one)
      one.on("error", () => other.destroy())
      one.on("close", () => {
        sockets.delete(one)
        other.destroy()
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
    delay: (milliseconds) => void (delayMs = milliseconds),
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, "close")
    },
  }
}
