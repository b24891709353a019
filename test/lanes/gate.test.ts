import { describe, expect, test } from "vitest"
import { createGate } from "../../src/lanes/gate.ts"
import { instant } from "../../src/domain/time.ts"
import { defaultVariantSettings, type Variant } from "../../src/domain/variant.ts"
import { productWith } from "../support/builders.ts"

const NOON = instant(Date.UTC(2026, 10, 27, 12))
const wish = { productId: 1, qty: 1, customerId: null }

/** A gate whose clock the test sets, after a batch that left `stock`. */
function gateAfter(
  stock: { stock: number; held: number; sold: number },
  dueInMs: number | null = 60_000,
  ageMs = 0,
) {
  const clock = { now: 0 }
  const gate = createGate(() => clock.now)
  const learn = (left: Partial<typeof stock> = {}, due = dueInMs) =>
    gate.learn(
      {
        product: productWith({ id: 1, ...stock, ...left }),
        now: NOON,
        nextDeadline: due === null ? null : instant(NOON + due),
      },
      ageMs,
    )
  learn()
  return { clock, gate, learn }
}

const allHeld = { stock: 10, held: 10, sold: 0 }
const soldOut = { stock: 10, held: 0, sold: 10 }

test.each([
  ["units are left", { stock: 10, held: 9, sold: 0 }, null],
  [
    "all are held",
    allHeld,
    { code: "out_of_stock", saleState: "all_held", availableStock: 0, retryAt: instant(NOON + 60_000) },
  ],
  [
    "all are sold",
    soldOut,
    { code: "out_of_stock", saleState: "sold_out", availableStock: 0, retryAt: null },
  ],
])("the answer when %s", (_, stock, refusal) => {
  expect(gateAfter(stock).gate.refusalFor(wish)).toEqual(refusal)
})

test("a request for a product that the gate does not know goes to the lane", () => {
  expect(gateAfter(soldOut).gate.refusalFor({ ...wish, productId: 2 })).toBeNull()
})

describe("a product without units", () => {
  test("is remembered for a second", () => {
    const { clock, gate } = gateAfter(soldOut)
    clock.now = 1_000
    expect(gate.refusalFor(wish)).toBeNull()
  })

  test("is remembered for a second from the beginning of its batch, not from its commit", () => {
    const { clock, gate } = gateAfter(soldOut, null, 300)
    // The gate lets one request through to look, and refuses the next one.
    clock.now = 699
    expect([gate.refusalFor(wish), gate.refusalFor(wish)]).toEqual([null, expect.anything()])
    clock.now = 700
    expect(gate.refusalFor(wish)).toBeNull()
    expect(gateAfter(soldOut, null, 1_000).gate.refusalFor(wish)).toBeNull()
  })

  test("is remembered until its first hold may end, at the latest", () => {
    const { clock, gate } = gateAfter(allHeld, 100)
    clock.now = 99
    expect(gate.refusalFor(wish)).not.toBeNull()
    clock.now = 100
    expect(gate.refusalFor(wish)).toBeNull()
  })

  test("lets one buyer through every 250 ms, to look", () => {
    const { clock, gate } = gateAfter(soldOut)
    const passed: number[] = []
    for (clock.now = 0; clock.now < 1_000; clock.now += 10) {
      if (gate.refusalFor(wish) === null) passed.push(clock.now)
    }
    expect(passed).toEqual([250, 500, 750])
  })

  test("stays remembered while batches find no unit, and one buyer every 250 ms still gets through", () => {
    const { clock, gate, learn } = gateAfter(soldOut)
    let passed = 0
    for (clock.now = 0; clock.now < 10_000; clock.now += 10) {
      if (gate.refusalFor(wish) !== null) continue
      passed += 1
      learn()
    }
    expect(passed).toBe(39)
  })

  test("is forgotten at once when a batch frees a unit", () => {
    const { gate, learn } = gateAfter(allHeld)
    learn({ held: 9 })
    expect(gate.refusalFor(wish)).toBeNull()
  })
})

test("after a batch that did not read the deadlines of held units, the product is not remembered", () => {
  const { gate } = gateAfter(allHeld)
  gate.learn({ product: productWith({ id: 1, ...allHeld }), now: NOON, nextDeadline: undefined }, 0)
  expect(gate.refusalFor(wish)).toBeNull()
})

// Refusals of higher precedence than out_of_stock, which the lane has to give.
test.each([
  ["asks for more units than a hold may have", { maxPerHold: 2 }, { ...wish, qty: 3 }],
  ["names no customer although the product has a limit for each customer", { maxPerCustomer: 2 }, wish],
])("a request that %s is not answered from memory", (_, limits, asked) => {
  const gate = createGate(() => 0)
  gate.learn({ product: productWith({ id: 1, ...soldOut, ...limits }), now: NOON, nextDeadline: null }, 0)
  expect(gate.refusalFor(asked)).toBeNull()
})

