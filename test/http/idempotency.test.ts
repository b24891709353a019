import { hash } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import type { TestAnswer } from "../support/http.ts"
import "../support/problem.ts"
import { openScopedDatabase } from "../support/rows.ts"
import { ADMIN_TOKEN, hold, holdEnd, offer, order, pendingOrder, productNow } from "../support/shop.ts"
import { startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

let keys = 0
const freshKey = () => `key-${(keys += 1)}`

const keyed = (key: string) => ({ headers: { "idempotency-key": key } })

interface Call {
  readonly method?: string
  readonly path: string
  readonly json?: object
}

const send = (client: TestApp, { method = "POST", path, json }: Call, key: string): Promise<TestAnswer> =>
  client.send(method, path, json === undefined ? keyed(key) : { json, ...keyed(key) })

test("a key of a hold without variants is stored as earlier versions store it", async () => {
  await using own = await startTestApp()
  await using database = openScopedDatabase(own.databaseUrl)
  await own.send("POST", "/api/holds", {
    json: { customer_id: "ann", qty: 1, product_id: 1 },
    ...keyed("held"),
  })
  const { rows } = await database.views.query("select fingerprint from idempotency_keys where key = 'held'")
  const content = '{"productId":1,"qty":1,"customerId":"ann"}'
  expect(rows).toEqual([{ fingerprint: hash("sha256", content, "base64url") }])
})

/** Every route that accepts a key: how to prepare for it, its request, and a different request. */
const routes: Record<string, () => Promise<{ call: Call; other: Call }>> = {
  "POST /api/holds": async () => {
    const { id } = await offer(app)
    const path = "/api/holds"
    return {
      call: { path, json: { product_id: id, qty: 1 } },
      other: { path, json: { product_id: id, qty: 2 } },
    }
  },
  "POST /api/holds/{product_id}/{quantity}": async () => {
    const { id } = await offer(app)
    return { call: { path: `/api/holds/${id}/1` }, other: { path: `/api/holds/${id}/2` } }
  },
  "POST /api/orders": async () => {
    const [mine, next] = [await hold(app, 1), await hold(app, 1)]
    const path = "/api/orders"
    return {
      call: { path, json: { hold_id: mine.hold_id } },
      other: { path, json: { hold_id: next.hold_id } },
    }
  },
  "POST /api/orders/{hold_id}/{product_id}": async () => {
    const [mine, next] = [await hold(app, 1), await hold(app, 1)]
    return {
      call: { path: `/api/orders/${mine.hold_id}/1` },
      other: { path: `/api/orders/${next.hold_id}/1` },
    }
  },
  "POST /api/orders/{id}/cancel": async () => {
    const [mine, next] = [await pendingOrder(app), await pendingOrder(app)]
    return {
      call: { path: `/api/orders/${mine.order_id}/cancel` },
      other: { path: `/api/orders/${next.order_id}/cancel` },
    }
  },
  "POST /api/admin/products": async () => {
    const json = { name: "Once", price_minor: 1, currency: "EUR", stock: 5 }
    const path = "/api/admin/products"
    return { call: { path, json }, other: { path, json: { ...json, stock: 6 } } }
  },
  "PATCH /api/admin/products/{id}": async () => {
    const { id } = await offer(app)
    const call = { method: "PATCH", path: `/api/admin/products/${id}` }
    return { call: { ...call, json: { name: "New" } }, other: { ...call, json: { name: "Newer" } } }
  },
  "POST /api/admin/products/{id}/stock": async () => {
    const { id } = await offer(app)
    const path = `/api/admin/products/${id}/stock`
    return {
      call: { path, json: { stock: 7, expected: 100 } },
      other: { path, json: { stock: 8, expected: 7 } },
    }
  },
  "POST /api/admin/products/{id}/pause": async () => {
    const [mine, next] = [await offer(app), await offer(app)]
    return {
      call: { path: `/api/admin/products/${mine.id}/pause` },
      other: { path: `/api/admin/products/${next.id}/pause` },
    }
  },
  "POST /api/admin/products/{id}/resume": async () => {
    const [mine, next] = [await offer(app, { paused: true }), await offer(app, { paused: true })]
    return {
      call: { path: `/api/admin/products/${mine.id}/resume` },
      other: { path: `/api/admin/products/${next.id}/resume` },
    }
  },
}

describe.each(Object.entries(routes))("%s", (_, prepare) => {
  test("the same key and body: the first answer again, marked as replayed", async () => {
    const { call } = await prepare()
    const key = freshKey()

    const first = await send(app, call, key)
    const again = await send(app, call, key)

    expect(first.status).toBeLessThan(300)
    expect(first.headers["idempotent-replayed"]).toBeUndefined()
    expect([again.status, again.body]).toEqual([first.status, first.body])
    expect(again.headers["idempotent-replayed"]).toBe("true")
    expect(again.headers["location"]).toBe(first.headers["location"])
  })

  test("the key in quotes is the same key", async () => {
    const { call } = await prepare()
    const key = freshKey()
    const first = await send(app, call, `"${key}"`)

    const again = await send(app, call, key)

    expect([again.status, again.body]).toEqual([first.status, first.body])
    expect(again.headers["idempotent-replayed"]).toBe("true")
  })

  test("another request with the same key: 422, and nothing changes", async () => {
    const { call, other } = await prepare()
    const key = freshKey()
    await send(app, call, key)

    expect(await send(app, other, key)).toBeProblem(422, "idempotency_key_reused")
    expect((await send(app, other, freshKey())).status).toBeLessThan(300)
  })

  test("20 concurrent requests have one effect and one answer", async () => {
    const { call } = await prepare()
    const key = freshKey()

    const answers = await Promise.all(Array.from({ length: 20 }, () => send(app, call, key)))

    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]?.status).toBeLessThan(300)
    expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === "true")).toHaveLength(19)
  })
})

