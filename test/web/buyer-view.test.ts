import { asksCustomer, lacksToken } from "../../web/storefront/asked-customer.ts"
import { expect, test } from "vitest"
import type { Hold, HoldStatus, Order, OrderStatus, Product, SaleState } from "../../client/src/index.ts"
import {
  saleStateAt,
  whatBuyerSees,
  type BuyerView,
  type Known,
  type PaymentSeen,
  type Refusal,
} from "../../web/storefront/buyer-view.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { announcementOf } from "../../web/storefront/texts.ts"
import { en } from "../../web/storefront/words/en.ts"
import { lamp, NOON } from "./product.ts"

const english = languageOf("en", en)
const at = (time: string) => Date.parse(`2026-11-27T${time}Z`)

const product: Product = { ...lamp, opens_at: NOON, closes_at: "2026-11-27T13:00:00.000Z" }
const hold: Hold = {
  hold_id: 7,
  product_id: 1,
  qty: 2,
  status: "active",
  expires_at: "2026-11-27T12:02:00.000Z",
  created_at: NOON,
  customer_id: null,
}
const order: Order = {
  order_id: 9,
  hold_id: 7,
  product_id: 1,
  quantity: 2,
  unit_price: "129.00",
  total_price: "258.00",
  total_minor: 25_800,
  currency: "EUR",
  status: "pending_payment",
  payment_attempts: 0,
  late: false,
  restocked_qty: 0,
  expires_at: "2026-11-27T12:15:00.000Z",
  paid_at: null,
  created_at: NOON,
  updated_at: NOON,
  customer_id: null,
}
const known: Known = {
  product,
  hold: null,
  heldPriceMinor: null,
  askedMinor: null,
  heldOrderId: null,
  order: null,
  payment: null,
  nowMs: at("12:00:30.000"),
  connection: "live",
  pending: null,
  refusal: null,
}
const see = (more: Partial<Known>) => whatBuyerSees({ ...known, ...more })
const seenPayment = (status: PaymentSeen["status"], capturedMinor = 0, refundedMinor = 0): PaymentSeen => ({
  status,
  capturedMinor,
  refundedMinor,
})

// The sale state when the product was read, the server's time now, the available units, and the resulting stage.
test.each<[SaleState, string, number, string]>([
  ["scheduled", "11:59:59.999", 4, "scheduled"],
  ["open", "11:59:59.999", 4, "scheduled"],
  ["scheduled", "12:00:00.000", 4, "on_sale"],
  ["scheduled", "12:00:00.000", 0, "all_held"],
  ["paused", "12:00:30.000", 4, "paused"],
  ["sold_out", "12:00:30.000", 0, "sold_out"],
  ["all_held", "12:00:30.000", 0, "all_held"],
  ["open", "12:59:59.999", 4, "on_sale"],
  ["open", "13:00:00.000", 4, "over"],
  ["closed", "13:00:00.001", 4, "over"],
])(
  "a product read as %s, shown at %s with %i available units: %s",
  (sale_state, time, available_stock, kind) => {
    const read = { ...product, sale_state, available_stock }
    expect(see({ product: read, nowMs: at(time) }).stage.kind).toBe(kind)
  },
)

test("before the server's time is known, the page shows the server's sale state without a countdown", () => {
  const scheduled: Product = { ...product, sale_state: "scheduled" }
  expect(see({ product: scheduled, nowMs: null }).stage).toEqual({
    kind: "scheduled",
    opensAt: NOON,
    leftSeconds: null,
  })
  expect(saleStateAt({ ...scheduled, sold_stock: 10 }, at("12:00:00.000"))).toBe("sold_out")
})

test.each([
  // limit, available, most
  [2, 4, 2],
  [2, 1, 1],
  [null, 4, 4],
  [null, 4_000, 10],
])(
  "with a limit of %s per hold and %i available units, %i can be chosen",
  (max_per_hold, available_stock, mostUnits) => {
    const { stage } = see({ product: { ...product, max_per_hold, available_stock } })
    expect(stage).toEqual({ kind: "on_sale", mostUnits })
  },
)

test.each([
  [{}, null, false, false],
  [{ max_per_customer: 2 }, null, true, false],
  [{ customer: "named" }, null, true, false],
  [{ max_per_customer: 2 }, "dbc1.x", false, false],
  [{ customer: "signed", max_per_customer: 2 }, null, false, true],
  [{ customer: "signed", max_per_customer: 2 }, "dbc1.x", false, false],
] as const)(
  "of %o, with the token %s, the form asks for a name: %s; it asks to sign in: %s",
  (given, token, asks, lacks) => {
    const sold = { max_per_customer: null, ...given }
    expect([asksCustomer(sold, token), lacksToken(sold, token)]).toEqual([asks, lacks])
  },
)

