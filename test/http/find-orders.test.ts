import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createOrderLinks } from "../../src/http/access/order-links.ts"
import { createLimits } from "../../src/limits/limits.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { makeOrder, pay, withEmail } from "../support/mailed-orders.ts"
import { startMailServer } from "../support/mail-server.ts"
import { newProduct } from "../support/products.ts"
import { startClosedApp } from "../support/shop.ts"

const TOKEN = "an-admin-token-of-32-characters"
const closed = {
  adminToken: TOKEN,
  paymentWebhookSecret: Buffer.alloc(24, 1),
  tokenSecret: "a-token-secret-of-the-test",
}
const from = { name: "", address: "orders@shop.example" }

const find = (app: TestApp, email: unknown, headers: Record<string, string> = {}) =>
  app.post("/api/orders/find", { email }, { headers })

const linksIn = async ({ app: { engine } }: TestApp) => {
  const { rows } = await engine.database.views.query<{ orderId: number }>(
    `select order_id as "orderId" from mails where kind = 'links' order by created_at`,
  )
  return rows.map(({ orderId }) => orderId)
}

async function shopWithMail(): Promise<AsyncDisposable & { app: TestApp; productId: number }> {
  const mail = { server: { host: "127.0.0.1", port: 9, tls: "off", login: null }, from } as const
  const app = await startTestApp({ config: { ...closed, mail, publicUrl: "https://shop.example" } })
  const productId = await newProduct(app.app.engine, { stock: 10, settings: { collect: withEmail } })
  return { app, productId, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

describe("POST /api/orders/find", () => {
  let open: TestApp
  beforeAll(async () => void (open = await startTestApp()))
  afterAll(() => open[Symbol.asyncDispose]())

  test("has one answer, whether the address has orders or not, and mails only the one that has", async () => {
    await using shop = await shopWithMail()
    const { app, productId } = shop
    const orderId = await makeOrder(app.app.engine, productId, { email: "ada@example.com" })
    const [known, unknown] = [await find(app, "Ada@example.com"), await find(app, "eve@example.com")]
    expect([known.status, known.body]).toEqual([202, { status: "accepted" }])
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
    const names = ({ headers }: typeof known) => Object.keys(headers).sort()
    expect(names(unknown)).toEqual(names(known))
    await expect.poll(() => linksIn(app)).toEqual([orderId])
  })

  test("does not wait for the look-up, whose time would tell", async () => {
    await using shop = await shopWithMail()
    const { app, productId } = shop
    await makeOrder(app.app.engine, productId, { email: "ada@example.com" })
    const lock = await app.app.engine.database.lookups.connect()
    await lock.query("begin; lock table order_details in access exclusive mode")
    const answer = await find(app, "ada@example.com")
    expect(answer.status).toBe(202)
    expect(await linksOf(lock)).toBe(0)
    await lock.query("rollback")
    lock.release()
    await expect.poll(() => linksIn(app)).toHaveLength(1)
  })

  test.each([
    [undefined],
    [null],
    [17],
    [""],
    ["ada"],
    ["ada@"],
    ["@example.com"],
    ["ada@example.com, eve@example.com"],
    ["ada@example.com\r\nBcc: eve@example.com"],
    ["Ada <ada@example.com>"],
    ["ada\u0000@example.com"],
    [`a@${"b".repeat(250)}.com`],
  ])("refuses %j with 422 and a pointer", async (email) => {
    const { status, body } = await find(open, email)
    expect(status).toBe(422)
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["/email"])
  })

  test("refuses half of a surrogate pair", async () => {
    const { status } = await open.send("POST", "/api/orders/find", {
      raw: String.raw`{"email":"\ud800@example.com"}`,
      headers: { "content-type": "application/json" },
    })
    expect(status).toBe(422)
  })

  test("allows a network ten requests an hour, and the shop more", async () => {
    await using shop = await shopWithMail()
    const { app } = shop
    const statuses = []
    for (let count = 0; count < 12; count += 1)
      statuses.push((await find(app, `a${count}@example.com`)).status)
    expect(statuses).toEqual([...Array(10).fill(202), 429, 429])
    const refused = await find(app, "ada@example.com")
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3_000)
    expect((await find(app, "ada@example.com", { authorization: `Bearer ${TOKEN}` })).status).toBe(202)
  })

  test("does not exist while mail is off", async () => {
    await using app = await startTestApp({ config: closed })
    expect((await find(app, "ada@example.com")).status).toBe(404)
  })
})

async function linksOf(client: {
  query(text: string): Promise<{ rows: { count: number }[] }>
}): Promise<number> {
  const { rows } = await client.query("select count(*)::integer as count from mails where kind = 'links'")
  return rows[0]?.count ?? NaN
}

test("an address gets three mails an hour, whatever becomes of the orders that it was given to", async () => {
  const asked: string[] = []
  const links = createOrderLinks(
    async (email) => void asked.push(email),
    (error) => {
      throw error
    },
    createLimits(null),
  )
  for (const email of ["bomb@example.com", "Bomb@example.com", "BOMB@EXAMPLE.COM", "bomb@example.com"]) {
    links.ask(email)
    await links.settled()
  }
  links.ask("other@example.com")
  await links.settled()
  expect(asked).toEqual(["bomb@example.com", "Bomb@example.com", "BOMB@EXAMPLE.COM", "other@example.com"])
})

test("a server sends the receipt of a paid order, and neither its log nor its metrics name the address or the proof", async () => {
  await using server = await startMailServer()
  const mail = { server: server.settings, from }
  const config = { ...closed, mail, publicUrl: "https://shop.example", shopName: "Lamp Shop" }
  await using app = await startTestApp({ config, worker: true })
  const { engine } = app.app
  const productId = await newProduct(engine, { stock: 10, settings: { collect: withEmail } })
  const orderId = await makeOrder(engine, productId, { email: "ada@example.com", name: "Ada Lovelace" })
  const refused = await makeOrder(engine, productId, { email: "gone@example.com" })
  server.behave({ recipient: (to) => (to.startsWith("gone") ? `550 5.1.1 <${to}> unknown` : null) })
  await pay(engine, orderId)
  await pay(engine, refused)

  const [received] = await server.has(1)
  const link = new RegExp(String.raw`https://shop\.example/o/${orderId}#(dbt1\.[\w.-]+)`).exec(
    received?.mail.text ?? "",
  )
  const proof = link?.[1] ?? ""
  expect((await app.get(`/api/orders/${orderId}`, { token: proof })).body.status).toBe("paid")
  expect((await app.get(`/api/orders/${refused}`, { token: proof })).status).toBe(404)

  await expect.poll(() => app.log.find(({ metric }) => metric === "mail.failed")).toBeDefined()
  const said = JSON.stringify(app.log) + (await engine.events.registry.metrics())
  for (const secret of ["ada@example.com", "gone@example.com", "Lovelace", "dbt1."]) {
    expect(said).not.toContain(secret)
  }
  const metrics = await engine.events.registry.metrics()
  expect(metrics).toContain('doorbuster_mails_total{outcome="sent"} 1')
  expect(metrics).toContain('doorbuster_mails_total{outcome="failed"} 1')
  expect(metrics).toContain("doorbuster_mails_waiting")
})

test("the page of a shop that sends no mail says so, and has no form", async () => {
  await using app = await startClosedApp()
  const { body } = await app.get("/find")
  expect(body).toContain("This shop sends no mail")
  expect(body).not.toContain("<form")
  await using open = await startTestApp()
  expect((await open.get("/find")).body).toContain("<form")
})
