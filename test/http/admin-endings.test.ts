import { afterAll, beforeAll, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, order, productNow, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const byShop = { token: ADMIN_TOKEN }
const cancel = (id: number, request: object = byShop) =>
  app.post(`/api/admin/orders/${id}/cancel`, undefined, request)
const release = (id: number, request: object = byShop) =>
  app.post(`/api/admin/holds/${id}/release`, undefined, request)

async function actionsOn(productId: number) {
  const { body } = await app.get(`/api/admin/actions?product_id=${productId}`, byShop)
  return body.data as readonly object[]
}

test("the shop cancels an order: its units are available at once, and the action is recorded", async () => {
  const { id } = await offer(app, { stock: 5 }, ADMIN_TOKEN)
  const { hold_id, token } = await hold(app, id, 3)
  const { order_id } = await order(app, hold_id, token)

  const answer = await cancel(order_id)

  expect([answer.status, answer.body.order_id, answer.body.status]).toEqual([200, order_id, "cancelled"])
  expect(await productNow(app, id)).toMatchObject({ available_stock: 5, reserved_stock: 0 })
  expect((await cancel(order_id)).body).toEqual(answer.body)
  await expect.poll(() => actionsOn(id)).toHaveLength(3)
  expect((await actionsOn(id))[0]).toMatchObject({
    route: "POST /api/admin/orders/:id/cancel",
    way: "token",
    order_id,
    product_id: id,
    status: 200,
  })
})

test("the shop releases a hold: its units are available at once, and the action is recorded", async () => {
  const { id } = await offer(app, { stock: 5 }, ADMIN_TOKEN)
  const { hold_id, token } = await hold(app, id, 3)

  const answer = await release(hold_id)

  expect([answer.status, answer.body.hold_id, answer.body.status]).toEqual([200, hold_id, "released"])
  expect(await productNow(app, id)).toMatchObject({ available_stock: 5, reserved_stock: 0 })
  expect((await release(hold_id)).body).toEqual(answer.body)
  expect(await app.post("/api/orders", { hold_id }, { token })).toBeProblem(409, "hold_released")
  await expect.poll(() => actionsOn(id)).toHaveLength(3)
  expect((await actionsOn(id))[0]).toMatchObject({
    route: "POST /api/admin/holds/:id/release",
    path: `/api/admin/holds/${hold_id}/release`,
    product_id: id,
    status: 200,
  })
})

test("a converted hold cannot be released, and unknown ids are not found", async () => {
  const { hold_id, token } = await hold(app, 1)
  const { order_id } = await order(app, hold_id, token)

  expect(await release(hold_id)).toBeProblem(409, "hold_already_used", { order_id })
  expect(await release(4_000_000)).toBeProblem(404, "hold_not_found")
  expect(await cancel(4_000_000)).toBeProblem(404, "order_not_found")
})

test("only the shop can use these routes: buyers are refused", async () => {
  const { hold_id, token } = await hold(app, 1)

  expect(await release(hold_id, { token })).toBeProblem(403, "forbidden")
  expect(await release(hold_id, {})).toBeProblem(401, "unauthorized")
  const { order_id } = await order(app, hold_id, token)
  expect(await cancel(order_id, { token })).toBeProblem(403, "forbidden")
  expect(await cancel(order_id, {})).toBeProblem(401, "unauthorized")
  const { body } = await app.get(`/api/orders/${order_id}`, { token })
  expect(body.status).toBe("pending_payment")
})
