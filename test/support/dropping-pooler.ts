import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** A proxy for a database that behaves to clients like a connection pooler. */
export interface DroppingPooler extends AsyncDisposable {
  readonly url: string
}

/**
 * Forwards everything except the startup parameter `options`, as PgBouncer does with
 * `ignore_startup_parameters = options`.
 */
export async function startDroppingPooler(url: string): Promise<DroppingPooler> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const database = connect(`${target.searchParams.get("host") ?? ""}/.s.PGSQL.${target.port}`)
    client.once("data", (startup: Buffer) => {
      database.write(withoutOptions(startup))
      client.pipe(database)
    })
    database.pipe(client)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        client.destroy()
        database.destroy()
      })
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the pooler has no port")
  const own = new URL(url)
  own.searchParams.delete("host")
  own.hostname = "127.0.0.1"
  own.port = String(address.port)
  return {
    url: own.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}

/** Removes `options` from a startup message: length, protocol version, then zero-terminated names and values. */
function withoutOptions(startup: Buffer): Buffer {
  const fields = startup.subarray(8).toString("latin1").split("\0")
  const kept: string[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name = "", value = ""] = fields.slice(index)
    if (name !== "" && name !== "options") kept.push(name, value)
  }
  const text = Buffer.from(`${kept.join("\0")}\0\0`, "latin1")
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + text.length)
  startup.copy(head, 4, 4, 8)
  return Buffer.concat([head, text])
}
