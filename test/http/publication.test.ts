import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { openStream } from "../support/stream.ts"
import { ADMIN_TOKEN, hold, offer, order, signature, startClosedApp } from "../support/shop.ts"

const shop = { token: ADMIN_TOKEN }
const SOON = { timeout: 5_000, interval: 25 }

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

function offerAs(status: string, more: object = {}) {
  return offer(app, { ...more, status }, ADMIN_TOKEN)
}

function change(id: number, changes: object) {
  return app.send("PATCH", `/api/admin/products/${id}`, { json: changes, ...shop })
}

/** The ids of a list, over all its pages. */
async function listed(path: string, request = {}): Promise<number[]> {
  const { body } = await app.get(`${path}${path.includes("?") ? "&" : "?"}limit=100`, request)
  return body.data.map(({ id }: { id: number }) => id)
}

describe("a hidden product", () => {
  test.each(["draft", "archived"])("that is %s is unknown to buyers, in every place", async (status) => {
    const { id } = await offerAs(status)
    const unknown = 4_000_000

    for (const product of [id, unknown]) {
      expect(await app.get(`/api/products/${product}`)).toBeProblem(404, "product_not_found")
      expect(await app.get(`/api/stream?product_id=1,${product}`)).toBeProblem(404, "product_not_found")
      const held = await app.post("/api/holds", { product_id: product, qty: 1 })
      expect(held).toBeProblem(404, "product_not_found")
      expect(await app.post(`/api/holds/${product}/1`)).toBeProblem(404, "product_not_found")
    }
    const [page, missing] = [await app.get(`/p/${id}`), await app.get(`/p/${unknown}`)]
    expect([page.status, page.body]).toEqual([404, missing.body])
    expect(await listed("/api/products")).not.toContain(id)
    expect((await app.get("/")).body).not.toContain(`/p/${id}"`)
  })

  test("is shown to the shop, and no cache keeps that answer", async () => {
    const { id } = await offerAs("draft")

    for (const path of [`/api/products/${id}`, `/api/admin/products/${id}`]) {
      const shown = await app.get(path, shop)
      expect(shown).toMatchObject({ status: 200, body: { id, status: "draft" } })
      expect(shown.headers["cache-control"]).toContain("no-store")
    }
    expect((await app.get(`/api/admin/live?product_id=${id}`, shop)).body.product).toMatchObject({ id })
    expect(await app.get(`/api/admin/products/${id}`)).toBeProblem(401, "unauthorized")
  })

  test("cannot be held by the shop either", async () => {
    const { id } = await offerAs("draft")

    const held = await app.post("/api/holds", { product_id: id, qty: 1 }, shop)

    expect(held).toBeProblem(404, "product_not_found")
  })

  test("keeps whether its sale is paused", async () => {
    const { id } = await offerAs("draft", { paused: true })

    expect(await change(id, { status: "listed" })).toMatchObject({ body: { sale_state: "paused" } })
    await change(id, { status: "archived", paused: false })
    const back = await change(id, { status: "listed" })
    expect(back.body).toMatchObject({ sale_state: "open" })
    expect(back.body).not.toHaveProperty("status")
  })

  test("may have variants, which are sold once it is listed", async () => {
    const made = await offerAs("draft", { stock: undefined, variants: [{ name: "41", stock: 1 }] })
    const line = { product_id: made.id, variant_id: made.variants[0].id, qty: 1 }
    expect(await app.post("/api/holds", line)).toBeProblem(404, "product_not_found")

    await change(made.id, { status: "listed" })

    expect((await app.post("/api/holds", line)).status).toBe(201)
  })
})

describe("an archived product", () => {
  test("is refused at once, also where a server remembers that it is sold out", async () => {
    const { id } = await offer(app, { stock: 1 }, ADMIN_TOKEN)
    await hold(app, id)
    const refusals = []
    for (let tries = 0; tries < 4; tries += 1)
      refusals.push(await app.post("/api/holds", { product_id: id, qty: 1 }))
    expect(refusals.map(({ body }) => body.code)).toEqual(Array.from({ length: 4 }, () => "out_of_stock"))

    await change(id, { status: "archived" })

    for (let tries = 0; tries < 4; tries += 1)
      expect(await app.post("/api/holds", { product_id: id, qty: 1 })).toBeProblem(404, "product_not_found")
  })

  test("lets the owners of its holds go on: they order, see what they buy, and pay", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    const { hold_id, token } = await hold(app, id)
    await change(id, { status: "archived" })

    const { order_id, total_minor } = await order(app, hold_id, token)
    expect(await app.get(`/api/products/${id}`, { token })).toMatchObject({ status: 200, body: { id } })
    const paid = JSON.stringify({ idempotency_key: `archived-${id}`, order_id, status: "success" })
    await app.send("POST", "/api/payments/webhook", { raw: paid, headers: signature(paid) })

    expect((await app.get(`/api/orders/${order_id}`, { token })).body).toMatchObject({
      status: "paid",
      total_minor,
    })
    const other = await hold(app, (await offer(app, {}, ADMIN_TOKEN)).id)
    expect(await app.get(`/api/products/${id}`, { token: other.token })).toBeProblem(404, "product_not_found")
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("ends the streams that watch it, without another word of it", async () => {
    const [gone, other] = [await offer(app, {}, ADMIN_TOKEN), await offer(app, {}, ADMIN_TOKEN)]
    using stream = await openStream(app.url, `${gone.id},${other.id}`)
    await stream.seen(({ data }) => data.id === other.id)

    await change(gone.id, { status: "archived", name: "Secret" })

    await expect.poll(() => stream.ended, SOON).toBe("whole")
    expect(stream.events.map(({ data }) => data.name)).not.toContain("Secret")
  })
})

test("an unlisted product is on no list, and is sold to those who know its address", async () => {
  const { id } = await offerAs("unlisted")

  expect(await listed("/api/products")).not.toContain(id)
  expect((await app.get("/")).body).not.toContain(`/p/${id}"`)
  expect(await app.get(`/api/products/${id}`)).toMatchObject({ status: 200, body: { status: "unlisted" } })
  const page = await app.get(`/p/${id}`)
  expect([page.status, page.headers["x-robots-tag"]]).toEqual([200, "noindex"])
  await hold(app, id)
})

test("the shop lists all products, or those of one status", async () => {
  const made = {
    draft: (await offerAs("draft")).id,
    listed: (await offerAs("listed")).id,
    unlisted: (await offerAs("unlisted")).id,
    archived: (await offerAs("archived")).id,
  }

  const all = await listed("/api/admin/products", shop)
  expect(all).toEqual(expect.arrayContaining(Object.values(made)))
  for (const [status, id] of Object.entries(made)) {
    const some = await listed(`/api/admin/products?status=${status}`, shop)
    expect(Object.values(made).filter((one) => some.includes(one))).toEqual([id])
  }
  expect(await app.get("/api/admin/products?status=secret", shop)).toBeProblem(422, "invalid_request")
})
