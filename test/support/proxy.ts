import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** A TCP server between a program and PostgreSQL that can lose what PostgreSQL says. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL, by way of the proxy. */
  readonly url: string
  /** The next connection on which `statement` is sent is cut when it has been answered, unheard. */
  loseAnswerTo(statement: string): void
  /** How many answers were lost. */
  lost(): number
}

/** Puts a proxy before the server of `url`, which may listen on a unix socket. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url)
  const socketDirectory = target.searchParams.get("host")
  const sockets = new Set<Socket>()
  let armed: string | null = null
  let lost = 0

  const server = createServer((client) => {
    const database =
      socketDirectory === null
        ? connect(Number(target.port), target.hostname)
        : connect(`${socketDirectory}/.s.PGSQL.${target.port}`)
    let isCutting = false
    client.on("data", (chunk) => {
      if (armed !== null && chunk.includes(armed)) {
        armed = null
        isCutting = true
      }
      database.write(chunk)
    })
    database.on("data", (chunk) => {
      if (!isCutting) return void client.write(chunk)
      // "C" of COMMIT's own completion tag: the server has done it, and nobody will hear.
      if (!chunk.includes("COMMIT\0")) return
      lost += 1
      client.destroy()
      database.destroy()
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
  return {
    url: own.href,
    loseAnswerTo: (statement) => void (armed = statement),
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}