test("50 equal concurrent requests: one hold, 50 equal answers, 49 marked as replayed (A9)", async () => {
  const { id } = await offer(app)
  const call = { path: "/api/holds", json: { product_id: id, qty: 1 } }

  const answers = await Promise.all(Array.from({ length: 50 }, () => send(app, call, "fifty")))

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(new Set(answers.map(({ headers }) => headers["location"])).size).toBe(1)
  expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === "true")).toHaveLength(49)
  expect(await productNow(app, id)).toMatchObject({ available_stock: 99, reserved_stock: 1 })
  const other = { path: "/api/holds", json: { product_id: id, qty: 2 } }
  expect(await send(app, other, "fifty")).toBeProblem(422, "idempotency_key_reused")
})

test("50 equal concurrent requests at two servers: one hold", async () => {
  await using database = await createTestDatabase()
  await using first = await startTestApp({ databaseUrl: database.url })
  await using second = await startTestApp({ databaseUrl: database.url })
  const call = { path: "/api/holds", json: { product_id: 1, qty: 1 } }

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => send(index % 2 === 0 ? first : second, call, "fifty")),
  )

  expect(new Set(answers.map(({ status, body }) => `${status} ${body.hold_id}`)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === "true")).toHaveLength(49)
  expect(await productNow(first, 1)).toMatchObject({ reserved_stock: 1 })
  expect(await differencesIn(database.url)).toEqual([])
})

describe("the stored answer", () => {
  test("is a success, even if the hold has ended in the meantime", async () => {
    const { id } = await offer(app)
    const call = { path: "/api/holds", json: { product_id: id, qty: 1 } }
    const key = freshKey()
    const first = await send(app, call, key)
    await app.send("DELETE", `/api/holds/${first.body.hold_id}`)

    const again = await send(app, call, key)

    expect([again.status, again.body]).toEqual([201, first.body])
    expect(await productNow(app, id)).toMatchObject({ reserved_stock: 0 })
  })

  test("is a final refusal, repeated and marked as replayed", async () => {
    const { id } = await offer(app, { hold_ttl_seconds: 1 })
    const { hold_id } = await hold(app, id)
    await holdEnd(app, hold_id)
    const call = { path: "/api/orders", json: { hold_id } }
    const key = freshKey()
    expect(await send(app, call, key)).toBeProblem(410, "hold_expired")

    const again = await send(app, call, key)

    expect(again).toBeProblem(410, "hold_expired")
    expect(again.headers["idempotent-replayed"]).toBe("true")
  })

  test("is never out_of_stock: the same key gets a unit that has become available", async () => {
    const { id } = await offer(app, { stock: 1 })
    const { hold_id } = await hold(app, id)
    const call = { path: "/api/holds", json: { product_id: id, qty: 1 } }
    const key = freshKey()
    expect((await send(app, call, key)).status).toBe(409)
    await app.send("DELETE", `/api/holds/${hold_id}`)

    const again = await send(app, call, key)

    expect(again.status).toBe(201)
    expect(again.headers["idempotent-replayed"]).toBeUndefined()
  })

  test("is never a refusal by the schema", async () => {
    const { id } = await offer(app)
    const path = "/api/holds"
    const key = freshKey()
    expect((await send(app, { path, json: { product_id: id, qty: 0 } }, key)).status).toBe(422)

    expect((await send(app, { path, json: { product_id: id, qty: 1 } }, key)).status).toBe(201)
  })
})

