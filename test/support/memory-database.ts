import type { AccessCode } from "../../src/domain/access.ts"
import { claimantsOf } from "../../src/domain/claims.ts"
import type { Command, OutcomeOf } from "../../src/domain/commands.ts"
import { noDetails, type OrderDetails } from "../../src/domain/details.ts"
import { disputeName, type Dispute } from "../../src/domain/dispute.ts"
import type { Hold } from "../../src/domain/hold.ts"
import { execute, type Execution } from "../../src/domain/execute.ts"
import { needs, shortage, type Needs } from "../../src/domain/needs.ts"
import { totalOf, type WantedLine } from "../../src/domain/lines.ts"
import type { Order } from "../../src/domain/order.ts"
import type { Payment, PaymentEventRecord, ProviderEvent } from "../../src/domain/payment.ts"
import type { Product } from "../../src/domain/product.ts"
import { refundName, type Refund } from "../../src/domain/refund.ts"
import type { Instant } from "../../src/domain/time.ts"
import {
  emptyWorkingSet,
  eventName,
  idempotencyName,
  type ClaimUnits,
  type IdempotencyRecord,
  type Rules,
  type StockAdjustment,
  type WorkingSet,
} from "../../src/domain/working-set.ts"

/**
 * One product and its rows in maps. It does what load.ts and save.ts do with PostgreSQL, with
 * the same guards and unique keys, so that tests can run the core millions of times.
 *
 * Of the three substitutes for PostgreSQL this is the one below the lanes, for tests of the domain and the model. It
 * has no transactions that fail. `scheduled-store.ts` adds those, over this one, in an order that a seed decides;
 * `simulated-store.ts` has no rows at all.
 */
export interface MemoryDatabase {
  readonly product: Product | null
  readonly holds: ReadonlyMap<number, Hold>
  readonly orders: ReadonlyMap<number, Order>
  /** By order. */
  readonly details: ReadonlyMap<number, OrderDetails>
  /** By claimant. */
  readonly claims: ReadonlyMap<string, ClaimUnits>
  /** By claimant; tests add them. */
  readonly accessCodes: Map<string, AccessCode>
  readonly events: ReadonlyMap<string, PaymentEventRecord>
  readonly payments: ReadonlyMap<string, Payment>
  readonly refunds: ReadonlyMap<string, Refund>
  readonly disputes: ReadonlyMap<string, Dispute>
  readonly adjustments: readonly StockAdjustment[]
  /** Runs commands as one batch; `afterEach` sees the working set between them. */
  run<C extends Command>(
    commands: readonly C[],
    now: Instant,
    afterEach?: (state: WorkingSet) => void,
  ): Execution<OutcomeOf<C>>[]
  /** Loads the working set, as a transaction does when it begins. */
  load(needs: Needs, now: Instant): WorkingSet
  /** Writes the changes of a working set. */
  save(state: WorkingSet, now: Instant): void
  /** Parks an event until its order exists, outside any batch, as the inbox does. */
  park(event: ProviderEvent, now: Instant): void
  /** Erases the details of these orders, outside any batch, as the shop does; returns how many had any. */
  erase(orderIds: readonly number[]): number
}

const DAY_MS = 24 * 60 * 60 * 1000

interface Tables {
  product: Product | null
  holds: Map<number, Hold>
  orders: Map<number, Order>
  details: Map<number, OrderDetails>
  claims: Map<string, ClaimUnits>
  accessCodes: Map<string, AccessCode>
  events: Map<string, PaymentEventRecord>
  payments: Map<string, Payment>
  refunds: Map<string, Refund>
  disputes: Map<string, Dispute>
  adjustments: StockAdjustment[]
  idempotency: Map<string, IdempotencyRecord>
}