test.each([
  ["closed", { closesAt: NOON }],
  ["not open yet", { opensAt: instant(NOON + 1) }],
  ["paused", { paused: true }],
])("a sale that is %s is not remembered as sold out", (_, settings) => {
  const gate = createGate(() => 0)
  gate.learn({ product: productWith({ id: 1, ...soldOut, ...settings }), now: NOON, nextDeadline: null }, 0)
  expect(gate.refusalFor(wish)).toBeNull()
})

test("at most 10,000 products are remembered, and a further one replaces none of them", () => {
  const gate = createGate(() => 0)
  const learn = (id: number) =>
    gate.learn({ product: productWith({ id, ...soldOut }), now: NOON, nextDeadline: null }, 0)
  for (let id = 1; id <= 10_001; id += 1) learn(id)
  learn(1)
  const isRemembered = (productId: number) => gate.refusalFor({ ...wish, productId }) !== null
  expect([1, 10_000, 10_001].map(isRemembered)).toEqual([true, true, false])
})

describe("a product with variants", () => {
  const variant = (id: number, units: Partial<Variant>): Variant => ({
    ...defaultVariantSettings,
    id,
    name: String(id),
    position: id,
    stock: 5,
    held: 0,
    sold: 0,
    ...units,
  })
  const SOLD_OUT = 1
  const ALL_HELD = 2
  const OPEN = 3
  const OFF_SALE = 4
  const product = productWith({
    id: 1,
    stock: 20,
    held: 5,
    sold: 7,
    variants: [
      variant(SOLD_OUT, { sold: 5 }),
      variant(ALL_HELD, { held: 5 }),
      variant(OPEN, { sold: 2 }),
      variant(OFF_SALE, { enabled: false }),
    ],
  })
  const ask = (...ids: number[]) => ({
    ...wish,
    qty: ids.length,
    lines: ids.map((variantId) => ({ variantId, qty: 1 })),
  })
  const deadline = instant(NOON + 60_000)

  function gateThatKnows(known = product) {
    const gate = createGate(() => 0)
    gate.learn({ product: known, now: NOON, nextDeadline: deadline }, 0)
    return gate
  }

  test("is refused by variant", () => {
    const gate = gateThatKnows()
    expect(gate.refusalFor(ask(OPEN))).toBeNull()
    const none = { code: "out_of_stock", availableStock: 0 }
    expect(gate.refusalFor(ask(SOLD_OUT))).toEqual({
      ...none,
      saleState: "sold_out",
      retryAt: null,
      lines: [{ variantId: SOLD_OUT, requested: 1, available: 0 }],
    })
    expect(gate.refusalFor(ask(ALL_HELD))).toEqual({
      ...none,
      saleState: "all_held",
      retryAt: deadline,
      lines: [{ variantId: ALL_HELD, requested: 1, available: 0 }],
    })
  })

  test("refuses a basket of which one line has no unit, and says which lines lack some", () => {
    expect(gateThatKnows().refusalFor(ask(OPEN, ALL_HELD))).toEqual({
      code: "out_of_stock",
      saleState: "open",
      availableStock: 8,
      retryAt: deadline,
      lines: [{ variantId: ALL_HELD, requested: 1, available: 0 }],
    })
    expect(gateThatKnows().refusalFor(ask(SOLD_OUT, ALL_HELD))).toMatchObject({ retryAt: null })
  })

  test.each([
    ["no variant", wish],
    ["a variant that is not on sale", ask(OFF_SALE)],
    ["an unknown variant beside a sold out one", ask(SOLD_OUT, 99)],
    ["more than one hold may have", { ...ask(SOLD_OUT), qty: 11 }],
  ])("leaves a request for %s to the lane, which has another refusal for it", (_, wanted) => {
    const limited = { ...product, maxPerHold: 10 }
    expect(gateThatKnows(limited).refusalFor(wanted)).toBeNull()
  })

  test("without the first deadline, only what is sold out is remembered", () => {
    const gate = createGate(() => 0)
    gate.learn({ product, now: NOON, nextDeadline: undefined }, 0)
    expect(gate.refusalFor(ask(SOLD_OUT))).toMatchObject({ saleState: "sold_out" })
    expect(gate.refusalFor(ask(ALL_HELD))).toBeNull()
  })

  test("stays remembered as all held while batches on other variants read no deadline, until the known one", () => {
    const gate = gateThatKnows()
    const sells = (now: number) => gate.learn({ product, now: instant(now), nextDeadline: undefined }, 0)
    sells(NOON + 59_999)
    expect(gate.refusalFor(ask(ALL_HELD))).toMatchObject({ saleState: "all_held", retryAt: deadline })
    sells(deadline)
    expect(gate.refusalFor(ask(ALL_HELD))).toBeNull()
    expect(gate.refusalFor(ask(SOLD_OUT))).not.toBeNull()
  })

  test("a variant that was given units goes to the lane again", () => {
    const gate = gateThatKnows()
    const variants =
      product.variants?.map((one) => (one.id === SOLD_OUT ? { ...one, stock: 6 } : one)) ?? null
    gate.learn({ product: { ...product, variants }, now: NOON, nextDeadline: deadline }, 0)
    expect(gate.refusalFor(ask(SOLD_OUT))).toBeNull()
    expect(gate.refusalFor(ask(ALL_HELD))).not.toBeNull()
  })
})
