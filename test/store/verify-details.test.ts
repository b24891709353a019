import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { changeCollect, type Details } from "../../src/domain/details.ts"
import { defaultSettings } from "../../src/domain/product.ts"
import type { Engine } from "../../src/engine.ts"
import { createBusyDatabase, succeed, type BusyDatabase } from "../support/busy-database.ts"
import { eventWith } from "../support/builders.ts"
import { differencesIn } from "../support/database.ts"
import { runSql } from "../support/rows.ts"

let busy: BusyDatabase

beforeAll(async () => {
  busy = await createBusyDatabase(playSaleWithDetails)
})

afterAll(async () => {
  await busy[Symbol.asyncDispose]()
})

const anna: Details = {
  email: "anna@example.ch",
  name: "Anna",
  phone: null,
  shippingAddress: null,
  answers: { terms: true, size: "L" },
}

/**
 * Product 1 requires an e-mail address, a checkbox and a text. Orders 1 and 2 are paid: 1 has the details, 2 lacks them
 * and stands in the money inbox. Order 3 waits, and lacks the e-mail address.
 */
async function playSaleWithDetails({ lanes, paymentEvents }: Engine): Promise<void> {
  const productId = 1
  const nothing = { choices: null, help: null, link: null }
  const collect = changeCollect(null, {
    email: "required",
    name: "optional",
    questions: [
      { ...nothing, key: "terms", kind: "checkbox", label: "I agree", required: true },
      { ...nothing, key: "size", kind: "text", label: "Size", required: true },
    ],
  })
  const settings = { ...defaultSettings, name: "Shoe", priceMinor: 100, currency: "EUR", collect }
  await succeed(lanes.submit({ kind: "create_product", productId, settings, stock: 10, adjustmentId: 1 }))
  const told = [anna, undefined, { ...anna, email: null }]
  for (const [index, details] of told.entries()) {
    const [holdId, orderId] = [index + 1, index + 1]
    await succeed(lanes.submit({ kind: "place_hold", productId, holdId, qty: 1, customerId: null }))
    await succeed(lanes.submit({ kind: "place_order", productId, orderId, holdId, details }))
  }
  for (const orderId of [1, 2]) {
    await paymentEvents.receive(eventWith({ key: `pay-${orderId}`, orderId, paymentId: `pay-${orderId}` }))
  }
}

test("a sale with details is clean", async () => {
  await using copy = await busy.copy()
  expect(await differencesIn(copy.url)).toEqual([])
})

describe("verify finds", () => {
  test.each([
    [
      "a paid order whose e-mail address is gone",
      /^I11 product 1: order 1 lacks \/details\/email, which it does not say/,
      "update order_details set email = null where order_id = 1",
    ],
    [
      "a paid order whose details are gone",
      /^I11 product 1: order 1 lacks \/details\/answers\/terms, which it does not say/,
      "delete from order_details where order_id = 1",
    ],
    [
      "a checkbox that is not true",
      /^I11 product 1: order 1 lacks \/details\/answers\/terms, which it does not say/,
      `update order_details set answers = '{"terms": false, "size": "L"}' where order_id = 1`,
    ],
    [
      "an answer that is gone",
      /^I11 product 1: order 1 lacks \/details\/answers\/size, which it does not say/,
      `update order_details set answers = '{"terms": true}' where order_id = 1`,
    ],
    [
      "an order of a server that does not know what a product asks for",
      /^I11 product 1: order 3 lacks \/details\/email, which it does not say/,
      "update orders set missing_details = null where id = 3",
    ],
    [
      "a paid order that lacks details and does not stand in the inbox",
      /^I11 product 1: order 2 is paid and lacks details, but does not stand in the money inbox/,
      "update order_details set awaited = false where order_id = 2",
    ],
    [
      "an order in the inbox that lacks nothing",
      /^I11 product 1: order 1 stands in the money inbox for its details, but is paid and lacks nothing/,
      "update order_details set awaited = true where order_id = 1",
    ],
    [
      "details of no order",
      /^I11 product 1: details are stored for order 99, which is not there/,
      `insert into order_details (product_id, order_id, answers, awaited, created_at, updated_at)
       values (1, 99, '{}', false, now(), now())`,
    ],
  ])("%s", async (_, violation, corruption) => {
    await using copy = await busy.copy()
    await runSql(copy.url, corruption)
    expect(await differencesIn(copy.url)).toContainEqual(expect.stringMatching(violation))
  })

  test("nothing wrong in details that were erased", async () => {
    await using copy = await busy.copy()
    await runSql(
      copy.url,
      `update order_details
          set email = null, name = null, answers = '{}', awaited = false, erased_at = now()`,
    )
    expect(await differencesIn(copy.url)).toEqual([])
  })

  test("nothing wrong in orders from before the product began to ask", async () => {
    await using copy = await busy.copy()
    await runSql(
      copy.url,
      "delete from order_details",
      "update orders set missing_details = null",
      "update products set collect_since = now()",
    )
    expect(await differencesIn(copy.url)).toEqual([])
  })
})