/** An empty database for the product `productId`. */
export function createMemoryDatabase(productId: number, rules: Rules): MemoryDatabase {
  const tables: Tables = {
    product: null,
    holds: new Map(),
    orders: new Map(),
    details: new Map(),
    claims: new Map(),
    accessCodes: new Map(),
    events: new Map(),
    payments: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    adjustments: [],
    idempotency: new Map(),
  }
  return Object.assign(tables, {
    load: (needs: Needs, now: Instant) => load(tables, emptyWorkingSet(productId, rules), needs, now),
    save: (state: WorkingSet, now: Instant) => save(tables, state, now),
    run<C extends Command>(
      commands: readonly C[],
      now: Instant,
      afterEach: (state: WorkingSet) => void = () => {},
    ) {
      const state = load(tables, emptyWorkingSet(productId, rules), needs(commands), now)
      const executions = commands.map((command) => {
        const execution = execute(state, command, now)
        afterEach(state)
        return execution
      })
      save(tables, state, now)
      return executions
    },
    park(event: ProviderEvent, now: Instant) {
      const nothing = {
        appliedOrderId: null,
        orderStatus: null,
        late: false,
        appliedAt: null,
        returnedAt: null,
      } as const
      insert("payment_events_once", tables.events, eventName(event.provider, event.key), {
        ...event,
        ...nothing,
        outcome: "parked",
        receivedAt: now,
      })
    },
    erase(orderIds: readonly number[]) {
      const kept = [...tables.details.values()].filter(
        ({ orderId, erased }) => !erased && orderIds.includes(orderId),
      )
      for (const { orderId } of kept) tables.details.set(orderId, { ...noDetails, orderId, erased: true })
      return kept.length
    },
  })
}

function load(tables: Tables, state: WorkingSet, needs: Needs, now: Instant): WorkingSet {
  state.product = tables.product
  state.loadedProduct = tables.product
  for (const id of needs.holdIds) loadRow(state.holds, tables.holds.get(id))
  for (const order of tables.orders.values()) {
    if (needs.orderIds.includes(order.id) || needs.orderHoldIds.includes(order.holdId)) {
      loadOrder(state, order)
    }
  }
  for (const order of tables.orders.values()) {
    const { orderIds, holdIds } = needs.detailsOf
    if (orderIds.includes(order.id) || holdIds.includes(order.holdId)) {
      loadRow(state.details, tables.details.get(order.id))
    }
  }
  for (const claimant of needs.unitsByClaimant.keys()) loadRow(state.claims, tables.claims.get(claimant))
  for (const claimant of needs.accessCodes) {
    const code = tables.accessCodes.get(claimant)
    if (code !== undefined) state.accessCodes.set(claimant, code)
  }
  const named = new Set(needs.events.map(({ provider, key }) => eventName(provider, key)))
  const newPaymentIds = new Set(needs.newPaymentIds)
  for (const { outcome, kind, orderId, paymentId } of tables.events.values()) {
    const isAwaited = outcome === "parked" && orderId !== null && needs.newOrderIds.includes(orderId)
    if (isAwaited && kind === "succeeded" && paymentId !== null) newPaymentIds.add(paymentId)
  }
  // In the order of arrival, as load.ts reads them.
  for (const [name, event] of tables.events) {
    const isAwaited =
      event.outcome === "parked" &&
      event.returnedAt === null &&
      event.orderId !== null &&
      needs.newOrderIds.includes(event.orderId) &&
      (event.holdId === null || needs.holdIds.includes(event.holdId))
    const isDispute = event.outcome === "parked" && event.disputeId !== null
    const isOfNewPayment = isDispute && newPaymentIds.has(event.paymentId)
    if (named.has(name) || isAwaited || isOfNewPayment) state.events.load(event)
  }
  if (needs.payments) {
    for (const payment of tables.payments.values()) {
      if (state.orders.get(payment.orderId) !== undefined) state.payments.load(payment)
    }
  }
  for (const refund of tables.refunds.values()) {
    if (needs.refundOrderIds.includes(refund.orderId)) state.refunds.load(refund)
  }
  for (const dispute of tables.disputes.values()) {
    if (needs.refundOrderIds.includes(dispute.orderId)) state.disputes.load(dispute)
  }
  for (const { scope, key } of needs.idempotency) {
    const record = tables.idempotency.get(idempotencyName(scope, key))
    if (record !== undefined && record.createdAt > now - DAY_MS) state.idempotency.load(record)
  }
  loadDue(tables, state, needs, now)
  return state
}

