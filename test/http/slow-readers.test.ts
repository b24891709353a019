import { createServer } from "node:http"
import { once } from "node:events"
import { connect, type AddressInfo, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { cutSlowReaders } from "../../src/http/transport/slow-readers.ts"

/** More bytes than the operating system buffers for a client that does not read. */
const LARGE = "x".repeat(32_000_000)

/** A server with a large and a small answer. */
async function startServer() {
  const server = createServer((request, response) => response.end(request.url === "/large" ? LARGE : "small"))
  cutSlowReaders(server, { lookEveryMs: 20, standstillMs: 100 })
  const accepted: Socket[] = []
  server.on("connection", (socket) => accepted.push(socket))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const clients: Socket[] = []
  return {
    /** Requests `path`, and returns the server's end of the connection as well. */
    async ask(path: string) {
      const client = connect(port, "127.0.0.1").on("error", () => undefined)
      clients.push(client)
      client.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`)
      await expect.poll(() => accepted.length).toBe(clients.length)
      return { client, socket: accepted.at(-1) }
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      server.close()
      await once(server, "close")
    },
  }
}

test("a client that reads nothing of its answer is disconnected", async () => {
  await using server = await startServer()
  const { client, socket } = await server.ask("/large")
  client.pause()
  await expect.poll(() => socket?.destroyed).toBe(true)
})

// On a machine that is busy with other tests this has taken longer than 20 s.
test("a client that reads slowly gets the whole answer", { timeout: 90_000 }, async () => {
  await using server = await startServer()
  const { client } = await server.ask("/large")
  let received = 0
  client.on("data", (bytes) => {
    received += bytes.length
    client.pause()
    setTimeout(() => client.resume(), 1)
  })
  await expect.poll(() => received, { timeout: 80_000 }).toBeGreaterThan(LARGE.length)
})

test("a client that has read everything keeps its connection", async () => {
  await using server = await startServer()
  const { client, socket } = await server.ask("/small")
  await once(client.resume(), "data")
  await sleep(400)
  expect(socket?.destroyed).toBe(false)
})
