import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { startMailServer, type MailServer } from "../support/mail-server.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, order, pay } from "../support/shop.ts"

let server: MailServer
let app: TestApp
beforeAll(async () => {
  server = await startMailServer()
  const mail = { server: server.settings, from: { name: "", address: "orders@shop.example" } }
  app = await startTestApp({ worker: true, config: { mail, publicUrl: "https://shop.example" } })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const create = (json: object) => app.post("/api/admin/webhooks", json)
const url = "mailto:me@shop.example"

test("a product that sells out is told to the shop's mailbox, once, though the mail server refuses it at first", async () => {
  const { body: endpoint } = await create({ url })
  expect(endpoint.types).toContain("alert.raised")
  expect(endpoint.types).not.toContain("order.paid")
  const refused: string[] = []
  server.behave({ content: (raw) => (refused.push(raw) === 1 ? "451 later" : null) })
  const { id } = await offer(app, { name: "Desk lamp", stock: 1 })
  const held = await hold(app, id)
  const { order_id } = await order(app, held.hold_id)
  await pay(app, { order_id, idempotency_key: "sold", payment_id: "pi_sold" })
  await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(1)
  const log = async () => (await app.get(`/api/admin/webhooks/${endpoint.endpoint_id}/deliveries`)).body.data
  await expect.poll(log).toMatchObject([{ status: "due", last_error: expect.stringContaining("451") }])
  await runSql(app.databaseUrl, "update webhook_deliveries set not_before = now()")

  const [received] = await server.has(1)
  expect(received).toMatchObject({
    to: ["me@shop.example"],
    mail: { subject: expect.stringContaining("Sold out: Desk lamp") },
  })
  expect(received?.mail.text).toContain(`https://shop.example/admin/p/${id}`)
  const key = /^Message-ID: (.+)$/im
  expect(key.exec(refused[1] ?? "")?.[1]).toBe(key.exec(refused[0] ?? "")?.[1])
  await expect.poll(log).toMatchObject([{ status: "delivered", response_status: 250 }])
  expect(server.received).toHaveLength(1)
})

test("a test event comes as a mail at once", async () => {
  const before = server.received.length
  const { body: endpoint } = await create({ url, types: ["alert.raised"] })
  const answer = await app.post(`/api/admin/webhooks/${endpoint.endpoint_id}/test`, {})
  expect(answer.body).toMatchObject({ delivered: true, response_status: 250, error: null })
  expect((await server.has(before + 1)).at(-1)?.mail.subject).toContain("Test mail")
  server.behave({ recipient: () => "550 no such mailbox" })
  const refused = await app.post(`/api/admin/webhooks/${endpoint.endpoint_id}/test`, {})
  expect(refused.body).toMatchObject({
    delivered: false,
    error: expect.stringContaining("550 no such mailbox"),
  })
  server.behave({})
})

test.each([
  [{ url, types: ["order.paid"] }, "/types"],
  [{ url, include_details: true }, "/include_details"],
  [{ url: "mailto:me@shop.example,you@shop.example" }, "/url"],
  [{ url: "mailto:shop" }, "/url"],
  [{ url: "mailto:" }, "/url"],
])("the endpoint %j is refused", async (json, pointer) => {
  const answer = await create(json)
  expect(answer).toBeProblem(422, "invalid_request")
  expect(answer.body.errors).toMatchObject([{ pointer }])
})

test("an endpoint becomes a mailbox only with types that a mailbox receives", async () => {
  const { body: made } = await create({ url: "https://hook.invalid/x", types: ["order.paid"] })
  const change = (json: object) => app.send("PATCH", `/api/admin/webhooks/${made.endpoint_id}`, { json })
  expect(await change({ url })).toBeProblem(422, "invalid_request")
  expect((await change({ url, types: null })).body.types).toContain("alert.raised")
  expect((await change({ enabled: false })).body).toMatchObject({ enabled: false, url })
  expect(await change({ include_details: true })).toBeProblem(422, "invalid_request")
})

test("where the server sends no mail, an endpoint cannot be a mailbox, and says why", async () => {
  await using silent = await startTestApp()
  const answer = await silent.post("/api/admin/webhooks", { url })
  expect(answer).toBeProblem(422, "invalid_request")
  expect(answer.body.errors[0].detail).toContain("SMTP_URL is not set")
})
