import type pg from "pg"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { sendHostile, type HostileRequest, openSnapshots, snapshotOf } from "../support/hostile-request.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { sendRaw } from "../support/raw-request.ts"
import { ADMIN_TOKEN, hold, order, pay, startClosedApp } from "../support/shop.ts"
import { hostileAddresses } from "./hostile-addresses.ts"
import { hostileAccess } from "./hostile-access.ts"
import { hostileMailboxes } from "./hostile-mailboxes.ts"
import { hostileOperators } from "./hostile-operators.ts"
import { hostileBodies } from "./hostile-bodies.ts"
import { foreignersAttacks, ownersAttacks, strangersAttacks, webhookAttacks } from "./hostile-credentials.ts"

/*
 * A10: every hostile request gets the documented refusal, changes nothing, and leaves the server ready. The rows do
 * not depend on each other, because none of them changes anything.
 */

/** Gives each attack a title that contains the expected answer. */
function titled<Row extends HostileRequest>(attacks: readonly Row[]): [string, Row][] {
  return attacks.map((row) => [`${row.name}: ${row.status} ${row.code}`, row])
}

let app: TestApp
let database: pg.Client
let before: unknown

/** Product 1 has 100 units: 2 in hold 1, which is active, and 1 in order 1, which was made from hold 2 and is unpaid. */
async function prepare(served: TestApp): Promise<void> {
  app = served
  database = await openSnapshots(app.databaseUrl)
  await hold(app, 1, 2)
  const { hold_id } = await hold(app, 1, 1)
  await order(app, hold_id, ADMIN_TOKEN)
}

async function finish(): Promise<void> {
  await database.end()
  await app[Symbol.asyncDispose]()
}

/** Lists the damage that the requests of a group have done: wrong counters, an unready server, errors in the log. */
async function damage(): Promise<unknown[]> {
  const ready = await app.get("/readyz")
  return [
    ...(await differencesIn(app.databaseUrl)),
    ...(ready.status === 200 ? [] : [ready.body]),
    ...app.log.filter(({ level }) => level === "error" || level === "fatal"),
  ]
}

async function remember(): Promise<void> {
  before = await snapshotOf(database)
}

async function compare(): Promise<void> {
  expect(await snapshotOf(database)).toEqual(before)
}