// The status of a hold, the server's time now, and the resulting stage and notice.
test.each<[HoldStatus, string, string, string | null]>([
  ["active", "12:00:30.000", "held", null],
  ["active", "12:01:59.999", "held", null],
  ["active", "12:02:00.000", "on_sale", "hold_expired"],
  ["expired", "12:02:00.000", "on_sale", "hold_expired"],
  ["expired", "12:12:00.001", "on_sale", null],
  ["released", "12:00:30.000", "on_sale", "hold_released"],
  ["converted", "12:00:30.000", "on_sale", "ordered"],
])("a hold that is %s at %s: %s, %s", (status, time, kind, notice) => {
  const view = see({ hold: { ...hold, status }, heldOrderId: 9, nowMs: at(time) })
  expect([view.stage.kind, view.notice?.code ?? null]).toEqual([kind, notice])
})

test.each([
  ["12:00:00.000", 120],
  ["11:59:59.000", 120],
  ["12:00:00.001", 120],
  ["12:00:01.000", 119],
  ["12:01:59.500", 1],
])("a hold of two minutes, at %s, has %i seconds left", (time, leftSeconds) => {
  expect(see({ hold, nowMs: at(time) }).stage).toMatchObject({ leftSeconds, wholeSeconds: 120 })
})

test("a hold costs what it cost when it was placed, although the price has changed", () => {
  const dearer = { ...product, price_minor: 99_900 }
  expect(see({ hold, product: dearer, heldPriceMinor: 12_900 }).stage).toMatchObject({
    lines: null,
    totalMinor: 25_800,
  })
  expect(see({ hold, product }).stage).toMatchObject({ totalMinor: 25_800 })
  const lines = [
    { variant_id: 1, qty: 1, unit_price_minor: 12_900 },
    { variant_id: 2, qty: 1, unit_price_minor: 4_000 },
  ]
  expect(see({ hold: { ...hold, lines }, product: dearer }).stage).toMatchObject({
    lines,
    totalMinor: 16_900,
  })
})

test.each([
  [null, null],
  [16_900, null],
  [15_900, "price_changed"],
])("a basket of 169.00 for which the button said %s: %s", (askedMinor, code) => {
  const lines = [
    { variant_id: 1, qty: 1, unit_price_minor: 12_900 },
    { variant_id: 2, qty: 1, unit_price_minor: 4_000 },
  ]
  expect(see({ hold: { ...hold, lines }, askedMinor }).notice?.code ?? null).toBe(code)
})

test("while a hold is being requested the stage is reserving", () => {
  const asking = { action: "hold", trouble: "crowd" } as const
  expect(see({ pending: asking }).stage).toEqual({ kind: "reserving", trouble: "crowd" })
  expect(see({ pending: asking, hold: { ...hold, status: "released" } }).notice).toBeNull()
  expect(see({ pending: { action: "order", trouble: null }, hold }).stage.kind).toBe("held")
})

test.each<Refusal>([
  { code: "too_few", available: 1 },
  { code: "customer_limit", unitsLeft: 0 },
  { code: "crowd" },
  { code: "no_answer" },
])("a refusal is shown beside the stage: %j", (refusal) => {
  expect(see({ refusal })).toMatchObject({ stage: { kind: "on_sale" }, notice: refusal })
})

test("a refusal keeps the link to the buyer's order", () => {
  const ordered = { hold: { ...hold, status: "converted" }, heldOrderId: 9 } as const
  const refusal = { code: "customer_limit", unitsLeft: 0 } as const
  expect(see({ ...ordered, refusal })).toMatchObject({ notice: refusal, orderId: 9 })
  expect(see(ordered)).toMatchObject({ notice: { code: "ordered" }, orderId: 9 })
  expect(see({ refusal })).toMatchObject({ notice: refusal, orderId: null })
  expect(see({ ...ordered, order })).toMatchObject({ orderId: null })
})

test("after out_of_stock the page shows when a unit may come back", () => {
  const { stage } = see({
    product: { ...product, sale_state: "all_held", available_stock: 0 },
    refusal: { code: "missed", retryAt: hold.expires_at },
  })
  expect(stage).toEqual({ kind: "all_held", retryAt: hold.expires_at })
})

test.each<[Refusal, string]>([
  [
    lacking([["42", 0]]),
    "Other buyers were faster. Nothing was reserved, because no unit of 42 is available.",
  ],
  [
    lacking([
      ["42", 0],
      ["Poster", 1],
      ["43", 2],
    ]),
    "Other buyers were faster. Nothing was reserved, because no unit of 42 is available and Poster has only 1 unit left and 43 has only 2 units left.",
  ],
  [{ code: "over_limit", mostUnits: 2, name: "42" }, "The limit is 2 units of 42 per order."],
  [{ code: "over_limit", mostUnits: 2, name: null }, "The limit is 2 units per order."],
  [{ code: "variant_disabled", name: "42" }, "Nothing was reserved: 42 is no longer for sale."],
])("the refusal %j names the variant", (refusal, text) => {
  expect(announcementOf(english, see({}), see({ refusal }))).toBe(text)
})