function loadRow<Row>(rows: { load(row: Row): void }, row: Row | undefined): void {
  if (row !== undefined) rows.load(row)
}

function loadOrder(state: WorkingSet, order: Order): void {
  state.orders.load(order)
  state.orderIdByHold.set(order.holdId, order.id)
}

function loadDue(tables: Tables, state: WorkingSet, needs: Needs, now: Instant): void {
  const missing = shortage(state, needs, now)
  for (const claimant of missing?.lateClaimants ?? []) loadRow(state.claims, tables.claims.get(claimant))
  const lacks =
    missing !== null && (missing.units > 0 || missing.lines.length > 0 || missing.claimants.length > 0)
  if (!lacks && needs.dueLimit === 0) return
  const limit = Math.max(needs.dueLimit, missing?.units ?? 0)
  const claimants = missing?.claimants ?? []
  const lines = missing?.lines ?? []

  const held = [...tables.holds.values()].filter((hold) => hold.status === "active")
  const pending = [...tables.orders.values()].filter((order) => order.status === "pending_payment")
  for (const hold of dueRows(held, { limit, claimants, lines, now })) {
    if (state.holds.get(hold.id) === undefined) state.holds.load(hold)
  }
  for (const order of dueRows(pending, { limit, claimants, lines, now })) {
    if (state.orders.get(order.id) === undefined) loadOrder(state, order)
  }
  const ahead = [...held, ...pending].map((row) => row.expiresAt).filter((deadline) => deadline > now)
  state.nextDeadline = ahead.reduce<Instant | null>(
    (first, deadline) => (first === null || deadline < first ? deadline : first),
    null,
  )
}

interface Due {
  readonly limit: number
  readonly claimants: readonly string[]
  readonly lines: readonly WantedLine[]
  readonly now: Instant
}

function dueRows<Row extends Pick<Hold, "expiresAt" | "customerId" | "claimants" | "lines">>(
  rows: readonly Row[],
  { limit, claimants, lines, now }: Due,
): Row[] {
  const due = rows.filter((row) => row.expiresAt <= now).sort((a, b) => a.expiresAt - b.expiresAt)
  const owned = due.filter((row) => claimantsOf(row).some((claimant) => claimants.includes(claimant)))
  const wanted = lines.flatMap(({ variantId, qty }) =>
    due.filter((row) => row.lines?.some((line) => line.variantId === variantId)).slice(0, qty),
  )
  return [...due.slice(0, limit), ...owned, ...wanted]
}

function totalPrice({ lines, unitPriceMinor, qty }: Order): number {
  return lines === null ? (unitPriceMinor ?? 0) * qty : totalOf(lines)
}

