import { describe, expect, test } from "vitest"
import { isDueHold } from "../../src/domain/hold.ts"
import { placeHold } from "../../src/domain/place-hold.ts"
import type { Product } from "../../src/domain/product.ts"
import {
  afterNoon,
  askFor,
  codeOf,
  counters,
  holdWith,
  NOON,
  orderWith,
  RULES,
  stateWith,
  successOf,
  TICK,
} from "../support/builders.ts"

const ANNA = "anna"

describe("refusals, in order of precedence", () => {
  // Each row satisfies the rule of the row before it; all later rules still refuse.
  const draft: Partial<Product> = {
    status: "draft",
    closesAt: NOON,
    opensAt: afterNoon(1),
    paused: true,
    maxPerHold: 4,
    maxPerCustomer: 3,
    held: 10,
  }
  const archived = { ...draft, status: "archived" } as const
  const everythingWrong = { ...draft, status: "unlisted" } as const
  const notClosed = { ...everythingWrong, closesAt: null }
  const opened = { ...notClosed, opensAt: null }
  const resumed = { ...opened, paused: false }
  const unlimitedHold = { ...resumed, maxPerHold: null }
  const unlimitedCustomer = { ...unlimitedHold, maxPerCustomer: null }

  test.each([
    // product            customer  refusal
    [null, null, { code: "product_not_found" }],
    [draft, null, { code: "product_not_found" }],
    [archived, null, { code: "product_not_found" }],
    [everythingWrong, null, { code: "sale_closed", closedAt: NOON }],
    [notClosed, null, { code: "sale_not_open", opensAt: afterNoon(1) }],
    [opened, null, { code: "sale_paused" }],
    [resumed, null, { code: "quantity_over_limit", maxPerHold: 4 }],
    [unlimitedHold, null, { code: "customer_required" }],
    [unlimitedHold, ANNA, { code: "customer_limit_reached", unitsLeft: 1 }],
    [
      unlimitedCustomer,
      null,
      { code: "out_of_stock", saleState: "all_held", availableStock: 0, retryAt: afterNoon(60) },
    ],
  ] as const)("%o for %s: %o", (product, customerId, refusal) => {
    const claims = [{ claimant: `c:${ANNA}`, units: 2, unitLimit: 3 }]
    const state = stateWith({ product, claims, nextDeadline: afterNoon(60) })
    const before = counters(state)

    const outcome = placeHold(state, askFor(5, { customerId }), NOON)

    expect(outcome).toEqual(refusal)
    expect(counters(state)).toEqual(before)
    expect(state.holds.added()).toEqual([])
    expect(state.facts).toEqual([])
  })
})

describe("the window of a sale", () => {
  test.each([
    // opens at        closes at          refusal
    [null, null, null],
    [afterNoon(TICK), null, "sale_not_open"],
    [NOON, null, null],
    [afterNoon(-TICK), null, null],
    [null, afterNoon(TICK), null],
    [null, NOON, "sale_closed"],
    [null, afterNoon(-TICK), "sale_closed"],
    [NOON, afterNoon(TICK), null],
    [afterNoon(-1), NOON, "sale_closed"],
  ])("open from %s to %s, at noon: %s", (opensAt, closesAt, code) => {
    const state = stateWith({ product: { opensAt, closesAt } })
    expect(codeOf(placeHold(state, askFor(1), NOON))).toBe(code)
  })
})

describe("quantities", () => {
  test.each([
    // stock held sold maxPerHold qty  refusal
    [10, 0, 0, null, 1, null],
    [10, 0, 0, null, 10, null],
    [10, 0, 0, null, 11, "out_of_stock"],
    [10, 6, 3, null, 1, null],
    [10, 6, 3, null, 2, "out_of_stock"],
    [10, 0, 10, null, 1, "out_of_stock"],
    [0, 0, 0, null, 1, "out_of_stock"],
    [10, 0, 0, 2, 2, null],
    [10, 0, 0, 2, 3, "quantity_over_limit"],
    [1, 0, 0, 2, 3, "quantity_over_limit"],
  ])(
    "stock %i, held %i, sold %i, at most %s: asking for %i: %s",
    (stock, held, sold, maxPerHold, qty, code) => {
      const state = stateWith({ product: { stock, held, sold, maxPerHold } })

      const outcome = placeHold(state, askFor(qty), NOON)

      expect(codeOf(outcome)).toBe(code)
      expect(counters(state)).toEqual({ held: code === null ? held + qty : held, sold })
    },
  )
})