describe("the key's scope", () => {
  test("includes the route: the same key on another route is independent", async () => {
    const key = freshKey()
    const held = await send(app, { path: "/api/holds", json: { product_id: 1, qty: 1 } }, key)

    const byPath = await send(app, { path: "/api/holds/1/1" }, key)
    const ordered = await send(app, { path: "/api/orders", json: { hold_id: held.body.hold_id } }, key)

    expect([held.status, byPath.status, ordered.status]).toEqual([201, 201, 201])
    expect(byPath.body.hold.id).not.toBe(held.body.hold_id)
  })

  test("includes the caller: the same key of another caller is independent", async () => {
    await using shop = await startClosedApp()
    const [ann, bob] = [await hold(shop, 1), await hold(shop, 1)]
    const call = (held: { hold_id: number; token: string }) =>
      shop.post("/api/orders", { hold_id: held.hold_id }, { token: held.token, ...keyed("same") })

    const [first, second] = [await call(ann), await call(bob)]

    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.headers["idempotent-replayed"]).toBeUndefined()
    const byAdmin = await shop.post(
      "/api/orders",
      { hold_id: ann.hold_id },
      { token: ADMIN_TOKEN, ...keyed("same") },
    )
    expect(byAdmin).toBeProblem(409, "hold_already_used", { order_id: first.body.order_id })
  })
})

test("requests without a key are independent", async () => {
  const { id } = await offer(app)

  const [first, second] = [await hold(app, id), await hold(app, id)]

  expect(second.hold_id).not.toBe(first.hold_id)
  expect((await order(app, first.hold_id)).hold_id).toBe(first.hold_id)
})

test("after all these tests every unit is accounted for", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

describe("a request with Idempotency-Attempt: 1", () => {
  const attempt = (key: string, number: string) => ({
    headers: { "idempotency-key": key, "idempotency-attempt": number },
  })
  const gateRefusals = async (): Promise<number> => {
    const { body } = await app.get("/metrics")
    return Number(/^doorbuster_gate_refusals_total (\d+)/m.exec(String(body))?.[1])
  }

  test("is refused from memory when nothing is left; a later attempt looks for an earlier answer", async () => {
    const { id } = await offer(app, { stock: 1 })
    const wish = { product_id: id, qty: 1 }
    const granted = await app.post("/api/holds", wish, attempt(freshKey(), "1"))
    // From here on the gate knows that nothing is left.
    await app.post("/api/holds", wish)
    const outcomesOf = async (number: string) => {
      const before = await gateRefusals()
      const answers: TestAnswer[] = []
      // The gate lets one request through every 250 ms: one alone could pass it, but not all ten.
      for (let count = 0; count < 10; count += 1) {
        answers.push(await app.post("/api/holds", wish, attempt(freshKey(), number)))
      }
      const codes = new Set(answers.map(({ status, body }) => `${status} ${body.code}`))
      return { codes: [...codes], byGate: (await gateRefusals()) - before }
    }

    expect(granted.status).toBe(201)
    expect(await outcomesOf("2")).toEqual({ codes: ["409 out_of_stock"], byGate: 0 })
    const first = await outcomesOf("1")
    expect(first.codes).toEqual(["409 out_of_stock"])
    expect(first.byGate).toBeGreaterThan(0)
  })

  test("that has made a hold: a later attempt gets that hold although nothing is left", async () => {
    const { id } = await offer(app, { stock: 1 })
    const wish = { product_id: id, qty: 1 }
    const key = freshKey()
    const granted = await app.post("/api/holds", wish, attempt(key, "1"))
    await app.post("/api/holds", wish)

    const again = await app.post("/api/holds", wish, attempt(key, "2"))

    expect(again).toMatchObject({ status: 201, body: granted.body })
    expect(again.headers["idempotent-replayed"]).toBe("true")
  })
})