/** Writes the columns that save.ts writes, and no others. */
function save(tables: Tables, state: WorkingSet, now: Instant): void {
  saveProduct(tables, state, now)
  for (const hold of state.holds.added()) {
    check("holds_qty_positive", hold.qty > 0)
    check("holds_end_is_dated", (hold.status === "active") === (hold.endedAt === null))
    insert("holds_pkey", tables.holds, hold.id, hold)
  }
  for (const { id, status, endedAt } of state.holds.changed()) {
    const hold = existing(tables.holds.get(id))
    check("a hold ends once", hold.status === "active")
    check("holds_end_is_dated", (status === "active") === (endedAt === null))
    tables.holds.set(id, { ...hold, status, endedAt })
  }
  for (const order of state.orders.added()) {
    const taken = [...tables.orders.values()].some((other) => other.holdId === order.holdId)
    check("orders_one_per_hold", !taken)
    check("orders_total_is_the_sum", order.totalMinor === totalPrice(order))
    insert("orders_pkey", tables.orders, order.id, datedOrder(order))
  }
  for (const changed of state.orders.changed()) {
    const { id, status, expiresAt, paidAt, late, restockedQty, refundCount, updatedAt } = changed
    const { paymentAttempts, attempt, awaited, lines, missingDetails } = changed
    const order = existing(tables.orders.get(id))
    check("an order goes on from where it was", order.status === state.orders.before(changed).status)
    const after = { ...order, status, expiresAt, paidAt, late, restockedQty, refundCount, updatedAt }
    tables.orders.set(id, datedOrder({ ...after, paymentAttempts, attempt, awaited, lines, missingDetails }))
  }
  for (const row of state.details.added()) insert("order_details_pkey", tables.details, row.orderId, row)
  for (const row of state.details.changed()) {
    check("erased details stay erased", !existing(tables.details.get(row.orderId)).erased)
    tables.details.set(row.orderId, row)
  }
  saveClaims(tables, state)
  saveMoney(tables, state)
  saveDisputes(tables, state)
  for (const record of state.idempotency.added()) {
    const name = idempotencyName(record.scope, record.key)
    const before = tables.idempotency.get(name)
    check("idempotency_keys_pkey", before === undefined || before.createdAt <= now - DAY_MS)
    tables.idempotency.set(name, record)
  }
}

function saveProduct(
  tables: Tables,
  { product, loadedProduct, adjustments }: WorkingSet,
  now: Instant,
): void {
  for (const adjustment of adjustments) {
    check(
      "stock_adjustments_pkey",
      tables.adjustments.every(({ id }) => id !== adjustment.id),
    )
    tables.adjustments.push(adjustment)
  }
  if (product === null || product === loadedProduct) return
  check("the version guard", (tables.product?.version ?? null) === (loadedProduct?.version ?? null))
  check("a new version", product.version === (loadedProduct?.version ?? 0) + 1)
  const { stock, held, sold, opensAt, closesAt } = product
  check("products_held_not_negative", held >= 0)
  check("products_sold_not_negative", sold >= 0)
  check("products_units_conserved", held + sold <= stock)
  for (const variant of product.variants ?? []) {
    check("variants_held_not_negative", variant.held >= 0)
    check("variants_sold_not_negative", variant.sold >= 0)
    check("variants_units_conserved", variant.held + variant.sold <= variant.stock)
  }
  check("products_opens_before_it_closes", opensAt === null || closesAt === null || opensAt < closesAt)
  tables.product = { ...product, updatedAt: now }
}

function datedOrder(order: Order): Order {
  const isPaid = order.status === "paid" || order.status === "refunded"
  check("orders_paid_is_dated", isPaid === (order.paidAt !== null))
  check("orders_late_is_paid", !order.late || isPaid)
  check("orders_restocked_within_quantity", order.restockedQty >= 0 && order.restockedQty <= order.qty)
  check("orders_restocked_is_sold", order.restockedQty === 0 || isPaid)
  return order
}

function saveClaims(tables: Tables, state: WorkingSet): void {
  const claims = [...state.claims.added(), ...state.claims.changed()]
  for (const [claimant, units] of state.claimReturns) {
    const claim = existing(tables.claims.get(claimant))
    claims.push({ ...claim, units: claim.units - units })
  }
  for (const claim of claims) {
    check("claims_units_not_negative", claim.units >= 0)
    check("claims_within_limit", claim.unitLimit === null || claim.units <= claim.unitLimit)
    tables.claims.set(claim.claimant, claim)
  }
}

