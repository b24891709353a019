import { expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import type { Hold } from "../../src/domain/hold.ts"
import type { WantedLine } from "../../src/domain/lines.ts"
import { defaultSettings, type Product } from "../../src/domain/product.ts"
import { later, type Instant } from "../../src/domain/time.ts"
import { defaultVariantSettings } from "../../src/domain/variant.ts"
import { NOON, RULES } from "../support/builders.ts"
import { createMemoryDatabase, type MemoryDatabase } from "../support/memory-database.ts"
import { seededRandom } from "../support/random.ts"
import {
  available,
  checkInvariants,
  linesOf,
  price,
  productIn,
  recount,
  variantIn,
  variantsIn,
} from "./variant-counts.ts"

/** Random commands in all; DOORBUSTER_VARIANT_COMMANDS asks for more. */
const COMMANDS = Number(process.env["DOORBUSTER_VARIANT_COMMANDS"] ?? 200_000)
/** The same seed plays the same sales. */
const SEED = Number(process.env["DOORBUSTER_MODEL_SEED"] ?? Date.now() % 2 ** 31)
const COMMANDS_PER_SALE = 80
const CUSTOMERS = ["ann", "ben", null]

test(
  `${COMMANDS} random commands on products with and without variants keep I1, I2, I8 and I10, seed ${SEED}`,
  () => {
    const random = createRandom(SEED)
    const seen = new Map<string, number>()
    for (let played = 0; played < COMMANDS; played += COMMANDS_PER_SALE) playSale(random, seen)

    // Each of these has happened, so that the checks have been of use.
    const outcomes = ["held", "basket", "out_of_stock", "customer_limit_reached", "variant_disabled", "paid"]
    for (const outcome of [
      ...outcomes,
      "paid late",
      "restocked",
      "refunded for want of units",
      "dearer since",
      "held without variants",
      "quantity_over_limit",
    ])
      expect([outcome, (seen.get(outcome) ?? 0) > COMMANDS / 10_000]).toEqual([outcome, true])
  },
  Math.max(60_000, COMMANDS),
)

interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  oneOf<Item>(items: readonly Item[]): Item | undefined
}

function createRandom(seed: number): Random {
  const next = seededRandom(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, oneOf: (items) => items[below(Math.max(1, items.length))] }
}

interface Sale {
  readonly random: Random
  readonly database: MemoryDatabase
  readonly seen: Map<string, number>
  nextId: number
  now: Instant
}

function playSale(random: Random, seen: Map<string, number>): void {
  const database = createMemoryDatabase(1, { ...RULES, holdTtlSeconds: 60, paymentTtlSeconds: 90 })
  const sale: Sale = { random, database, seen, nextId: 1_000, now: NOON }
  run(sale, {
    kind: "create_product",
    productId: 1,
    settings: {
      ...defaultSettings,
      name: "Shoe",
      priceMinor: 5_000,
      currency: "EUR",
      maxPerCustomer: random.below(2) === 0 ? null : 4,
      maxPerHold: random.below(4) === 0 ? 3 : null,
    },
    stock: random.below(8),
    adjustmentId: 1,
    ...(random.below(4) > 0 && { variants: threeSizes(random) }),
  })
  for (let played = 1; played < COMMANDS_PER_SALE; played += 1) playTurn(sale)
}

function threeSizes(random: Random) {
  return [1, 2, 3].map((variantId) => ({
    variantId,
    settings: {
      ...defaultVariantSettings,
      name: `Size ${variantId}`,
      position: variantId,
      priceMinor: variantId === 3 ? 7_500 : null,
      maxPerHold: variantId === 2 ? 1 : null,
    },
    stock: random.below(5),
    adjustmentId: 10 + variantId,
  }))
}

function playTurn(sale: Sale): void {
  const { random } = sale
  if (random.below(3) === 0) sale.now = later(sale.now, random.below(40))
  const roll = random.below(20)
  if (roll < 9) placeHold(sale)
  else if (roll < 12) placeOrder(sale)
  else if (roll < 15) pay(sale)
  else if (roll < 16) endSomething(sale)
  else if (roll < 17) refund(sale)
  else if (roll < 18) run(sale, { kind: "expire_due", productId: 1, limit: random.below(3) })
  else changeSomething(sale)
}

