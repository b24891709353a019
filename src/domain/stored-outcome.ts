import type { OutcomeByKind } from "./commands.ts"
import type { Order } from "./order.ts"
import { noShopFields } from "./shop-fields.ts"

type Outcome = OutcomeByKind[keyof OutcomeByKind]

/** An order as the text has it: with `quantity`, as in its column and on the wire, so that all versions read it. */
type StoredOrder = Omit<Order, "qty"> & { readonly quantity: number }

/** Writes an outcome as the JSON text that is stored with its Idempotency-Key. */
export function outcomeText(outcome: Outcome): string {
  if ("order" in outcome) return JSON.stringify({ ...outcome, order: storedOrder(outcome.order) })
  return JSON.stringify("totalMinor" in outcome ? storedOrder(outcome) : outcome)
}

/** Reads what {@link outcomeText} wrote, here or in an earlier version. */
export function outcomeFromText(text: string): Outcome {
  const stored = JSON.parse(text) as
    | Exclude<Outcome, { order: Order } | Order>
    | StoredOrder
    | { order: StoredOrder }
  if ("order" in stored) return { ...stored, order: orderFrom(stored.order) } as Outcome
  if ("totalMinor" in stored) return orderFrom(stored)
  if ("priceMinor" in stored) return { ...productDefaults, ...stored }
  return "endedAt" in stored ? { ...holdDefaults, ...stored } : stored
}

// The fields that rows of an earlier version do not have.
const holdDefaults = { claimants: null, lines: null, unitPriceMinor: null, currency: null, ...noShopFields }
const orderDefaults = { claimants: null, lines: null, missingDetails: null, language: null, ...noShopFields }
const productDefaults = {
  variants: null,
  collect: null,
  status: "listed",
  sku: null,
  externalId: null,
  stockDisplay: "exact",
  customer: "any",
  phases: null,
}

function storedOrder({ qty, ...order }: Order): StoredOrder {
  return { ...order, quantity: qty }
}

function orderFrom({ quantity, ...order }: StoredOrder): Order {
  return { ...orderDefaults, ...order, qty: quantity }
}