describe("the fields of an out_of_stock refusal", () => {
  const inAMinute = afterNoon(60)
  test.each([
    // stock held sold  qty  sale state  available  retry at
    [10, 0, 10, 1, "sold_out", 0, null],
    [10, 4, 6, 1, "all_held", 0, inAMinute],
    [10, 4, 6, 4, "all_held", 0, inAMinute],
    [10, 4, 6, 5, "all_held", 0, null],
    [10, 4, 3, 5, "open", 3, inAMinute],
    [10, 0, 7, 5, "open", 3, null],
    [0, 0, 0, 1, "sold_out", 0, null],
  ])(
    "stock %i, held %i, sold %i, asking for %i: %s with %i",
    (stock, held, sold, qty, saleState, available, retryAt) => {
      const state = stateWith({ product: { stock, held, sold }, nextDeadline: inAMinute })
      expect(placeHold(state, askFor(qty), NOON)).toEqual({
        code: "out_of_stock",
        saleState,
        availableStock: available,
        retryAt,
      })
    },
  )

  test("a hold of the same batch counts for retryAt", () => {
    const state = stateWith({ product: { stock: 1 } })
    const first = successOf(placeHold(state, askFor(1, { holdId: 100 }), NOON))

    const second = placeHold(state, askFor(1, { holdId: 101 }), NOON)

    expect(second).toMatchObject({ saleState: "all_held", retryAt: first.expiresAt })
  })

  test.each([
    ["before", RULES.holdTtlSeconds + 1, RULES.holdTtlSeconds],
    ["after", RULES.holdTtlSeconds - 1, RULES.holdTtlSeconds - 1],
  ])("a hold of the same batch may end %s the earlier ones", (_, known, first) => {
    const state = stateWith({ product: { stock: 3, held: 2 }, nextDeadline: afterNoon(known) })
    placeHold(state, askFor(1, { holdId: 100 }), NOON)

    const second = placeHold(state, askFor(1, { holdId: 101 }), NOON)

    expect(second).toMatchObject({ saleState: "all_held", retryAt: afterNoon(first) })
  })

  test.each(["low", "none"] as const)(
    "where buyers are told %s of the units, retryAt does not depend on the quantity",
    (stockDisplay) => {
      // Five units are unsold: answers to requests for 5 and for 6 would tell that.
      const product = { stock: 10, held: 4, sold: 5, stockDisplay }
      const refused = (qty: number) =>
        placeHold(stateWith({ product, nextDeadline: inAMinute }), askFor(qty), NOON)

      for (const qty of [5, 6])
        expect(refused(qty)).toMatchObject({ saleState: "open", retryAt: inAMinute, hidesUnits: true })
    },
  )

  test("retryAt is null when the next deadline was not looked up", () => {
    const state = stateWith({ product: { stock: 1 } })
    state.nextDeadline = undefined
    placeHold(state, askFor(1, { holdId: 100 }), NOON)
    expect(placeHold(state, askFor(1, { holdId: 101 }), NOON)).toMatchObject({ retryAt: null })
    expect(state.nextDeadline).toBeUndefined()
  })
})

describe("the new hold", () => {
  test("is active from now to the end of the product's own hold time", () => {
    const state = stateWith({ product: { holdTtlSeconds: 30 } })
    const hold = placeHold(state, askFor(2, { customerId: ANNA }), NOON)
    expect(hold).toEqual({
      id: 100,
      productId: 1,
      qty: 2,
      status: "active",
      expiresAt: afterNoon(30),
      createdAt: NOON,
      endedAt: null,
      claimants: null,
      customerId: ANNA,
      lines: null,
      unitPriceMinor: 9_999,
      currency: "EUR",
      reference: null,
      metadata: null,
    })
    expect(state.holds.added()).toEqual([hold])
    expect(state.facts).toEqual([{ kind: "hold_created", hold }])
  })

  test("lasts as long as the setting says when the product has no hold time", () => {
    const hold = successOf(placeHold(stateWith(), askFor(1), NOON))
    expect(hold.expiresAt).toBe(afterNoon(RULES.holdTtlSeconds))
  })

  test("raises the product's version by one, for any number of holds in a batch", () => {
    const state = stateWith({ product: { version: 7 } })
    placeHold(state, askFor(1, { holdId: 100 }), NOON)
    placeHold(state, askFor(1, { holdId: 101 }), NOON)
    expect(state.product).toMatchObject({ version: 8, held: 2 })
    expect(state.loadedProduct).toMatchObject({ version: 7, held: 0 })
  })
})