/** A hold is granted whole where the rows say that all its units are available, and otherwise not at all. */
function placeHold(sale: Sale): void {
  const { random, database, now, seen } = sale
  const product = productIn(database)
  const isPlain = product.variants === null
  const lines = variantsIn(product)
    .filter(() => isPlain || random.below(2) === 0)
    .map(({ id }): WantedLine => ({ variantId: id, qty: 1 + random.below(2) }))
  if (lines.length === 0) return
  const customerId = random.oneOf(CUSTOMERS) ?? null
  const qty = lines.reduce((sum, line) => sum + line.qty, 0)
  const before = recount(database, now)
  const lacking = lines.filter((line) => line.qty > available(product, before, line.variantId))
  const owned = customerId === null ? 0 : (before.customers.get(customerId) ?? 0)

  sale.nextId += 1
  const holdId = sale.nextId
  const wanted = isPlain ? {} : { lines }
  const outcome = run(sale, { kind: "place_hold", productId: 1, holdId, qty, customerId, ...wanted }) as
    | Hold
    | { readonly code: string; readonly lines?: readonly { readonly variantId: number }[] }

  const expected = expectedRefusal(product, { lines, qty, customerId, owned, isLacking: lacking.length > 0 })
  expect("code" in outcome ? outcome.code : null).toBe(expected)
  note(seen, expected ?? (lines.length > 1 ? "basket" : isPlain ? "held without variants" : "held"))
  if ("code" in outcome) {
    if (expected === "out_of_stock" && !isPlain) {
      expect(outcome.lines?.map(({ variantId }) => variantId)).toEqual(lacking.map((line) => line.variantId))
    }
    return
  }
  const held = lines.map((line) =>
    Object.assign({ unitPriceMinor: price(product, line), restockedQty: 0 }, line),
  )
  expect(linesOf(outcome)).toEqual(held)
  expect(outcome.lines === null).toBe(isPlain)
}

interface Asked {
  readonly lines: readonly WantedLine[]
  readonly qty: number
  readonly customerId: string | null
  readonly owned: number
  readonly isLacking: boolean
}

/** The refusals in their order of precedence, written anew. */
function expectedRefusal(
  product: Product,
  { lines, qty, customerId, owned, isLacking }: Asked,
): string | null {
  const variants = lines.map((line) => ({ ...line, variant: variantIn(product, line.variantId) }))
  if (variants.some(({ variant }) => !variant.enabled)) return "variant_disabled"
  if (variants.some((line) => line.qty > (line.variant.maxPerHold ?? Infinity))) return "quantity_over_limit"
  if (qty > (product.maxPerHold ?? Infinity)) return "quantity_over_limit"
  if (product.maxPerCustomer !== null) {
    if (customerId === null) return "customer_required"
    if (owned + qty > product.maxPerCustomer) return "customer_limit_reached"
  }
  return isLacking ? "out_of_stock" : null
}

function placeOrder(sale: Sale): void {
  const { database, random, seen } = sale
  const hold = random.oneOf([...database.holds.values()].filter(({ status }) => status === "active"))
  if (hold === undefined) return
  sale.nextId += 1
  const orderId = sale.nextId
  run(sale, { kind: "place_order", productId: 1, holdId: hold.id, orderId })
  const order = database.orders.get(orderId)
  if (order === undefined) return
  // The price of the moment of the hold, whatever it is now.
  const total = linesOf(hold).reduce((sum, line) => sum + line.qty * line.unitPriceMinor, 0)
  expect(order.totalMinor).toBe(total)
  const product = productIn(database)
  const isDearer = linesOf(hold).some((line) => line.unitPriceMinor < price(product, line))
  if (isDearer) note(seen, "dearer since")
}

