import { expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { hold, order, pay, startClosedApp } from "../support/shop.ts"

// A crowd of readers may use every connection for views. Buying and paying must not need one.

/** Occupies all connections for views until it is disposed. */
async function takeAllViews({ app }: TestApp): Promise<Disposable> {
  const { views } = app.engine.database
  const { max } = views.options
  const clients = await Promise.all(Array.from({ length: max }, () => views.connect()))
  return { [Symbol.dispose]: () => clients.forEach((client) => client.release()) }
}

test("holds, orders and payment events need no connection for views", async () => {
  await using app = await startTestApp()
  const known = await hold(app, 1)
  using _ = await takeAllViews(app)

  // More requests than the first block of ids has, so that another block must be fetched.
  const holds = []
  for (let count = 0; count < 40; count += 1) holds.push(await hold(app, 1))
  const ordered = await order(app, holds[0].hold_id)
  const paid = await pay(app, { order_id: ordered.order_id })
  const early = await pay(app, {
    order_id: 900_000,
    hold_id: known.hold_id,
    product_id: 1,
    quantity: 1,
  })
  const parked = await pay(app, { order_id: 900_001 })

  expect([paid.status, paid.body.outcome]).toEqual([200, "paid"])
  expect([early.status, early.body.outcome]).toEqual([200, "paid"])
  expect([parked.status, parked.body.outcome]).toEqual([202, "parked"])
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})

test("a request for an order without a token is refused without a read", async () => {
  await using app = await startClosedApp()
  const { hold_id, token } = await hold(app, 1)
  const { order_id } = await order(app, hold_id, token)
  using _ = await takeAllViews(app)

  expect(await app.get(`/api/orders/${order_id}`)).toBeProblem(404, "order_not_found")
  expect(await app.get(`/api/orders/${order_id}`, { token: "made up" })).toBeProblem(404, "order_not_found")
})
