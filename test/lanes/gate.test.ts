import { describe, expect, test } from "vitest"
import { createGate } from "../../src/lanes/gate.ts"
import { instant } from "../../src/domain/time.ts"
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
])("when %s, it answers %#", (_, stock, refusal) => {
  expect(gateAfter(stock).gate.refusalFor(wish)).toEqual(refusal)
})

test("a product it has not heard of is the lane's", () => {
  expect(gateAfter(soldOut).gate.refusalFor({ ...wish, productId: 2 })).toBeNull()
})

describe("a product without units", () => {
  test("is remembered for a second", () => {
    const { clock, gate } = gateAfter(soldOut)
    clock.now = 1_000
    expect(gate.refusalFor(wish)).toBeNull()
  })

  test("is remembered for a second from when its batch began, not from when that was committed", () => {
    const { clock, gate } = gateAfter(soldOut, null, 300)
    // One is let through to look; the next one is refused.
    clock.now = 699
    expect([gate.refusalFor(wish), gate.refusalFor(wish)]).toEqual([null, expect.anything()])
    clock.now = 700
    expect(gate.refusalFor(wish)).toBeNull()
    expect(gateAfter(soldOut, null, 1_000).gate.refusalFor(wish)).toBeNull()
  })

  test("is remembered no longer than until its first hold may end", () => {
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

  test("stays remembered while batches find nothing, and the looking goes on", () => {
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

test("a batch that did not look at the deadlines of what is held teaches it nothing", () => {
  const { gate } = gateAfter(allHeld)
  gate.learn({ product: productWith({ id: 1, ...allHeld }), now: NOON, nextDeadline: undefined }, 0)
  expect(gate.refusalFor(wish)).toBeNull()
})

// Refusals that come first in the contract's order are the lane's to give.
test.each([
  ["asks for more than one hold may have", { maxPerHold: 2 }, { ...wish, qty: 3 }],
  ["does not say who it is and must", { maxPerCustomer: 2 }, wish],
])("a buyer who %s is not answered from memory", (_, limits, asked) => {
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

test("no more than 10,000 products are remembered, and those that are stay so", () => {
  const gate = createGate(() => 0)
  const learn = (id: number) =>
    gate.learn({ product: productWith({ id, ...soldOut }), now: NOON, nextDeadline: null }, 0)
  for (let id = 1; id <= 10_001; id += 1) learn(id)
  learn(1)
  const isRemembered = (productId: number) => gate.refusalFor({ ...wish, productId }) !== null
  expect([1, 10_000, 10_001].map(isRemembered)).toEqual([true, true, false])
})