function pay(sale: Sale): void {
  const { database, random, now, seen } = sale
  const order = random.oneOf([...database.orders.values()].filter(({ status }) => status !== "paid"))
  if (order === undefined) return
  const before = recount(database, now)
  const product = productIn(database)
  const hasEnded = order.status !== "pending_payment" || order.expiresAt <= now
  const isGone = linesOf(order).some(
    ({ variantId, qty }) =>
      qty > available(product, before, variantId) || !variantIn(product, variantId).enabled,
  )
  sale.nextId += 1
  const event = {
    provider: "test",
    key: `event-${sale.nextId}`,
    fingerprint: "f",
    kind: "succeeded",
    orderId: order.id,
    paymentId: `payment-${sale.nextId}`,
    amountMinor: null,
    currency: null,
    holdId: null,
    productId: null,
    quantity: null,
    disputeId: null,
  } as const
  run(sale, { kind: "record_payment_event", productId: 1, event, newOrderId: order.id })
  const after = database.orders.get(order.id)
  if (order.status === "refunded") return
  if (!hasEnded) {
    expect(after?.status).toBe("paid")
    return note(seen, "paid")
  }
  if (isGone) {
    expect(after?.status).not.toBe("paid")
    return note(seen, "refunded for want of units")
  }
  if (after?.status === "paid") note(seen, "paid late")
}

function endSomething(sale: Sale): void {
  const { database, random } = sale
  const hold = random.oneOf([...database.holds.values()])
  const order = random.oneOf([...database.orders.values()])
  if (random.below(2) === 0 && hold !== undefined) {
    run(sale, { kind: "release_hold", productId: 1, holdId: hold.id })
  } else if (order !== undefined) run(sale, { kind: "cancel_order", productId: 1, orderId: order.id })
}

function refund(sale: Sale): void {
  const { database, random, seen } = sale
  const order = random.oneOf([...database.orders.values()].filter(({ status }) => status === "paid"))
  if (order === undefined) return
  const restockLines = linesOf(order)
    .filter(() => random.below(2) === 0)
    .map(({ variantId }) => ({ variantId, qty: 1 + random.below(2) }))
  const restockQty = restockLines.reduce((sum, { qty }) => sum + qty, 0)
  if (restockQty === 0) return
  const isTooMuch = restockLines.some(({ variantId, qty }) => {
    const line = linesOf(order).find((one) => one.variantId === variantId)
    return line === undefined || qty > line.qty - line.restockedQty
  })
  const command = { kind: "refund_order", productId: 1, orderId: order.id, amountMinor: 0 } as const
  const byLine = order.lines === null ? {} : { restockLines }
  const outcome = run(sale, { ...command, restockQty, ...byLine }) as { readonly code?: string }
  expect(outcome.code).toBe(isTooMuch ? "restock_over_order" : undefined)
  if (!isTooMuch) note(seen, "restocked")
}

function changeSomething(sale: Sale): void {
  const { database, random } = sale
  const product = productIn(database)
  const variant = random.oneOf(variantsIn(product))
  if (variant === undefined) return
  const isPlain = product.variants === null
  sale.nextId += 1
  if (random.below(2) === 0) {
    const stock = variant.held + variant.sold + random.below(4)
    run(sale, {
      kind: "adjust_stock",
      productId: 1,
      ...(!isPlain && { variantId: variant.id }),
      stock,
      expected: variant.stock,
      adjustmentId: sale.nextId,
    })
    return
  }
  if (isPlain) {
    const priceMinor = 4_000 + 1_000 * random.below(6)
    run(sale, { kind: "change_product", productId: 1, changes: { priceMinor } })
    return
  }
  const changes =
    random.below(2) === 0
      ? { enabled: random.below(4) > 0 }
      : { priceMinor: 4_000 + 1_000 * random.below(6), position: random.below(9) }
  run(sale, { kind: "change_variant", productId: 1, variantId: variant.id, changes })
}

/** Runs a command as a batch of its own, then compares all counters with the rows. */
function run(sale: Sale, command: Command): unknown {
  const [execution] = sale.database.run([command], sale.now)
  checkInvariants(sale.database)
  return execution?.outcome
}

function note(seen: Map<string, number>, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1)
}