describe("open mode", () => {
  beforeAll(async () => prepare(await startTestApp()))
  afterAll(finish)
  beforeEach(remember)
  afterEach(compare)

  test.each(titled(hostileBodies))("a hostile body: %s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test.each(titled(hostileMailboxes))("a hostile mailbox: %s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test.each(titled(hostileAccess))("a hostile access: %s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test.each(titled(hostileOperators))("a hostile operator: %s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test.each(titled(hostileAddresses))("a hostile address: %s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test("a wrong expected stock: 409 stock_changed", async () => {
    const answer = await app.post("/api/admin/products/1/stock", { stock: 200, expected: 99 })
    expect(answer).toBeProblem(409, "stock_changed", { stock: 100 })
  })

  test("stock below the held and sold units: 409 stock_in_use", async () => {
    const answer = await app.post("/api/admin/products/1/stock", { stock: 2, expected: 100 })
    expect(answer).toBeProblem(409, "stock_in_use", {
      reserved_stock: expect.any(Number),
      sold_stock: expect.any(Number),
    })
  })

  test("afterwards the server is ready, consistent and without errors in the log", async () => {
    expect(await damage()).toEqual([])
  })
})

describe("invalid HTTP", () => {
  beforeAll(async () => prepare(await startTestApp()))
  afterAll(finish)
  beforeEach(remember)
  afterEach(compare)

  const body = '{"product_id":1,"qty":1}'
  const post = "POST /api/holds HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
  const zipped = gzipSync(body)

  test.each<[name: string, status: number, bytes: string | Buffer]>([
    ["garbage", 400, "\u0000\u0001\u0002 garbage\r\n\r\n"],
    ["the hello of TLS", 400, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
    ["the preface of HTTP/2", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an unknown method", 400, "BUY /api/products/1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"],
    ["an unknown version", 400, "GET /api/products/1 HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n"],
    ["a header without a colon", 400, "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nnonsense\r\n\r\n"],
    ["a NUL in a header", 400, "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: a\u0000b\r\n\r\n"],
    ["a space before a colon", 400, "GET / HTTP/1.1\r\nhost : 127.0.0.1\r\n\r\n"],
    ["headers of 20 KB", 431, `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`],
    ["a path of 20 KB", 431, `GET /api/products/${"1".repeat(20_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`],
    ["two lengths", 400, `${post}content-length: 24\r\ncontent-length: 0\r\n\r\n${body}`],
    ["a length and chunks", 400, `${post}content-length: 24\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["a negative length", 400, `${post}content-length: -1\r\n\r\n`],
    ["a length that is no number", 400, `${post}content-length: 1e3\r\n\r\n`],
    ["a chunk that is no number", 400, `${post}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n`],
    ["an unknown transfer coding", 400, `${post}transfer-encoding: gzip\r\n\r\n`],
    ["a zipped body", 400, Buffer.concat([zippedHead(post, zipped.length), zipped])],
    ["no host", 400, "GET /api/products/1 HTTP/1.1\r\n\r\n"],
    ["an expectation", 417, `${post}expect: the-unexpected\r\ncontent-length: ${body.length}\r\n\r\n${body}`],
  ])("%s: %i", async (_, status, bytes) => {
    expect(await sendRaw(app.url, bytes)).toBeProblem(status, "malformed_request")
  })

  test.each([
    ["GET", "/api/products/%2e%2e", "product_not_found"],
    ["GET", "/api/products/..", "product_not_found"],
    ["DELETE", "/api/holds/%2e%2e", "hold_not_found"],
    ["POST", "/api/orders/%2E./cancel", "order_not_found"],
    ["POST", "/api/admin/products/../pause", "product_not_found"],
    ["GET", "/docs/../.env", "route_not_found"],
    ["OPTIONS", "*", "route_not_found"],
  ])("the unusual request target %s %s: 404 %s", async (method, path, code) => {
    expect(await sendRaw(app.url, `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)).toBeProblem(
      404,
      code,
    )
  })

  test("a chunked body over the limit: 413", async () => {
    const chunk = `${(80_000).toString(16)}\r\n${" ".repeat(80_000)}\r\n`
    const answer = await sendRaw(app.url, `${post}transfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`)
    expect(answer).toBeProblem(413, "body_too_large")
  })

  test("afterwards the server is ready, consistent and without errors in the log", async () => {
    expect(await damage()).toEqual([])
  })
})

function zippedHead(post: string, length: number): Buffer {
  return Buffer.from(`${post}content-encoding: gzip\r\ncontent-length: ${length}\r\n\r\n`)
}

describe("closed mode", () => {
  let mine = ""
  beforeAll(async () => {
    await prepare(await startClosedApp())
    mine = (await hold(app, 1)).token
  })
  afterAll(finish)
  beforeEach(remember)
  afterEach(compare)

  test.each(titled(strangersAttacks))("%s", async (_, wanted) => {
    const answer = await sendHostile(app, wanted)
    expect(answer).toBeProblem(wanted.status, wanted.code)
    expect(answer.headers["www-authenticate"]).toBe(wanted.status === 401 ? "Bearer" : undefined)
  })

  test.each(titled(foreignersAttacks))("%s", async (_, wanted) => {
    const answer = await sendHostile(app, { ...wanted, token: wanted.alter(mine) })
    expect(answer).toBeProblem(wanted.status, wanted.code)
  })

  test.each(titled(ownersAttacks))("%s", async (_, wanted) => {
    const answer = await sendHostile(app, { ...wanted, token: mine })
    expect(answer).toBeProblem(wanted.status, wanted.code)
  })

  test.each(titled(webhookAttacks))("%s", async (_, wanted) => {
    expect(await sendHostile(app, wanted)).toBeProblem(wanted.status, wanted.code, wanted.members)
  })

  test("afterwards the server is ready, consistent and without errors in the log", async () => {
    expect(await damage()).toEqual([])
  })
})

/*
 * PostgreSQL cannot store half of a surrogate pair: the driver would store another text, and a search for the sent one
 * would never find it.
 */
describe("half a surrogate pair", () => {
  test("in an event's key never causes a 5xx, even if it is repeated", async () => {
    await using served = await startTestApp()
    const { hold_id } = await hold(served, 1)
    const { order_id } = await order(served, hold_id)
    const event = { order_id, idempotency_key: "\ud800" }

    const statuses = [await pay(served, event), await pay(served, event)].map((answer) => answer.status)

    expect(Math.max(...statuses)).toBeLessThan(500)
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })

  test("in a customer id does not bypass the limit per customer (I8)", async () => {
    await using served = await startTestApp()
    await served.send("PATCH", "/api/admin/products/1", { json: { max_per_customer: 1 } })
    const wish = { product_id: 1, qty: 1, customer_id: "\ud800" }

    const answers = [await served.post("/api/holds", wish), await served.post("/api/holds", wish)]

    expect(answers.filter((answer) => answer.status === 201).length).toBeLessThan(2)
    expect(Math.max(...answers.map((answer) => answer.status))).toBeLessThan(500)
    expect(await differencesIn(served.databaseUrl)).toEqual([])
  })
})
