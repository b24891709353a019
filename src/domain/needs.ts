import { phasesAt } from "./access.ts"
import { claimantOfCustomer, claimantsOf, customerOfClaimant, type Claimed } from "./claims.ts"
import type { Command, PlaceHold } from "./commands.ts"
import type { WantedLine } from "./lines.ts"
import { endOfUnpaid, isDueOrder, type Order } from "./order.ts"
import { lackingLines, variantOf } from "./product-variants.ts"
import { availableUnits, hasVariants, type Product } from "./product.ts"
import type { Instant } from "./time.ts"
import { orderOfHold, type WorkingSet } from "./working-set.ts"

/** The rows that must be loaded before a batch can run. Empty lists load nothing. */
export interface Needs {
  /** Units that the batch asks for; when fewer are available, due rows are loaded, to be ended first. */
  readonly units: number
  /** Units that the batch asks for of each variant; empty: the commands name none. */
  readonly unitsByVariant: ReadonlyMap<number, number>
  /** Whether a command names variants or adds some, so that those of the product are needed. */
  readonly variants: boolean
  /** How many due holds and orders to load even when enough units are available. */
  readonly dueLimit: number
  readonly holdIds: readonly number[]
  readonly orderIds: readonly number[]
  /** Holds whose order is needed, if they have one. */
  readonly orderHoldIds: readonly number[]
  /** Ids of orders that the batch may make; events may be parked for them. */
  readonly newOrderIds: readonly number[]
  /** Units asked for by each claimant. */
  readonly unitsByClaimant: ReadonlyMap<string, number>
  /** The claimants of the access codes that are sent. */
  readonly accessCodes: readonly string[]
  /** The holders of new holds. */
  readonly holders: readonly number[]
  readonly events: readonly { readonly provider: string; readonly key: string }[]
  /** Whether the payments of the orders are needed: of `orderIds`, and of the orders of `orderHoldIds`. */
  readonly payments: boolean
  /** Orders, or the holds of orders, for which money has arrived. */
  readonly moneyFor: readonly { readonly orderId: number; readonly holdId: number | null }[]
  /** Whether a command may end an order before a later command of the batch records its money. */
  readonly mayEndOrders: boolean
  /** Provider ids of payments that the batch may record; dispute messages may be parked for them. */
  readonly newPaymentIds: readonly string[]
  /** Orders whose refunds and disputes are needed. */
  readonly refundOrderIds: readonly number[]
  /** Orders, and holds, of whose order the buyer's details are needed. */
  readonly detailsOf: { readonly orderIds: readonly number[]; readonly holdIds: readonly number[] }
  readonly idempotency: readonly { readonly scope: string; readonly key: string }[]
}

type Gathered = { -readonly [Field in keyof Needs]: Mutable<Needs[Field]> }
type Mutable<T> = T extends readonly (infer Item)[]
  ? Item[]
  : T extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : T extends { readonly orderIds: readonly (infer Id)[] }
      ? { orderIds: Id[]; holdIds: Id[] }
      : T

/** Collects the rows that `commands` name, so that one round trip loads all of them. */
export function needs(commands: readonly Command[]): Needs {
  const gathered: Gathered = {
    units: 0,
    unitsByVariant: new Map(),
    variants: false,
    dueLimit: 0,
    holdIds: [],
    orderIds: [],
    orderHoldIds: [],
    newOrderIds: [],
    unitsByClaimant: new Map(),
    accessCodes: [],
    holders: [],
    events: [],
    payments: false,
    moneyFor: [],
    mayEndOrders: false,
    newPaymentIds: [],
    refundOrderIds: [],
    detailsOf: { orderIds: [], holdIds: [] },
    idempotency: [],
  }
  for (const command of commands) gather(gathered, command)
  return gathered
}

