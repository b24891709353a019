import { expect } from "vitest"
import type { Hold } from "../../src/domain/hold.ts"
import type { OrderLine, WantedLine } from "../../src/domain/lines.ts"
import type { Order } from "../../src/domain/order.ts"
import type { Product } from "../../src/domain/product.ts"
import { instant, type Instant } from "../../src/domain/time.ts"
import { defaultVariantSettings, type Variant } from "../../src/domain/variant.ts"
import type { MemoryDatabase } from "../support/memory-database.ts"

/** The variants of a product. One without variants counts here as a single variant with this id. */
const ONLY_VARIANT = 0

/** Compares all counters with the rows: I1 and I2 for each variant and the product, I8 and I10, and whole baskets. */
export function checkInvariants(database: MemoryDatabase): void {
  const product = productIn(database)
  // At the beginning of time nothing is due: the counters say what the rows say.
  const counted = recount(database, instant(0))
  let [stock, held, sold] = [0, 0, 0]
  for (const variant of variantsIn(product)) {
    expect(variant.held).toBe(counted.held.get(variant.id) ?? 0)
    expect(variant.sold).toBe(counted.sold.get(variant.id) ?? 0)
    expect(variant.held + variant.sold).toBeLessThanOrEqual(variant.stock)
    stock += variant.stock
    held += variant.held
    sold += variant.sold
  }
  expect({ stock: product.stock, held: product.held, sold: product.sold }).toEqual({ stock, held, sold })
  for (const [customerId, units] of counted.customers) {
    expect(database.claims.get(`c:${customerId}`)?.units).toBe(units)
    if (product.maxPerCustomer !== null) expect(units).toBeLessThanOrEqual(product.maxPerCustomer)
  }
  for (const hold of database.holds.values()) {
    expect(linesOf(hold).reduce((sum, line) => sum + line.qty, 0)).toBe(hold.qty)
  }
}

interface Recount {
  readonly held: ReadonlyMap<number, number>
  readonly sold: ReadonlyMap<number, number>
  readonly customers: ReadonlyMap<string, number>
}

/** Units by variant and by customer, added up from the rows. Rows whose time is over at `now` hold nothing. */
export function recount({ holds, orders }: MemoryDatabase, now: Instant): Recount {
  const counted = { held: new Map<number, number>(), sold: new Map<number, number>() }
  const customers = new Map<string, number>()
  function count(row: Hold | Order, into: Map<number, number>): void {
    for (const line of linesOf(row)) {
      const units = line.qty - line.restockedQty
      into.set(line.variantId, (into.get(line.variantId) ?? 0) + units)
      if (row.customerId !== null) customers.set(row.customerId, (customers.get(row.customerId) ?? 0) + units)
    }
  }
  for (const hold of holds.values()) {
    if (hold.status === "active" && hold.expiresAt > now) count(hold, counted.held)
  }
  for (const order of orders.values()) {
    if (order.status === "pending_payment" && order.expiresAt > now) count(order, counted.held)
    if (order.status === "paid" || order.status === "refunded") count(order, counted.sold)
  }
  return { ...counted, customers }
}

/** The lines of a hold or an order; of a product without variants, one with all units. */
export function linesOf(row: Hold | Order): readonly OrderLine[] {
  if (row.lines !== null) return row.lines.map((line) => Object.assign({ restockedQty: 0 }, line))
  const isOrder = "holdId" in row
  const [qty, restockedQty] = isOrder ? [row.qty, row.restockedQty] : [row.qty, 0]
  return [{ variantId: ONLY_VARIANT, qty, unitPriceMinor: row.unitPriceMinor ?? 0, restockedQty }]
}

export function available(product: Product, { held, sold }: Recount, variantId: number): number {
  return variantIn(product, variantId).stock - (held.get(variantId) ?? 0) - (sold.get(variantId) ?? 0)
}

export function price(product: Product, { variantId }: WantedLine): number {
  return variantIn(product, variantId).priceMinor ?? product.priceMinor
}

export function productIn({ product }: MemoryDatabase): Product {
  if (product === null) throw new Error("there is no product")
  return product
}

export function variantsIn(product: Product): readonly Variant[] {
  const { stock, held, sold } = product
  const only = { ...defaultVariantSettings, name: "Shoe", position: 0, id: ONLY_VARIANT, stock, held, sold }
  return product.variants ?? [only]
}

export function variantIn(product: Product, variantId: number): Variant {
  const variant = variantsIn(product).find(({ id }) => id === variantId)
  if (variant === undefined) throw new Error(`there is no variant ${variantId}`)
  return variant
}
