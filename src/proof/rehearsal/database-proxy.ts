import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import { createPipe, type Delays } from "./pipe.ts"

/** A TCP proxy between a program and PostgreSQL that can lose and delay messages and break connections. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL through the proxy. */
  readonly url: string
  /**
   * Loses the answer to the next COMMIT, which the database has carried out: the connection breaks before the answer
   * arrives. With `statement`: loses the answer to the next COMMIT on a connection on which that text was sent.
   */
  loseCommit(statement?: string): void
  /** How many answers were lost. */
  lost(): number
  /** Lets nothing pass, in either direction, for this time. The connections stay open. */
  stall(milliseconds: number): void
  /** Delays all data to the database from now on; 0 ends the delay. */
  delay(milliseconds: number): void
  /** Sends everything in small pieces, in both directions, until called with false. */
  trickle(isTrickling: boolean): void
  /** Passes nothing more on the present connections and never closes them: half-open, as after a power failure. */
  silence(): void
  /** Breaks every connection. */
  cut(): void
  /** Leads new connections to another database. */
  redirect(url: string): void
}

/** The completion tag of COMMIT as PostgreSQL sends it. */
const COMMITTED = "COMMIT\0"

/** The proxy's present faults. */
interface Trouble {
  target: URL
  /** Set: the next COMMIT (on a connection with this statement; null: on any) loses its answer. */
  losing: { readonly statement: string | null } | null
  lost: number
  readonly delaysToDatabase: Delays
  readonly delaysToClient: Delays
  readonly sockets: Set<Socket>
  /** Clients whose connections are half-open. */
  readonly silenced: Set<Socket>
}

/** Starts a proxy for the server of `url`, which may listen on a unix socket. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const trouble: Trouble = {
    target: new URL(url),
    losing: null,
    lost: 0,
    delaysToDatabase: { delayMs: 0, isTrickling: false },
    delaysToClient: { delayMs: 0, isTrickling: false },
    sockets: new Set(),
    silenced: new Set(),
  }
  const server = createServer((client) => connectThrough(trouble, client, connectTo(trouble.target)))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")

  function cut(): void {
    for (const socket of trouble.sockets) socket.destroy()
  }
  return {
    url: urlThrough(server, url),
    loseCommit: (statement = "") =>
      void (trouble.losing = { statement: statement === "" ? null : statement }),
    lost: () => trouble.lost,
    stall(milliseconds) {
      const stalled = [...trouble.sockets]
      for (const socket of stalled) socket.pause()
      setTimeout(() => {
        for (const socket of stalled) socket.resume()
      }, milliseconds)
    },
    delay: (milliseconds) => void (trouble.delaysToDatabase.delayMs = milliseconds),
    trickle: (isTrickling) =>
      void (trouble.delaysToDatabase.isTrickling = trouble.delaysToClient.isTrickling = isTrickling),
    silence() {
      for (const socket of trouble.sockets) trouble.silenced.add(socket)
    },
    cut,
    redirect: (url) => void (trouble.target = new URL(url)),
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, "close")
    },
  }
}

/** Passes data between client and database, subject to the present faults. */
function connectThrough(trouble: Trouble, client: Socket, database: Socket): void {
  const toDatabase = createPipe(database, trouble.delaysToDatabase)
  const toClient = createPipe(client, trouble.delaysToClient)
  let losesCommit = false
  client.on("data", (chunk: Buffer) => {
    const statement = trouble.losing?.statement ?? null
    if (statement !== null && chunk.includes(statement)) {
      trouble.losing = null
      losesCommit = true
    }
    if (!trouble.silenced.has(client)) toDatabase(chunk)
  })
  database.on("data", (chunk: Buffer) => {
    if (trouble.silenced.has(client)) return
    const isWanted = losesCommit || trouble.losing?.statement === null
    if (isWanted && chunk.includes(COMMITTED)) {
      if (!losesCommit) trouble.losing = null
      trouble.lost += 1
      client.destroy()
      database.destroy()
    } else if (!losesCommit) toClient(chunk)
  })
  endTogether(trouble, client, database)
}

/** When one side ends, so does the other, unless the connection is half-open. */
function endTogether({ sockets, silenced }: Trouble, client: Socket, database: Socket): void {
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
}

function urlThrough(server: Server, url: string): string {
  const own = new URL(url)
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the proxy has no port")
  own.searchParams.delete("host")
  own.hostname = "127.0.0.1"
  own.port = String(address.port)
  return own.href
}

function connectTo({ hostname, port, searchParams }: URL): Socket {
  const socketDirectory = searchParams.get("host")
  return socketDirectory === null
    ? connect(Number(port), hostname)
    : connect(`${socketDirectory}/.s.PGSQL.${port}`)
}
