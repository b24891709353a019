import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { hold, offer, pay } from "../support/shop.ts"

let app: TestApp
let productId: number
const ids: number[] = []

// Six orders, a day apart, made in the order 0, 2, 4, 1, 3, 5. The first two are paid, each by the same payment id.
beforeAll(async () => {
  app = await startTestApp()
  productId = (await offer(app)).id
  for (let index = 0; index < 6; index += 1) {
    const reference = index < 3 ? "early" : `cart ${index}`
    const { hold_id } = await hold(app, productId, 1, { reference })
    ids.push((await app.post("/api/orders", { hold_id })).body.order_id)
  }
  for (const order_id of ids.slice(0, 2))
    await pay(app, { order_id, amount_minor: 9_999, payment_id: "pay 🎈" })
  const days = [1, 4, 2, 5, 3, 6]
  await runSql(
    app.databaseUrl,
    ...ids.map(
      (id, index) => `update orders set created_at = '2026-11-0${days[index]}T12:00:00Z' where id = ${id}`,
    ),
    ...ids.map(
      (id, index) =>
        `insert into order_details (product_id, order_id, email, name, answers, awaited, created_at, updated_at)
         values (${productId}, ${id}, '${index === 5 ? "Ben@Example.com" : "anna@example.com"}',
                 '${["Anna Müller", "Anna O''Brien", "Zoë Müller-Lüdenscheid", "", "🎈", "Ben"][index]}', '{}', false, now(), now())`,
    ),
  )
})
afterAll(() => app[Symbol.asyncDispose]())

type Words = Readonly<Record<string, string>>

/** Asks for a page by the route that takes what is looked for from the body. */
const inBody = (words: Words, limit: number) =>
  app.post("/api/admin/orders/search", { product_id: productId, ...words, limit })
/** Asks for a page by the route that takes it from the address. */
const inAddress = (words: Words, limit: number) => {
  const about = { product_id: String(productId), ...words, limit: String(limit) }
  return app.get(`/api/admin/orders?${new URLSearchParams(about).toString()}`)
}

/** Reads all pages of a search, and names the orders by their places in `ids`. */
async function found(ask: typeof inBody, words: Words, limit = 100): Promise<number[]> {
  const places: number[] = []
  for (let cursor: string | null = ""; cursor !== null;) {
    const answer: Awaited<ReturnType<typeof inBody>> = await ask(
      { ...words, ...(cursor !== "" && { cursor }) },
      limit,
    )
    expect(answer.status).toBe(200)
    expect(answer.body.data.length).toBeLessThanOrEqual(limit)
    for (const { order_id } of answer.body.data) places.push(ids.indexOf(order_id))
    cursor = answer.body.next_cursor
  }
  return places
}

test.each([
  ["all", {}, [0, 1, 2, 3, 4, 5]],
  ["an e-mail address in other letters", { email: "ben@example.COM" }, [5]],
  ["an e-mail address in part", { email: "example.com" }, []],
  ["a name", { name: "müller" }, [0, 2]],
  ["beginnings of words, in any order", { name: "MÜL an" }, [0]],
  ["a part of a double name", { name: "lüden" }, [2]],
  ["a name with a quote", { name: "o'brien" }, [1]],
  ["a name with signs of the query language", { name: "a\\'b & | ! ( : *" }, []],
  ["a reference", { reference: "early" }, [0, 1, 2]],
  ["a payment", { payment_id: "pay 🎈" }, [0, 1]],
  ["another payment", { payment_id: "pay" }, []],
  ["several at once", { payment_id: "pay 🎈", name: "müller", reference: "early" }, [0]],
  ["one and a status", { email: "anna@example.com", status: "paid" }, [0, 1]],
  ["days", { from: "2026-11-02T12:00:00Z", to: "2026-11-04T13:00:00+01:00" }, [2, 4]],
])("a search for %s, by id and the newest first, page by page", async (_, query, expected) => {
  const age = [0, 3, 1, 4, 2, 5]
  const byAge = expected.toSorted((a, b) => (age[b] ?? 0) - (age[a] ?? 0))
  const isOfBuyer = "email" in query || "name" in query
  for (const ask of isOfBuyer ? [inBody] : [inBody, inAddress]) {
    for (const limit of [1, 4, 100]) {
      expect(await found(ask, query, limit)).toEqual(expected)
      expect(await found(ask, { ...query, order: "newest" }, limit)).toEqual(byAge)
    }
  }
})

