import { afterAll, beforeAll, expect, test } from "vitest"
import { csvLine } from "../../src/http/wire/csv.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { runSql } from "../support/rows.ts"
import { ADMIN_TOKEN, hold, offer, order, pay, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

// oxlint-disable-next-line typescript/no-explicit-any -- tests inspect answers of any shape
async function live(productId: number, of: TestApp = app): Promise<any> {
  const answer = await of.get(`/api/admin/live?product_id=${productId}`)
  expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"])
  return answer.body
}

const count = (counted: { result: string; count: number }[], result: string) =>
  counted.find((row) => row.result === result)?.count ?? 0

test("the live state has the units, the counts of holds by result, and the number of entries in the money inbox", async () => {
  const { id } = await offer(app, { stock: 3 })
  const { hold_id } = await hold(app, id, 2)
  await order(app, hold_id)
  await app.post("/api/holds", { product_id: id, qty: 2 })
  await pay(app, { order_id: 9_000_000 })

  await expect.poll(() => live(id)).toMatchObject({ money_inbox_count: 1 })
  const { product, counters, server_time } = await live(id)
  expect(product).toMatchObject({ id, stock: 3, available_stock: 1, reserved_stock: 2, sold_stock: 0 })
  expect(count(counters.holds, "created")).toBe(1)
  expect(count(counters.holds, "out_of_stock")).toBe(1)
  expect(count(counters.orders, "created")).toBe(1)
  expect(counters.processes).toBe(1)
  expect(Date.parse(counters.since)).toBeLessThan(Date.parse(server_time))
})

test("holds of the watched product are counted separately", async () => {
  const [one, other] = [await offer(app, { stock: 2 }), await offer(app, { stock: 2 })]
  await hold(app, one.id, 1)
  expect((await live(one.id)).product_holds).toEqual([])

  await hold(app, one.id, 1)
  for (let ask = 0; ask < 3; ask += 1) await app.post("/api/holds", { product_id: one.id, qty: 1 })
  await hold(app, other.id, 2)
  await app.post("/api/holds", { product_id: other.id, qty: 1 })

  await expect
    .poll(async () => (await live(one.id)).product_holds)
    .toEqual([
      { result: "created", count: 1 },
      { result: "out_of_stock", count: 3 },
    ])
  expect((await live(other.id)).product_holds).toEqual([])
})

test("refusals of the watched product are counted by the variants that lacked units or are disabled", async () => {
  const sizes = [1, 5, 5].map((stock, index) => ({ name: `size ${index}`, stock }))
  const product = await offer(app, { stock: undefined, variants: sizes })
  const [small, large, off] = product.variants.map((variant: { id: number }) => variant.id)
  const path = `/api/admin/products/${product.id}/variants/${off}`
  await app.send("PATCH", path, { json: { enabled: false } })
  expect((await live(product.id)).variant_refusals).toEqual([])

  const ask = (lines: object[]) => app.post("/api/holds", { product_id: product.id, lines })
  await ask([{ variant_id: small, qty: 1 }])
  await ask([{ variant_id: small, qty: 1 }])
  await ask([
    { variant_id: small, qty: 1 },
    { variant_id: large, qty: 6 },
  ])
  await ask([{ variant_id: off, qty: 1 }])
  await ask([{ variant_id: 999_999, qty: 1 }])

  await expect
    .poll(async () => (await live(product.id)).variant_refusals)
    .toEqual([
      { variant_id: small, count: 2 },
      { variant_id: large, count: 1 },
      { variant_id: off, count: 1 },
    ])
  const { id } = await offer(app)
  expect(await live(id)).not.toHaveProperty("variant_refusals")
})

test("a pause is reported even when the sale state does not show it", async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  const { id } = await offer(app, { opens_at: soon })
  expect(await live(id)).toMatchObject({ product: { sale_state: "scheduled" }, paused: false })

  await app.post(`/api/admin/products/${id}/pause`)

  expect(await live(id)).toMatchObject({ product: { sale_state: "scheduled" }, paused: true })
})

test("before the first recount, the answer says that invariants have not been checked", async () => {
  expect(await live(1)).toMatchObject({ invariants: { violations: 0, recounted_at: null } })

  app.app.engine.events.invariantViolations(2)

  await expect
    .poll(() => live(1))
    .toMatchObject({ invariants: { violations: 2, recounted_at: expect.stringMatching(/Z$/) } })
})