describe("due holds are ended when units are short (I6, I9)", () => {
  test.each([
    // expires at        qty  refusal       held afterwards
    [afterNoon(TICK), 1, "out_of_stock", 10],
    [NOON, 1, null, 1],
    [afterNoon(-TICK), 1, null, 1],
    [NOON, 10, null, 10],
    [NOON, 11, "out_of_stock", 0],
  ])("10 of 10 units held until %s, asking for %i: %s", (expiresAt, qty, code, held) => {
    const holds = [holdWith({ id: 1, qty: 6, expiresAt })]
    const orders = [orderWith({ id: 11, holdId: 2, qty: 4, expiresAt })]
    const state = stateWith({ holds, orders })

    const outcome = placeHold(state, askFor(qty), NOON)

    expect(codeOf(outcome)).toBe(code)
    expect(counters(state)).toEqual({ held, sold: 0 })
    const isOver = expiresAt <= NOON
    expect(state.holds.get(1)?.status).toBe(isOver ? "expired" : "active")
    expect(state.orders.get(11)?.status).toBe(isOver ? "expired" : "pending_payment")
  })

  test.each([
    ["enough units are available", {}],
    ["the customer's limit allows the request", { maxPerCustomer: 1 }],
  ])("a due hold is left alone while %s", (_, product) => {
    const due = holdWith({ qty: 9, expiresAt: NOON })
    const state = stateWith({ product, holds: [due] })
    expect(isDueHold(due, NOON)).toBe(true)

    expect(codeOf(placeHold(state, askFor(1, { customerId: ANNA }), NOON))).toBeNull()

    expect(state.holds.changed()).toEqual([])
    expect(counters(state)).toEqual({ held: 10, sold: 0 })
  })

  test("retryAt is null when every unit is sold after the due ones were returned", () => {
    const state = stateWith({
      product: { sold: 9 },
      holds: [holdWith({ qty: 1, expiresAt: NOON })],
      nextDeadline: afterNoon(60),
    })
    expect(placeHold(state, askFor(2), NOON)).toEqual({
      code: "out_of_stock",
      saleState: "open",
      availableStock: 1,
      retryAt: null,
    })
  })
})

describe("the customer's limit (I8)", () => {
  test.each([
    // owned limit qty  units left when refused; null: granted
    [0, 3, 3, null],
    [0, 3, 4, 3],
    [2, 3, 1, null],
    [2, 3, 2, 1],
    [3, 3, 1, 0],
    // The limit was lowered after the units were granted.
    [5, 3, 1, 0],
    [5, null, 5, null],
  ])("owns %i of %s, asking for %i: %s left", (owned, maxPerCustomer, qty, unitsLeft) => {
    const claims = owned === 0 ? [] : [{ claimant: `c:${ANNA}`, units: owned, unitLimit: 5 }]
    const state = stateWith({ product: { maxPerCustomer }, claims })

    const outcome = placeHold(state, askFor(qty, { customerId: ANNA }), NOON)

    const granted = { claimant: `c:${ANNA}`, units: owned + qty, unitLimit: maxPerCustomer }
    expect(outcome).toMatchObject(
      unitsLeft === null ? { status: "active", qty } : { code: "customer_limit_reached", unitsLeft },
    )
    expect(state.claims.get(`c:${ANNA}`)).toEqual(unitsLeft === null ? granted : claims[0])
  })

  test("counts all holds of one batch", () => {
    const state = stateWith({ product: { maxPerCustomer: 2 } })
    const codes = [100, 101, 102].map((holdId) =>
      codeOf(placeHold(state, askFor(1, { holdId, customerId: ANNA }), NOON)),
    )
    expect(codes).toEqual([null, null, "customer_limit_reached"])
    expect(state.claims.added()).toEqual([{ claimant: `c:${ANNA}`, units: 2, unitLimit: 2 }])
  })

  test.each([
    [afterNoon(TICK), { code: "customer_limit_reached", unitsLeft: 0 }],
    [NOON, null],
  ])("the customer's own hold that ends at %s", (expiresAt, refusal) => {
    const state = stateWith({
      product: { maxPerCustomer: 2, stock: 100 },
      holds: [holdWith({ qty: 2, expiresAt, customerId: ANNA })],
      claims: [{ claimant: `c:${ANNA}`, units: 2, unitLimit: 2 }],
    })

    const outcome = placeHold(state, askFor(2, { customerId: ANNA }), NOON)

    expect(outcome).toMatchObject(refusal ?? { status: "active" })
    expect(state.claims.get(`c:${ANNA}`)?.units).toBe(2)
    expect(counters(state)).toEqual({ held: 2, sold: 0 })
  })

  test("returned units of another customer are recorded for that customer", () => {
    const state = stateWith({
      holds: [holdWith({ qty: 10, expiresAt: NOON, customerId: "ben" })],
    })
    placeHold(state, askFor(1, { customerId: ANNA }), NOON)
    expect([...state.claimReturns]).toEqual([["c:ben", 10]])
    expect(state.claims.get(`c:${ANNA}`)?.units).toBe(1)
  })
})