test("orders are listed with the details of their buyers", async () => {
  const { data } = (await app.post("/api/admin/orders/search", { email: "ben@example.com" })).body
  expect(data).toMatchObject([{ details: { email: "Ben@Example.com", name: "Ben", answers: {} } }])
})

describe("the newest orders", () => {
  test("that are made while pages are read are on none of them, and none is on two", async () => {
    const first = await app.get(`/api/admin/orders?order=newest&limit=2&product_id=${productId}`)
    const { hold_id } = await hold(app, productId)
    const { order_id } = (await app.post("/api/orders", { hold_id })).body
    const next = await app.get(
      `/api/admin/orders?order=newest&limit=100&product_id=${productId}&cursor=${first.body.next_cursor}`,
    )
    const seen = [...first.body.data, ...next.body.data].map((order: { order_id: number }) => order.order_id)
    expect(seen).toEqual([5, 3, 1, 4, 2, 0].map((place) => ids[place]))
    expect(seen).not.toContain(order_id)
    await runSql(app.databaseUrl, `delete from orders where id = ${order_id}`)
  })

  test("of many are searched in several pages", async () => {
    await using many = await startTestApp()
    await runSql(
      many.databaseUrl,
      `insert into orders (id, product_id, hold_id, quantity, unit_price_minor, total_minor, currency, status, origin,
                           expires_at, created_at, updated_at)
       select 1000 + n, 1, 1000 + n, 1, 1, 1, 'EUR', case when n = 1 then 'cancelled' else 'expired' end, 'buyer',
              now(), timestamptz '2026-01-01Z' + n / 3 * interval '1 second', now()
         from generate_series(1, 25000) as n`,
    )
    const pages: unknown[] = []
    for (let cursor: string | null = ""; cursor !== null;) {
      const answer = await many.get(
        `/api/admin/orders?order=newest&status=cancelled${cursor && `&cursor=${cursor}`}`,
      )
      pages.push(answer.body.data.map((order: { order_id: number }) => order.order_id))
      cursor = answer.body.next_cursor
    }
    expect(pages).toEqual([[], [], [1_001]])
  })
})

test.each([
  "from=yesterday",
  "to=2026-11-02",
  "to=2026-11-02T12:00:00",
  "to=2026-99-02T12:00:00Z",
  "from=0000-01-01T00:00:00Z",
  `order=newest&cursor=${Buffer.from('["+010000-01-01T00:00:00Z",1]').toString("base64url")}`,
  `payment_id=${"x".repeat(511)}`,
  "order=newest&cursor=17",
  "order=newest&cursor=WzEsMl0",
  "order=oldest",
])("the query %s is refused", async (query) => {
  expect(await app.get(`/api/admin/orders?${query}`)).toMatchObject({ status: 422 })
})

test.each([
  [{ email: "" }, "/email"],
  [{ name: " " }, "/name"],
  [{ name: "a\0" }, "/name"],
  [{ payment_id: "x".repeat(511) }, "/payment_id"],
  [{ from: "yesterday" }, "/from"],
  [{ from: "0001-01-01T00:00:00+23:59" }, "/from"],
  [{ to: "9999-12-31T23:59:59-23:59" }, "/to"],
  [{ limit: 101 }, "/limit"],
  [{ limit: "10" }, "/limit"],
  [{ product_id: 0 }, "/product_id"],
  [{ order: "newest", cursor: "17" }, "/cursor"],
  [{ phone: "1" }, "/phone"],
])("the search for %j is refused at %s", async (words, pointer) => {
  const answer = await app.post("/api/admin/orders/search", words)
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
})
