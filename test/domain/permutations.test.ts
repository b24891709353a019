import { expect, test } from "vitest"
import type { Payment, PaymentEvent, PaymentEventKind } from "../../src/domain/payment.ts"
import { afterNoon, eventWith, RULES } from "../support/builders.ts"
import { createMemoryDatabase, type MemoryDatabase } from "../support/memory-database.ts"

/**
 * Every sequence of up to five messages of a buyer and a payment provider about one hold, each message up to twice:
 *
 * O the buyer orders · S success · F failure · X cancellation, all three for order 11 ·
 * H an event that names the hold · N one that does not.
 */
type Letter = "O" | "S" | "F" | "X" | "H" | "N"
const letters: readonly Letter[] = ["O", "S", "F", "X", "H", "N"]
const LENGTH = 5

const STOCK = 10
const QTY = 2
const TOTAL = 19_998

/** The kind of the events H and N, and the payment ids of the events. */
interface Variant {
  readonly H: PaymentEventKind
  readonly N: PaymentEventKind
  readonly names: "none" | "one name" | "own names"
}

const variants: readonly Variant[] = (["succeeded", "failed"] as const).flatMap((H) =>
  (["succeeded", "failed"] as const).flatMap((N) =>
    (["none", "one name", "own names"] as const).map((names) => ({ H, N, names })),
  ),
)

function* sequences(before: readonly Letter[] = []): Generator<readonly Letter[]> {
  if (before.length > 0) yield before
  if (before.length === LENGTH) return
  for (const letter of letters) {
    if (before.filter((other) => other === letter).length < 2) yield* sequences([...before, letter])
  }
}

/** The result of a run: every answer, and the final state. */
interface Story {
  readonly answers: readonly string[]
  readonly hold: string
  readonly order: string
  readonly units: string
  readonly events: Readonly<Record<string, string>>
  readonly payments: readonly string[]
}

// ---- the expected result ----

const kindOf = (letter: Letter, variant: Variant): PaymentEventKind =>
  letter === "S"
    ? "succeeded"
    : letter === "F"
      ? "failed"
      : letter === "X"
        ? "cancelled"
        : variant[letter as "H"]

/**
 * Computes the expected result from the rules in docs/reference/state-machines.md, without the code under test: the
 * first event makes the order paid or cancelled, and afterwards only a success can still change it, from cancelled to
 * paid.
 */
function storyByContract(sequence: readonly Letter[], variant: Variant): Story {
  const answers: string[] = []
  const waiting: Letter[] = []
  const outcomes = new Map<Letter, string>()
  const payments: string[] = []
  let order: "none" | "pending_payment" | "paid" | "cancelled" = "none"
  let madeByEvent = false

  function act(letter: Letter): void {
    const isSuccess = kindOf(letter, variant) === "succeeded"
    // A payment soon after a cancellation takes the units again, which are available here.
    if (order === "pending_payment" || (order === "cancelled" && isSuccess)) {
      order = isSuccess ? "paid" : "cancelled"
      outcomes.set(letter, order)
      if (isSuccess) payments.push(`${letter} order`)
    } else if (!isSuccess) {
      outcomes.set(letter, "ignored_final")
    } else {
      // For a paid order, a second payment is refunded, and a second message about the first payment is ignored.
      const isKnownMoney = variant.names === "one name" && payments.length > 0
      const isSecondMessage = order === "paid" && variant.names !== "own names"
      outcomes.set(letter, isSecondMessage ? "ignored_final" : "refund_due")
      if (!isSecondMessage && !isKnownMoney) payments.push(`${letter} refund_due`)
    }
  }

  function makeOrder(): void {
    order = "pending_payment"
    for (const letter of waiting) act(letter)
  }

  for (const letter of sequence) {
    if (letter === "O") {
      answers.push(order === "none" ? "made" : madeByEvent ? "existed" : "hold_already_used")
      if (order === "none") makeOrder()
    } else if (outcomes.has(letter)) {
      answers.push(`${outcomes.get(letter)} again`)
    } else if (waiting.includes(letter)) {
      answers.push("parked again")
    } else if (order === "none" && letter !== "H") {
      waiting.push(letter)
      answers.push("parked")
    } else {
      if (order === "none") {
        madeByEvent = true
        makeOrder()
      }
      act(letter)
      answers.push(String(outcomes.get(letter)))
    }
  }
  for (const letter of waiting) if (!outcomes.has(letter)) outcomes.set(letter, "parked")

  const sold = (order as string) === "paid" ? QTY : 0
  const held = order === "none" || (order as string) === "pending_payment" ? QTY : 0
  return {
    answers,
    hold: order === "none" ? "active" : "converted",
    order,
    units: `held ${held}, sold ${sold}, available ${STOCK - held - sold}`,
    events: Object.fromEntries(outcomes),
    payments: payments.sort(),
  }
}

