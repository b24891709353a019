import { describe, expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import {
  afterNoon,
  askFor,
  codeOf,
  counters,
  holdWith,
  NOON,
  orderWith,
  paymentWith,
  refundWith,
  stateWith,
  type Given,
} from "../support/builders.ts"

const idempotency = { scope: "POST /api/holds anna", key: "k", fingerprint: "f" }
const release = { kind: "release_hold", productId: 1, holdId: 1 } as const
const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const
const cancel = { kind: "cancel_order", productId: 1, orderId: 11 } as const
const adjust = { kind: "adjust_stock", productId: 1, stock: 20, expected: 10, adjustmentId: 5 } as const
const refund = { kind: "refund_order", productId: 1, orderId: 11, amountMinor: 1, restockQty: 0 } as const
const retry = {
  kind: "settle_refund",
  productId: 1,
  orderId: 11,
  number: 1,
  result: { status: "due" },
} as const
const pause = { kind: "change_product", productId: 1, changes: { paused: true } } as const

describe("a repeated request", () => {
  test.each<[string, Given, Command]>([
    ["place hold", {}, askFor(2)],
    ["release hold", { holds: [holdWith()] }, release],
    ["place order", { holds: [holdWith()] }, order],
    ["cancel order", { orders: [orderWith()] }, cancel],
    ["adjust stock", {}, adjust],
    ["change product", {}, pause],
  ])("of %s returns the first outcome and changes nothing", (_, given, command) => {
    const state = stateWith(given)
    const first = execute(state, { ...command, idempotency }, NOON)
    const [before, facts] = [state.product, state.facts.length]

    // The repetition has new ids and another time.
    const repetition = { ...command, holdId: command.kind === "place_hold" ? 101 : 1, orderId: 99 } as Command
    const second = execute(state, { ...repetition, idempotency }, afterNoon(30))

    expect(codeOf(first.outcome)).toBeNull()
    expect(first.replayed).toBe(false)
    expect(second).toEqual({ outcome: JSON.parse(JSON.stringify(first.outcome)), replayed: true })
    expect(state.product).toBe(before)
    expect(state.facts).toHaveLength(facts)
  })

  test("with another content is refused, and the first outcome stays stored", () => {
    const state = stateWith()
    const first = execute(state, { ...askFor(1), idempotency }, NOON)
    const other = { ...idempotency, fingerprint: "g" }

    expect(execute(state, { ...askFor(2, { holdId: 101 }), idempotency: other }, NOON)).toEqual({
      outcome: { code: "idempotency_key_reused" },
      replayed: false,
    })

    expect(counters(state)).toEqual({ held: 1, sold: 0 })
    expect(execute(state, { ...askFor(1, { holdId: 102 }), idempotency }, NOON)).toEqual({
      outcome: first.outcome,
      replayed: true,
    })
  })

  test.each([
    ["key", { ...idempotency, key: "other" }],
    ["scope", { ...idempotency, scope: "POST /api/orders anna" }],
  ])("under another %s is another request", (_, other) => {
    const state = stateWith()
    execute(state, { ...askFor(1), idempotency }, NOON)
    const second = execute(state, { ...askFor(1, { holdId: 101 }), idempotency: other }, NOON)
    expect(second.replayed).toBe(false)
    expect(counters(state)).toEqual({ held: 2, sold: 0 })
  })

  test("without a key is executed again", () => {
    const state = stateWith()
    execute(state, askFor(1), NOON)
    execute(state, askFor(1, { holdId: 101 }), NOON)
    expect(counters(state)).toEqual({ held: 2, sold: 0 })
    expect(state.idempotency.added()).toEqual([])
  })

  test("returns the first outcome even when the rows have changed since", () => {
    const state = stateWith()
    const first = execute(state, { ...askFor(1), idempotency }, NOON)
    execute(state, { ...release, holdId: 100 }, NOON)
    const again = execute(state, { ...askFor(1, { holdId: 101 }), idempotency }, NOON)
    expect(again.outcome).toEqual(first.outcome)
  })

  test("is stored with its time and digest", () => {
    const state = stateWith()
    const { outcome } = execute(state, { ...askFor(1), idempotency }, NOON)
    expect(state.idempotency.added()).toEqual([
      { ...idempotency, outcome: JSON.stringify(outcome), createdAt: NOON },
    ])
  })

  // Servers of two versions may share a database, so each must read the records of the other.
  test.each<[string, Given, Command]>([
    ["a new order", { holds: [holdWith({ qty: 3 })] }, order],
    ["a cancelled order", { orders: [orderWith({ qty: 3 })] }, cancel],
  ])("the record of %s names its number of units `quantity`, as all versions do", (_, given, command) => {
    const state = stateWith(given)
    execute(state, { ...command, idempotency }, NOON)

    const stored = state.idempotency.added()[0]?.outcome ?? ""

    expect(stored).toContain('"quantity":3')
    expect(stored).not.toContain('"qty"')
  })
})

describe("temporary refusals are not stored", () => {
  test.each<[string, Given, Command]>([
    ["product_not_found", { product: null }, askFor(1)],
    ["sale_not_open", { product: { opensAt: afterNoon(1) } }, askFor(1)],
    ["sale_paused", { product: { paused: true } }, askFor(1)],
    [
      "customer_limit_reached",
      { product: { maxPerCustomer: 1 }, claims: [{ claimant: "c:anna", units: 1, unitLimit: 1 }] },
      askFor(1, { customerId: "anna" }),
    ],
    ["out_of_stock", { product: { held: 10 } }, askFor(1)],
    ["hold_not_found", {}, order],
    ["hold_not_found", {}, release],
    ["order_not_found", {}, cancel],
    ["stock_changed", { product: { stock: 9 } }, adjust],
    ["stock_in_use", { product: { held: 10 } }, { ...adjust, stock: 1 }],
    ["order_not_paid", { orders: [orderWith()] }, refund],
    [
      "payment_disputed",
      { orders: [orderWith({ status: "paid" })], payments: [paymentWith({ disputedMinor: 19_998 })] },
      refund,
    ],
    ["refund_not_found", { orders: [orderWith({ status: "paid" })] }, retry],
    [
      "refund_not_open",
      { orders: [orderWith({ status: "paid" })], refunds: [refundWith({ status: "sent" })] },
      retry,
    ],
  ])("%s", (code, given, command) => {
    const state = stateWith(given)
    const { outcome } = execute(state, { ...command, idempotency }, NOON)
    expect(codeOf(outcome)).toBe(code)
    expect(state.idempotency.added()).toEqual([])
    expect(execute(state, { ...command, idempotency }, NOON).replayed).toBe(false)
  })

  test("a buyer refused with out_of_stock gets a unit that is returned", () => {
    const state = stateWith({ product: { stock: 2 }, holds: [holdWith()] })
    const sold = execute(state, { ...askFor(1), idempotency }, NOON)
    expect(codeOf(sold.outcome)).toBe("out_of_stock")

    execute(state, release, NOON)

    const again = execute(state, { ...askFor(1, { holdId: 101 }), idempotency }, NOON)
    expect(again).toMatchObject({ replayed: false, outcome: { id: 101, status: "active" } })
  })
})

describe("final refusals are stored", () => {
  test.each<[string, Given, Command]>([
    ["sale_closed", { product: { closesAt: NOON } }, askFor(1)],
    ["quantity_over_limit", { product: { maxPerHold: 1 } }, askFor(2)],
    ["customer_required", { product: { maxPerCustomer: 1 } }, askFor(1)],
    ["hold_already_used", { holds: [holdWith({ status: "converted" })], orders: [orderWith()] }, order],
    ["hold_released", { holds: [holdWith({ status: "released" })] }, order],
    ["hold_expired", { holds: [holdWith({ status: "expired" })] }, order],
    ["hold_expired", { holds: [holdWith({ expiresAt: NOON })] }, release],
    ["order_expired", { orders: [orderWith({ expiresAt: NOON })] }, cancel],
    ["order_not_pending", { orders: [orderWith({ status: "paid" })] }, cancel],
    ["invalid_sale_window", {}, { ...pause, changes: { opensAt: NOON, closesAt: NOON } }],
  ])("%s", (code, given, command) => {
    const state = stateWith(given)
    const first = execute(state, { ...command, idempotency }, NOON)
    expect(codeOf(first.outcome)).toBe(code)
    expect(execute(state, { ...command, idempotency }, NOON)).toEqual({
      outcome: first.outcome,
      replayed: true,
    })
  })
})