test("the expiry lag counts holds that are due, of the watched product only", async () => {
  const [one, other] = [await offer(app, {}), await offer(app, {})]
  await hold(app, one.id)
  await runSql(
    app.databaseUrl,
    `update holds set expires_at = clock_timestamp() - interval '9 seconds' where product_id = ${one.id}`,
  )

  expect((await live(one.id)).expiry_lag_seconds).toBeGreaterThanOrEqual(9)
  expect((await live(other.id)).expiry_lag_seconds).toBe(0)
})

test("the live state and the CSV file need admin access, and the live state an existing product", async () => {
  expect(await app.get("/api/admin/live?product_id=4000000")).toBeProblem(404, "product_not_found")
  expect(await app.get("/api/admin/live?product_id=x")).toBeProblem(422, "invalid_request")
  expect(await app.get("/api/admin/live")).toBeProblem(422, "invalid_request")
  await using closed = await startClosedApp()
  for (const path of ["/api/admin/live?product_id=1", "/api/admin/orders.csv"]) {
    expect(await closed.get(path)).toBeProblem(401, "unauthorized")
    expect((await closed.get(path, { token: ADMIN_TOKEN })).status).toBe(200)
  }
})

test("the CSV file has every order of the product once, and no cell that a spreadsheet would run as a formula", async () => {
  const { id } = await offer(app, { stock: 100 })
  const customers = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", 'a "b", c', " =1", "plain"]
  for (const customer_id of customers) {
    const { hold_id } = await hold(app, id, 1, { customer_id })
    await order(app, hold_id)
  }
  // Many pages of orders, most of them another product's.
  await runSql(
    app.databaseUrl,
    `insert into orders (id, product_id, hold_id, quantity, unit_price_minor, total_minor, currency, status,
                         origin, expires_at, created_at, updated_at)
     select 100000 + n, case when n % 10 = 0 then ${id} else 1 end, 100000 + n, 1, 1, 1, 'EUR', 'expired',
            'buyer', now(), now(), now()
       from generate_series(1, 22000) as n`,
  )

  const { status, headers, body } = await app.get(`/api/admin/orders.csv?product_id=${id}`)

  expect([status, headers["content-type"]]).toEqual([200, "text/csv; charset=utf-8; header=present"])
  expect(headers["content-disposition"]).toBe(`attachment; filename="orders-of-product-${id}.csv"`)
  const [heading, ...lines] = String(body).trimEnd().split("\r\n")
  // Without the byte order mark Excel does not read the file as UTF-8.
  expect(heading).toMatch(/^\uFEFForder_id,hold_id,product_id,customer_id,status,/)
  expect(lines).toHaveLength(customers.length + 2_200)
  expect(new Set(lines.map((line) => line.split(",")[0])).size).toBe(lines.length)
  const cells = lines
    .slice(0, customers.length)
    .map((line) => /^\d+,\d+,\d+,(".*"|[^,]*),pending/.exec(line)?.[1])
  expect(cells).toEqual(["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(1)", '"a ""b"", c"', "' =1", "plain"])

  const [paidId = ""] = lines[3]?.split(",") ?? []
  await runSql(app.databaseUrl, `update orders set status = 'paid', paid_at = now() where id = ${paidId}`)
  const parcels = await app.get(`/api/admin/orders.csv?product_id=${id}&status=paid`)
  expect(parcels.headers["content-disposition"]).toBe(`attachment; filename="parcels-of-product-${id}.csv"`)
  expect(String(parcels.body).trimEnd().split("\r\n").slice(1)).toEqual([
    expect.stringMatching(new RegExp(`^${paidId},.*,paid,`)),
  ])
  expect(await app.get("/api/admin/orders.csv?status=sent")).toBeProblem(422, "invalid_request")
})

test.each([
  [["a", 1, null, ""], "a,1,,\r\n"],
  [['say "x"', "a,b", "a;b", "a\nb"], '"say ""x""","a,b","a;b","a\nb"\r\n'],
  [["=1", "\t=1", "＝1", "-2", -2], `'=1,"'\t=1",'＝1,'-2,-2\r\n`],
])("csvLine(%j)", (cells, line) => {
  expect(csvLine(cells)).toBe(line)
})