// ---- the result of the core ----

function storyByCore(sequence: readonly Letter[], variant: Variant): Story {
  const database = databaseWithHold()
  const answers = sequence.map((letter, index) => {
    const now = afterNoon(index + 1)
    if (letter !== "O") return deliver(database, eventOf(letter, variant), index)
    const placed = database.run([{ kind: "place_order", productId: 1, orderId: 11, holdId: 1 }], now)[0]
      ?.outcome
    if (placed === undefined) return "nothing"
    return "code" in placed ? placed.code : placed.existed ? "existed" : "made"
  })
  const { product, holds, orders, events, payments } = database
  if (product === null) throw new Error("the product is gone")
  const { stock, held, sold } = product
  return {
    answers,
    hold: holds.get(1)?.status ?? "none",
    order: [...orders.values()].map((order) => order.status).join() || "none",
    units: `held ${held}, sold ${sold}, available ${stock - held - sold}`,
    events: Object.fromEntries([...events.values()].map(({ key, outcome }) => [key, outcome])),
    payments: [...payments.values()].map(describePayment).sort(),
  }
}

function databaseWithHold(): MemoryDatabase {
  const database = createMemoryDatabase(1, RULES)
  const settings = {
    name: "Lamp",
    description: null,
    imageUrl: null,
    priceMinor: TOTAL / QTY,
    currency: "EUR",
    opensAt: null,
    closesAt: null,
    paused: false,
    maxPerHold: null,
    maxPerCustomer: null,
    holdTtlSeconds: null,
    status: "listed" as const,
    sku: null,
    externalId: null,
    stockDisplay: "exact" as const,
    customer: "any" as const,
    phases: null,
    collect: null,
  }
  database.run(
    [
      { kind: "create_product", productId: 1, settings, stock: STOCK, adjustmentId: 1 },
      { kind: "place_hold", productId: 1, holdId: 1, qty: QTY, customerId: "anna" },
    ],
    afterNoon(0),
  )
  return database
}

function eventOf(letter: Letter, variant: Variant): PaymentEvent {
  const paymentIds = { none: null, "one name": "pay", "own names": `pay-${letter}` }
  const named = letter === "H" ? { holdId: 1, productId: 1, quantity: QTY } : {}
  return eventWith({
    key: letter,
    kind: kindOf(letter, variant),
    paymentId: paymentIds[variant.names],
    ...named,
  })
}

/** A short payment event handler: an event without an order is parked, and its repetition gets the same answer. */
function deliver(database: MemoryDatabase, event: PaymentEvent, index: number): string {
  const now = afterNoon(index + 1)
  const command = { kind: "record_payment_event", productId: 1, event, newOrderId: event.orderId } as const
  const outcome = database.run([command], now)[0]?.outcome
  if (outcome === undefined) return "nothing"
  if (!("code" in outcome)) return outcome.event.outcome + (outcome.duplicate ? " again" : "")
  if (outcome.code !== "order_unknown") return outcome.code
  const isKnown = [...database.events.values()].some(({ key }) => key === event.key)
  if (!isKnown) database.park(event, now)
  return isKnown ? "parked again" : "parked"
}

function describePayment({ eventKey, allocation, amountMinor, currency }: Payment): string {
  return `${eventKey} ${allocation}${amountMinor === TOTAL && currency === "EUR" ? "" : ` ${amountMinor}`}`
}

// ---- the comparison ----

/** True when H makes the order while other events are parked for it. */
function overtakesWaiting(sequence: readonly Letter[]): boolean {
  const beforeOrder = sequence.slice(0, sequence.indexOf("O") < 0 ? undefined : sequence.indexOf("O"))
  return beforeOrder.indexOf("H") > 0
}

function compare(belongs: (sequence: readonly Letter[]) => boolean) {
  let compared = 0
  const differences: object[] = []
  for (const sequence of sequences()) {
    if (!belongs(sequence)) continue
    for (const variant of variants) {
      const expected = storyByContract(sequence, variant)
      const actual = storyByCore(sequence, variant)
      compared += 1
      if (JSON.stringify(sorted(actual)) !== JSON.stringify(sorted(expected))) {
        differences.push({ sequence: sequence.join(""), variant, expected, actual })
      }
    }
  }
  return { compared, differences }
}

function sorted(story: Story): Story {
  return {
    ...story,
    events: Object.fromEntries(Object.entries(story.events).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

test("every sequence of up to five messages has the expected result", () => {
  const { compared, differences } = compare((sequence) => !overtakesWaiting(sequence))
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(40_000)
})

test("so has every sequence in which an event makes the order for which others are parked", () => {
  const { compared, differences } = compare(overtakesWaiting)
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(10_000)
})
