import { adjustStock } from "./adjust-stock.ts"
import { cancelOrder } from "./cancel-order.ts"
import { changeProduct, createProduct } from "./change-product.ts"
import type { Command, OutcomeByKind, OutcomeOf } from "./commands.ts"
import { expireDue } from "./expire-due.ts"
import { awaitPayment, startPayment } from "./extend-order.ts"
import type { Fact } from "./facts.ts"
import { placeHold } from "./place-hold.ts"
import { placeOrder } from "./place-order.ts"
import { recordDispute } from "./record-dispute.ts"
import { recordPaymentEvent } from "./record-payment-event.ts"
import { recordRefund } from "./record-refund.ts"
import { refundOrder } from "./refund-order.ts"
import { isRefusal, type IdempotencyRefusal, type Refusal } from "./refusals.ts"
import { releaseHold } from "./release-hold.ts"
import { settleRefund } from "./settle-refund.ts"
import { outcomeFromText, outcomeText } from "./stored-outcome.ts"
import type { Instant } from "./time.ts"
import { idempotencyName, type WorkingSet } from "./working-set.ts"

/** What became of a command. */
export interface Execution<Outcome> {
  readonly outcome: Outcome | IdempotencyRefusal
  /** True when this is the first answer once more, and nothing was done. */
  readonly replayed: boolean
}

/**
 * Runs one command against the working set, which it changes; nothing else. No I/O, no clock, no
 * randomness: the same set, command and moment always come to the same.
 *
 * `now` is the database's time, read under the product's lock. Only faults of ours are thrown.
 */
export function execute<C extends Command>(
  state: WorkingSet,
  command: C,
  now: Instant,
): Execution<OutcomeOf<C>> {
  const earlier = earlierAnswer<OutcomeOf<C>>(state, command)
  if (earlier !== null) return earlier

  const told = state.facts.length
  const outcome = run(state, command, now) as OutcomeOf<C>
  for (const fact of state.facts.slice(told)) if (!isCausedByTime(fact)) fact.requestId = command.requestId
  if (command.idempotency !== undefined && isFinalAnswer(outcome)) {
    state.idempotency.add({ ...command.idempotency, outcome: outcomeText(outcome), createdAt: now })
  }
  return { outcome, replayed: false }
}

function isCausedByTime({ kind }: Fact): boolean {
  return kind === "hold_expired" || kind === "order_expired"
}

function earlierAnswer<Outcome>(state: WorkingSet, { idempotency }: Command): Execution<Outcome> | null {
  if (idempotency === undefined) return null
  const record = state.idempotency.get(idempotencyName(idempotency.scope, idempotency.key))
  if (record === undefined) return null
  if (record.fingerprint !== idempotency.fingerprint) {
    return { outcome: { code: "idempotency_key_reused" }, replayed: false }
  }
  return { outcome: outcomeFromText(record.outcome) as Outcome, replayed: true }
}

function run(state: WorkingSet, command: Command, now: Instant): OutcomeByKind[keyof OutcomeByKind] {
  switch (command.kind) {
    case "place_hold":
      return placeHold(state, command, now)
    case "release_hold":
      return releaseHold(state, command, now)
    case "place_order":
      return placeOrder(state, command, now)
    case "cancel_order":
      return cancelOrder(state, command, now)
    case "record_payment_event":
      return recordPaymentEvent(state, command, now)
    case "record_dispute":
      return recordDispute(state, command, now)
    case "start_payment":
      return startPayment(state, command, now)
    case "await_payment":
      return awaitPayment(state, command, now)
    case "refund_order":
      return refundOrder(state, command, now)
    case "settle_refund":
      return settleRefund(state, command, now)
    case "record_refund":
      return recordRefund(state, command, now)
    case "expire_due":
      return expireDue(state, command, now)
    case "create_product":
      return createProduct(state, command, now)
    case "change_product":
      return changeProduct(state, command, now)
    case "adjust_stock":
      return adjustStock(state, command, now)
  }
}

/**
 * Refusals that may be otherwise a moment later. A repetition of the request is judged anew, so
 * that a buyer who was told "sold out" can still get a unit that comes back.
 */
const passingRefusals: ReadonlySet<Refusal["code"]> = new Set([
  "product_not_found",
  "sale_not_open",
  "sale_paused",
  "customer_limit_reached",
  "out_of_stock",
  "hold_not_found",
  "order_not_found",
  "stock_changed",
  "stock_in_use",
  "order_not_paid",
  "payment_disputed",
  "refund_not_found",
  "refund_not_open",
])

function isFinalAnswer(outcome: OutcomeByKind[keyof OutcomeByKind]): boolean {
  return !isRefusal(outcome) || !passingRefusals.has(outcome.code)
}
