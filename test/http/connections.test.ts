import { once } from "node:events"
import { connect } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { MOST_SENT_AHEAD } from "../../src/http/transport/connections.ts"
import { type TestApp } from "../support/app.ts"
import { ADMIN_TOKEN, offer, productNow, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`

function post(path: string, body: object): string {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

/** Sends all requests in one packet, and reads until the server closes the connection. */
async function everythingAnsweredTo(text: string): Promise<string> {
  const { port } = new URL(app.url)
  const socket = connect(Number(port), "127.0.0.1")
  let read = ""
  socket.setEncoding("latin1").on("data", (chunk: string) => (read += chunk))
  socket.write(text)
  await once(socket, "close")
  return read
}

test("a few pipelined requests are accepted and answered in order", async () => {
  const last = "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
  const answers = await everythingAnsweredTo(get("/api/products").repeat(MOST_SENT_AHEAD - 1) + last)
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(MOST_SENT_AHEAD)
})

test("of a thousand pipelined requests the allowed number are carried out, and the next one closes the connection", async () => {
  const { id } = await offer(app, { stock: 2_000 }, ADMIN_TOKEN)
  const answers = await everythingAnsweredTo(post("/api/holds", { product_id: id, qty: 1 }).repeat(400))

  expect(answers.match(/HTTP\/1\.1 201/g)).toHaveLength(MOST_SENT_AHEAD + 1)
  expect(answers.match(/HTTP\/1\.1 503/g)).toHaveLength(1)
  expect(answers.slice(answers.indexOf("HTTP/1.1 503"))).toContain("connection: close")
  expect(answers).toContain('"code":"overloaded"')
  expect(await productNow(app, id)).toMatchObject({ reserved_stock: MOST_SENT_AHEAD + 1 })
})

test("a request behind a stream is not carried out and ends the stream", async () => {
  const { id } = await offer(app, { stock: 10 }, ADMIN_TOKEN)
  const { port } = new URL(app.url)
  const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined)
  socket.write(get(`/api/stream?product_id=${id}`))
  await once(socket, "data")
  socket.write(post("/api/holds", { product_id: id, qty: 1 }))
  await once(socket.resume(), "close")
  expect(await productNow(app, id)).toMatchObject({ reserved_stock: 0 })
})

test("a stream that is pipelined behind another request is refused, and that request is answered", async () => {
  const { id } = await offer(app, { stock: 10 }, ADMIN_TOKEN)
  const last = "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
  const held = post("/api/holds", { product_id: id, qty: 1 })
  const answers = await everythingAnsweredTo(get(`/api/stream?product_id=${id}`) + held + last)

  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 503", "HTTP/1.1 201", "HTTP/1.1 200"])
})

test("a client that has disconnected causes no error", async () => {
  const { port } = new URL(app.url)
  const { id } = await offer(app, { stock: 10 }, ADMIN_TOKEN)
  const asked = [
    get(`/api/stream?product_id=${id}`),
    post("/api/holds", { product_id: id, qty: 1 }),
    post("/api/orders/1/cancel", {}),
    "POST /admin/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 7\r\n\r\ntoken=x",
  ]
  for (let round = 0; round < 25; round += 1) {
    for (const text of asked) {
      const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined)
      await once(socket, "connect")
      socket.write(text)
      socket.resetAndDestroy()
    }
  }
  // Sent after all of them, so its answer shows that they have been handled.
  expect((await app.get("/livez")).status).toBe(200)
  expect((await app.get("/metrics")).body).not.toMatch(/status="500"/)
  expect(app.log.filter(({ level }) => level === "error")).toEqual([])
})