function gather(into: Gathered, command: Command): void {
  if (command.idempotency !== undefined) into.idempotency.push(command.idempotency)
  switch (command.kind) {
    case "place_hold":
      gatherHold(into, command)
      break
    case "release_hold":
      into.holdIds.push(command.holdId)
      into.orderHoldIds.push(command.holdId)
      break
    case "place_order":
      into.holdIds.push(command.holdId)
      into.orderHoldIds.push(command.holdId)
      into.newOrderIds.push(command.orderId)
      if (command.details !== undefined) into.detailsOf.holdIds.push(command.holdId)
      break
    case "set_details":
      into.orderIds.push(command.orderId)
      into.detailsOf.orderIds.push(command.orderId)
      into.payments = true
      break
    case "cancel_order":
      into.orderIds.push(command.orderId)
      into.mayEndOrders = true
      break
    case "record_payment_event":
      into.events.push(command.event)
      into.payments = true
      if (command.event.kind === "succeeded") {
        into.moneyFor.push(command.event)
        if (command.event.paymentId !== null) into.newPaymentIds.push(command.event.paymentId)
      } else into.mayEndOrders = true
      into.orderIds.push(command.event.orderId)
      into.newOrderIds.push(command.newOrderId)
      if (command.event.holdId !== null) {
        into.holdIds.push(command.event.holdId)
        into.orderHoldIds.push(command.event.holdId)
      }
      break
    case "record_dispute":
      into.events.push(command.event)
      into.payments = true
      into.orderIds.push(command.orderId)
      into.refundOrderIds.push(command.orderId)
      break
    case "start_payment":
    case "await_payment":
      into.orderIds.push(command.orderId)
      break
    case "refund_order":
      into.orderIds.push(command.orderId)
      into.payments = true
      break
    case "record_refund":
      into.orderIds.push(command.orderId)
      into.payments = true
      into.refundOrderIds.push(command.orderId)
      break
    case "settle_refund":
      into.orderIds.push(command.orderId)
      into.refundOrderIds.push(command.orderId)
      break
    case "expire_due":
      into.dueLimit = Math.max(into.dueLimit, command.limit)
      break
    case "add_variants":
    case "change_variant":
      into.variants = true
      break
    case "adjust_stock":
      into.variants ||= command.variantId !== undefined
      break
    case "create_product":
    case "change_product":
      break
  }
}

function gatherHold(into: Gathered, command: PlaceHold): void {
  if (command.holder !== undefined) into.holders.push(command.holder)
  into.units += command.qty
  if (command.lines !== undefined) {
    into.variants = true
    addLines(into.unitsByVariant, command.lines)
  }
  const { customerId, accessCode, qty } = command
  if (customerId !== null) addUnits(into.unitsByClaimant, claimantOfCustomer(customerId), qty)
  if (accessCode === undefined) return
  into.accessCodes.push(accessCode)
  addUnits(into.unitsByClaimant, accessCode, qty)
}

function addLines(into: Map<number, number>, lines: readonly WantedLine[]): void {
  for (const { variantId, qty } of lines) addUnits(into, variantId, qty)
}

function addUnits<Key>(into: Map<Key, number>, key: Key, qty: number): void {
  into.set(key, (into.get(key) ?? 0) + qty)
}

/** What a batch lacks, and ending due rows may free; see {@link shortage}. */
export interface Shortage {
  /** Units missing to serve every command; 0 for a product with variants. */
  readonly units: number
  /** Units missing of each variant, where some are held. */
  readonly lines: readonly WantedLine[]
  /** Claims that would exceed their limit. */
  readonly claimants: readonly string[]
  /** The claims of orders whose money has arrived late; their rows are needed to check their limits. */
  readonly lateClaimants: readonly string[]
}

/**
 * Returns what the batch lacks after the first load, so that the store can load the due rows that may make
 * up for it. Null when every command can be served, or when no units are held that ending rows could free.
 */