function saveMoney(tables: Tables, state: WorkingSet): void {
  for (const event of state.events.added()) {
    insert("payment_events_once", tables.events, eventName(event.provider, event.key), parkedOrApplied(event))
  }
  for (const changed of state.events.changed()) {
    const { provider, key, outcome, appliedOrderId, orderStatus, late, appliedAt } = changed
    const event = existing(tables.events.get(eventName(provider, key)))
    check("a parked event is applied once", event.outcome === "parked")
    const applied = { ...event, outcome, appliedOrderId, orderStatus, late, appliedAt }
    tables.events.set(eventName(provider, key), parkedOrApplied(applied))
  }
  for (const payment of state.payments.added()) {
    const others = [...tables.payments.values()].filter((other) => other.orderId === payment.orderId)
    check(
      "payments_one_pays_the_order",
      payment.allocation !== "order" || others.every((other) => other.allocation !== "order"),
    )
    check(
      "payments_counted_once",
      payment.paymentId === null ||
        !others.some((other) => other.paymentId === payment.paymentId && other.provider === payment.provider),
    )
    checkGone(payment)
    insert("payments_one_per_event", tables.payments, eventName(payment.provider, payment.eventKey), payment)
  }
  for (const payment of state.payments.changed()) {
    const before = existing(tables.payments.get(eventName(payment.provider, payment.eventKey)))
    const { refundedMinor, disputedMinor } = payment
    const after = { ...before, refundedMinor, disputedMinor }
    checkGone(after)
    tables.payments.set(eventName(payment.provider, payment.eventKey), after)
  }
  for (const refund of state.refunds.added()) {
    check("refunds_do_something", refund.amountMinor > 0 || refund.restockQty > 0)
    insert("refunds_pkey", tables.refunds, refundName(refund.orderId, refund.number), refund)
  }
  for (const changed of state.refunds.changed()) {
    const name = refundName(changed.orderId, changed.number)
    const { status, notBefore, attempts, lastError, providerRefundId, reversals, updatedAt } = changed
    const refund = existing(tables.refunds.get(name))
    check("a refund goes on from where it was", refund.status === state.refunds.before(changed).status)
    tables.refunds.set(name, {
      ...refund,
      status,
      notBefore,
      attempts,
      lastError,
      providerRefundId,
      reversals,
      updatedAt,
    })
  }
}

function checkGone({ refundedMinor, disputedMinor, amountMinor }: Payment): void {
  check("payments_refunded_within_amount", refundedMinor >= 0 && refundedMinor <= amountMinor)
  const isWithinRest = disputedMinor >= 0 && refundedMinor + disputedMinor <= amountMinor
  check("payments_taken_within_amount", isWithinRest)
}

function saveDisputes(tables: Tables, { disputes }: WorkingSet): void {
  for (const dispute of disputes.added()) {
    insert("disputes_pkey", tables.disputes, nameOf(dispute), heldWithin(dispute))
  }
  for (const changed of disputes.changed()) {
    const { status, heldMinor, amountMinor, updatedAt } = changed
    const dispute = existing(tables.disputes.get(nameOf(changed)))
    check("a dispute goes on from where it was", dispute.status === disputes.before(changed).status)
    tables.disputes.set(
      nameOf(changed),
      heldWithin({ ...dispute, status, heldMinor, amountMinor, updatedAt }),
    )
  }
}

function nameOf({ provider, eventKey, disputeId }: Dispute): string {
  return disputeName(provider, eventKey, disputeId)
}

function heldWithin(dispute: Dispute): Dispute {
  const { status, heldMinor, amountMinor } = dispute
  check("disputes_held_within_claim", heldMinor >= 0 && heldMinor <= amountMinor)
  check("disputes_won_hold_nothing", status !== "won" || heldMinor === 0)
  return dispute
}

function parkedOrApplied(event: PaymentEventRecord): PaymentEventRecord {
  const isParked = event.outcome === "parked"
  check("payment_events_parked_or_applied", isParked === (event.appliedAt === null))
  check("payment_events_parked_or_applied", isParked === (event.appliedOrderId === null))
  return event
}

function insert<Key, Row>(constraint: string, table: Map<Key, Row>, key: Key, row: Row): void {
  check(constraint, !table.has(key))
  table.set(key, row)
}

function existing<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("a changed row is not in the database")
  return row
}

function check(constraint: string, holds: boolean): void {
  if (!holds) throw new Error(`the database refuses: ${constraint}`)
}