function lacking(available: readonly (readonly [name: string, available: number])[]): Refusal {
  const lines = available.map(([name, available], index) => ({
    variantId: index + 1,
    name,
    requested: 3,
    available,
  }))
  return { code: "lacking", lines, retryAt: null }
}

// The status of an order, its payment at the provider, the server's time now, and the resulting stage.
test.each<[OrderStatus, PaymentSeen | null, string, string]>([
  ["pending_payment", null, "12:01:00.000", "to_pay"],
  ["pending_payment", seenPayment("open"), "12:01:00.000", "to_pay"],
  ["pending_payment", seenPayment("processing"), "12:01:00.000", "payment_under_way"],
  ["pending_payment", seenPayment("succeeded", 25_800), "12:01:00.000", "payment_under_way"],
  ["pending_payment", null, "12:15:00.000", "order_expired"],
  ["pending_payment", seenPayment("processing"), "12:15:00.000", "late_payment"],
  ["paid", seenPayment("succeeded", 25_800), "12:01:00.000", "paid"],
  ["refunded", seenPayment("succeeded", 25_800, 25_800), "12:01:00.000", "refunded"],
  ["cancelled", null, "12:01:00.000", "cancelled"],
  ["cancelled", seenPayment("cancelled"), "12:01:00.000", "cancelled"],
  ["cancelled", seenPayment("declined"), "12:01:00.000", "declined"],
  ["cancelled", seenPayment("processing"), "12:01:00.000", "late_payment"],
  ["cancelled", seenPayment("succeeded", 25_800), "12:01:00.000", "money_returning"],
  ["expired", null, "12:16:00.000", "order_expired"],
  ["expired", seenPayment("open"), "12:16:00.000", "order_expired"],
  ["expired", seenPayment("processing"), "12:16:00.000", "late_payment"],
  ["expired", seenPayment("succeeded", 25_800), "12:16:00.000", "money_returning"],
  ["expired", seenPayment("succeeded", 25_800, 25_800), "12:16:00.000", "money_returned"],
])("an order that is %s, payment %j, at %s: %s", (status, payment, time, kind) => {
  expect(see({ order: { ...order, status }, payment, nowMs: at(time) }).stage.kind).toBe(kind)
})

test("a missing order, an unread order and a late payment have their own stages", () => {
  expect(see({ order: "unread" }).stage.kind).toBe("order_unread")
  expect(see({ order: "missing" }).stage.kind).toBe("order_missing")
  expect(see({ order: { ...order, status: "paid", late: true } }).stage).toEqual({
    kind: "paid",
    isLate: true,
  })
})

test("a lost connection changes nothing else", () => {
  expect(see({ hold, connection: "lost" })).toEqual({ ...see({ hold }), isOffline: true })
})

test("where the sale has ended, nobody reads that cancelled units are available to others", () => {
  const released: Hold = { ...hold, status: "released" }
  expect(see({ hold: released, nowMs: at("12:00:30") }).notice).toEqual({ code: "hold_released" })
  expect(
    see({
      hold: released,
      nowMs: at("12:00:30"),
      product: { ...product, closes_at: "2026-11-27T12:00:20Z" },
    }),
  ).toMatchObject({ stage: { kind: "over" }, notice: null })
})

// The texts that screen readers announce.
test.each<[string, BuyerView, BuyerView, string | null]>([
  ["a hold is granted", see({}), see({ hold }), "2 units reserved for you."],
  ["a second passes", see({ hold, nowMs: at("12:00:30") }), see({ hold, nowMs: at("12:00:31") }), null],
  [
    "a minute is left",
    see({ hold, nowMs: at("12:00:59") }),
    see({ hold, nowMs: at("12:01:00") }),
    "One minute left.",
  ],
  ["less is left", see({ hold, nowMs: at("12:01:00") }), see({ hold, nowMs: at("12:01:01") }), null],
  [
    "the hold ends",
    see({ hold, nowMs: at("12:01:59") }),
    see({ hold, nowMs: at("12:02:00") }),
    "On sale now. Your reservation has expired, and the units have been given back.",
  ],
  ["it sells out", see({}), see({ product: { ...product, sale_state: "sold_out" } }), "Sold out."],
  ["the stock changes", see({}), see({ product: { ...product, available_stock: 3 } }), null],
  ["the connection is lost", see({}), see({ connection: "lost" }), "Connection lost."],
])("announced to screen readers when %s", (_, before, after, text) => {
  expect(announcementOf(english, before, after)).toBe(text)
})
