import type { Command } from "./commands.ts"
import { availableUnits } from "./product.ts"
import type { WorkingSet } from "./working-set.ts"

/** What must be loaded before a batch can run. Empty lists load nothing. */
export interface Needs {
  /** Units the batch asks for; when fewer are available, due rows are loaded to be reclaimed. */
  readonly units: number
  /** Due holds and orders to load at any rate. */
  readonly dueLimit: number
  readonly holdIds: readonly number[]
  readonly orderIds: readonly number[]
  /** Holds whose order, if any, is needed. */
  readonly orderHoldIds: readonly number[]
  /** Ids of orders that may come to be: parked events wait for them. */
  readonly newOrderIds: readonly number[]
  /** Units asked for by each customer that is named. */
  readonly unitsByCustomer: ReadonlyMap<string, number>
  readonly events: readonly { readonly provider: string; readonly key: string }[]
  readonly idempotency: readonly { readonly scope: string; readonly key: string }[]
}

type Gathered = { -readonly [Field in keyof Needs]: Mutable<Needs[Field]> }
type Mutable<T> = T extends readonly (infer Item)[]
  ? Item[]
  : T extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : T

/** Collects what `commands` name, so that one round trip can load all of it. */
export function needs(commands: readonly Command[]): Needs {
  const gathered: Gathered = {
    units: 0,
    dueLimit: 0,
    holdIds: [],
    orderIds: [],
    orderHoldIds: [],
    newOrderIds: [],
    unitsByCustomer: new Map(),
    events: [],
    idempotency: [],
  }
  for (const command of commands) gather(gathered, command)
  return gathered
}

function gather(into: Gathered, command: Command): void {
  if (command.idempotency !== undefined) into.idempotency.push(command.idempotency)
  switch (command.kind) {
    case "place_hold":
      into.units += command.qty
      if (command.customerId !== null) {
        const asked = into.unitsByCustomer.get(command.customerId) ?? 0
        into.unitsByCustomer.set(command.customerId, asked + command.qty)
      }
      break
    case "release_hold":
      into.holdIds.push(command.holdId)
      into.orderHoldIds.push(command.holdId)
      break
    case "place_order":
      into.holdIds.push(command.holdId)
      into.orderHoldIds.push(command.holdId)
      into.newOrderIds.push(command.orderId)
      break
    case "cancel_order":
      into.orderIds.push(command.orderId)
      break
    case "record_payment_event":
      into.events.push(command.event)
      into.orderIds.push(command.event.orderId)
      into.newOrderIds.push(command.newOrderId)
      if (command.event.holdId !== null) {
        into.holdIds.push(command.event.holdId)
        into.orderHoldIds.push(command.event.holdId)
      }
      break
    case "expire_due":
      into.dueLimit = Math.max(into.dueLimit, command.limit)
      break
    case "create_product":
    case "change_product":
    case "adjust_stock":
      break
  }
}

/** What stands in a batch's way although time may have freed it: see {@link shortage}. */
export interface Shortage {
  /** Units missing for everyone to be served. */
  readonly units: number
  /** Customers who would pass their limit. */
  readonly customerIds: readonly string[]
}

/**
 * What the batch lacks after the first look; null when everyone can be served, or when nothing is
 * held that could come back. The store then loads the due rows that could make up for it.
 */
export function shortage(state: WorkingSet, { units, unitsByCustomer }: Needs): Shortage | null {
  const { product } = state
  if (product === null || product.held === 0) return null

  const missing = Math.max(0, units - availableUnits(product))
  const limit = product.maxPerCustomer ?? Infinity
  const customerIds = [...unitsByCustomer.keys()].filter((customerId) => {
    const owned = state.customers.get(customerId)?.units ?? 0
    return owned > 0 && owned + (unitsByCustomer.get(customerId) ?? 0) > limit
  })
  return missing > 0 || customerIds.length > 0 ? { units: missing, customerIds } : null
}