export function shortage(state: WorkingSet, needs: Needs, now: Instant): Shortage | null {
  const { product } = state
  if (product === null) return null

  const late = latePaidSales(state, needs, now)
  const lateClaimants = [...new Set(late.flatMap((sale) => claimantsOf(sale)))]
  if (product.held === 0) {
    return lateClaimants.length > 0 ? { units: 0, lines: [], claimants: [], lateClaimants } : null
  }

  const units = missingUnits(product, needs, late)
  const lines = missingLines(product, needs, late)
  const claimants = crowdedClaims(state, product, needs, now)
  if (units === 0 && lines.length === 0 && claimants.length === 0 && lateClaimants.length === 0) return null
  const limited = lateClaimants.filter((claimant) => limitOf(state, product, claimant, now) !== Infinity)
  return { units, lines, claimants: [...claimants, ...limited], lateClaimants }
}

/** The claims that have units and would exceed their limit. */
function crowdedClaims(
  state: WorkingSet,
  product: Product,
  { unitsByClaimant }: Needs,
  now: Instant,
): string[] {
  const crowded: string[] = []
  for (const [claimant, asked] of unitsByClaimant) {
    const owned = state.claims.get(claimant)?.units ?? 0
    if (owned > 0 && owned + asked > limitOf(state, product, claimant, now)) crowded.push(claimant)
  }
  return crowded
}

/**
 * The smallest limit that may bind a claim now: to look for units that may be returned when none are needed costs a statement, to
 * miss them refuses a buyer.
 */
function limitOf(state: WorkingSet, product: Product, claimant: string, now: Instant): number {
  if (customerOfClaimant(claimant) === null) return state.accessCodes.get(claimant)?.units ?? 0
  const limits = phasesAt(product, now).map(({ maxPerCustomer }) => maxPerCustomer ?? Infinity)
  return Math.min(product.maxPerCustomer ?? Infinity, ...limits)
}

function missingUnits(product: Product, needs: Needs, late: readonly LateSale[]): number {
  if (hasVariants(product)) return 0
  const asked = late.reduce((sum, { qty }) => sum + qty, needs.units)
  return Math.max(0, asked - availableUnits(product))
}

function missingLines(product: Product, needs: Needs, late: readonly LateSale[]): WantedLine[] {
  if (!hasVariants(product)) return []
  const asked = new Map(needs.unitsByVariant)
  for (const { lines } of late) addLines(asked, lines ?? [])
  const wanted = Array.from(asked, ([variantId, qty]) => ({ variantId, qty }))
  return lackingLines(product, wanted)
    .filter(({ variantId }) => {
      const variant = variantOf(product, variantId)
      return variant !== undefined && variant.enabled && variant.held > 0
    })
    .map(({ variantId, requested, available }) => ({ variantId, qty: requested - available }))
}

/** Returns the orders that money has arrived for and that have ended, are due, or may end earlier in the batch. */
function latePaidSales(state: WorkingSet, { moneyFor, mayEndOrders }: Needs, now: Instant): LateSale[] {
  const orders = new Set<Order>()
  for (const { orderId, holdId } of moneyFor) {
    for (const order of [
      state.orders.get(orderId),
      holdId === null ? undefined : orderOfHold(state, holdId),
    ]) {
      if (order === undefined) continue
      const mayEnd = mayEndOrders && order.status === "pending_payment"
      if (mayEnd || endOfUnpaid(order) !== null || isDueOrder(order, now)) orders.add(order)
    }
  }
  return [...orders, ...latePaidHolds(state, moneyFor.length > 0)]
}

/** Units that late money may buy, and their claims. */
interface LateSale extends Claimed {
  readonly qty: number
  readonly lines: readonly WantedLine[] | null
}

/** Returns the holds whose order one batch may make, end by a parked event and pay by the next event. */
function latePaidHolds({ events, holds }: WorkingSet, hasMoney: boolean): LateSale[] {
  const waiting = [...events.values()].filter((event) => event.outcome === "parked")
  const mayEnd = waiting.some((event) => event.kind !== "succeeded")
  const mayBePaid = hasMoney || waiting.some((event) => event.kind === "succeeded")
  if (!mayEnd || !mayBePaid) return []
  return [...holds.values()]
}
