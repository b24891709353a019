import { afterEach, beforeEach, expect, test } from "vitest"
import type { NamedLine } from "../../src/domain/lines.ts"
import type { PaymentRequest } from "../../src/payments/provider.ts"
import { createStripeProvider } from "../../src/payments/stripe.ts"
import { startFakeStripe, stripeSettings, type FakeStripe } from "../support/fake-stripe.ts"

let fake: FakeStripe
beforeEach(async () => {
  fake = await startFakeStripe()
})
afterEach(() => fake[Symbol.asyncDispose]())

const line = (variantId: number, given: Partial<NamedLine> = {}): NamedLine => ({
  variantId,
  name: "42",
  sku: "R-42",
  options: {},
  qty: 1,
  unitPriceMinor: 13_900,
  restockedQty: 0,
  ...given,
})
const request: PaymentRequest = {
  orderId: 11,
  holdId: 1,
  productId: 1,
  qty: 3,
  goods: {
    productName: "Runner",
    lines: [line(7, { qty: 2 }), line(8, { name: "43", sku: null, unitPriceMinor: 14_900 })],
  },
  reference: null,
  metadata: null,
  amountMinor: 42_700,
  currency: "EUR",
  startedPaymentId: null,
  idempotencyKey: "doorbuster-order-11-0",
}
const open = (given: Partial<PaymentRequest> = {}) =>
  createStripeProvider(stripeSettings(fake.url), 300).open({ ...request, ...given })
const opened = () => [...fake.intents.values()] as { description: unknown; metadata: object }[]

test("a payment says which variants are bought, with their numbers and prices", async () => {
  expect(await open()).toMatchObject({ status: "open" })
  expect(opened()).toMatchObject([
    {
      description: "Runner: 2 × 42 (R-42), 1 × 43",
      metadata: {
        order_id: "11",
        hold_id: "1",
        product_id: "1",
        quantity: "3",
        line_1: "2 × 42 at 139.00 EUR (variant 7)",
        line_1_sku: "R-42",
        line_2: "1 × 43 at 149.00 EUR (variant 8)",
      },
    },
  ])
  expect(opened()[0]?.metadata).not.toHaveProperty("line_2_sku")
})

test("a payment for a product without variants says what it always said, under its key", async () => {
  expect(await open({ goods: null })).toMatchObject({ status: "open" })
  const [call] = fake.calls
  expect(call?.headers["idempotency-key"]).toBe(`${request.idempotencyKey}-at-once`)
  expect(Object.keys(call?.form ?? {}).filter((name) => /metadata|description/.test(name))).toEqual([
    "metadata[order_id]",
    "metadata[hold_id]",
    "metadata[product_id]",
    "metadata[quantity]",
  ])
})

// The fake refuses what is longer than Stripe allows. "𝄞" is two units of UTF-16, four bytes of UTF-8.
test.each([
  ["letters", "x".repeat(255)],
  ["characters beyond the basic plane", "𝄞".repeat(255)],
])("20 lines of the longest names in %s are within Stripe's limits", async (_, longest) => {
  const lines = Array.from({ length: 20 }, (_line, index) => line(index + 1, { name: longest, sku: longest }))
  expect(await open({ goods: { productName: longest, lines } })).toMatchObject({ status: "open" })
  const [intent] = opened()
  expect(Object.keys(intent?.metadata ?? {})).toHaveLength(4 + 2 * 20)
  const texts = [intent?.description, ...Object.values(intent?.metadata ?? {})].map(String)
  for (const text of texts) expect(text.isWellFormed()).toBe(true)
  expect(intent?.description).toMatch(/: 1 × .* and 19 more$/)
  expect(intent?.metadata).toMatchObject({ line_20: expect.stringContaining("1 × ") })
})

test("a description that has no room for all lines says how many it leaves out", async () => {
  const lines = Array.from({ length: 20 }, (_, index) =>
    line(index + 1, { name: `Poster ${index + 1} ${"x".repeat(60)}`, sku: null }),
  )
  await open({ goods: { productName: "Drop", lines } })
  const description = String(opened()[0]?.description)
  expect(description.length).toBeLessThanOrEqual(1_000)
  // "Drop: ", lines of 73 and 8 × 75 characters, then 4 of 76 are 983; another would not fit.
  expect(description).toMatch(/^Drop: 1 × Poster 1 x{60}, .* Poster 13 x{60} and 7 more$/)
})

test("a variant that is renamed between two requests makes the second no conflict of keys", async () => {
  fake.mishaps.push({ on: /POST/, mishap: "silence", done: true })
  expect(await open()).toMatchObject({ status: "not now" })
  const goods = { productName: "Runner", lines: [line(7, { qty: 2, name: "42 wide" })] }
  expect(await open({ goods })).toMatchObject({ status: "open" })
  expect(await open({ goods })).toMatchObject({ status: "open" })
  expect(fake.intents.size).toBe(2)
})

test("a payment has the reference and metadata of the shop, which replace none of Doorbuster's own", async () => {
  const metadata = {
    hold_id: "99",
    line_1: "mine",
    reference: "other",
    note: "é".repeat(600),
    "shop id": "7",
  }
  expect(await open({ reference: "cart 7", metadata })).toMatchObject({ status: "open" })
  expect(opened()[0]?.metadata).toEqual({
    order_id: "11",
    hold_id: "1",
    product_id: "1",
    quantity: "3",
    line_1: "2 × 42 at 139.00 EUR (variant 7)",
    line_1_sku: "R-42",
    line_2: "1 × 43 at 149.00 EUR (variant 8)",
    reference: "cart 7",
    note: `${"é".repeat(499)}…`,
    "shop id": "7",
  })
})

test("a payment has no more than the 50 keys that Stripe takes", async () => {
  const lines = Array.from({ length: 20 }, (_, index) => line(index + 1))
  const metadata = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key ${index}`, "v"]))
  await open({ goods: { productName: "Runner", lines }, reference: "cart 7", metadata })
  const sent = Object.keys(opened()[0]?.metadata ?? {})
  expect(sent).toHaveLength(50)
  expect(sent).toEqual(expect.arrayContaining(["order_id", "line_20_sku", "reference", "key 0", "key 4"]))
})

test("a payment that differs in the shop's own metadata has another idempotency key", async () => {
  const first = await open({ metadata: { a: "1" } })
  expect(await open({ metadata: { a: "1" } })).toEqual(first)
  expect(await open({ metadata: { a: "2" } })).toMatchObject({ status: "open" })
  expect(opened()).toHaveLength(2)
})
