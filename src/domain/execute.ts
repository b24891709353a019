import { adjustStock } from "./adjust-stock.ts"
import { cancelOrder } from "./cancel-order.ts"
import { changeProduct, createProduct } from "./change-product.ts"
import { addVariants, changeVariant } from "./change-variants.ts"
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
import { setDetails } from "./set-details.ts"
import { settleRefund } from "./settle-refund.ts"
import { outcomeFromText, outcomeText } from "./stored-outcome.ts"
import type { Instant } from "./time.ts"
import { idempotencyName, type WorkingSet } from "./working-set.ts"

/** The result of executing a command. */
export interface Execution<Outcome> {
  readonly outcome: Outcome | IdempotencyRefusal
  /** True when the stored outcome of an earlier request was returned and nothing was done. */
  readonly replayed: boolean
}

/**
 * Executes one command, and changes nothing but the working set. Uses no I/O, clock or randomness: the same
 * working set, command and time always have the same result.
 *
 * `now` is the database's time, read under the product's lock. Refusals are returned; only a bug throws.
 */
export function execute<C extends Command>(
  state: WorkingSet,
  command: C,
  now: Instant,
): Execution<OutcomeOf<C>> {
  const earlier = storedExecution<OutcomeOf<C>>(state, command)
  if (earlier !== null) return earlier

  const factsBefore = state.facts.length
  const outcome = run(state, command, now) as OutcomeOf<C>
  for (const fact of state.facts.slice(factsBefore))
    if (!isCausedByTime(fact)) fact.requestId = command.requestId
  if (command.idempotency !== undefined && isFinal(outcome)) {
    state.idempotency.add({ ...command.idempotency, outcome: outcomeText(outcome), createdAt: now })
  }
  return { outcome, replayed: false }
}

function isCausedByTime({ kind }: Fact): boolean {
  return kind === "hold_expired" || kind === "order_expired"
}

function storedExecution<Outcome>(state: WorkingSet, { idempotency }: Command): Execution<Outcome> | null {
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
    case "set_details":
      return setDetails(state, command, now)
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
    case "add_variants":
      return addVariants(state, command, now)
    case "change_variant":
      return changeVariant(state, command, now)
    case "adjust_stock":
      return adjustStock(state, command, now)
  }
}

/**
 * Refusals whose reason may pass. They are not stored, and a repeated request is executed again, so that a
 * buyer who was refused with `out_of_stock` can still get a unit that is returned.
 */
const temporaryRefusals: ReadonlySet<Refusal["code"]> = new Set([
  "product_not_found",
  "sale_not_open",
  "sale_paused",
  "variant_not_found",
  "variant_disabled",
  "customer_token_required",
  "customer_not_signed",
  "access_required",
  "access_code_unknown",
  "customer_limit_reached",
  "access_code_used_up",
  "too_many_open_holds",
  "out_of_stock",
  "hold_not_found",
  "order_not_found",
  "stock_changed",
  "stock_in_use",
  "stock_over_limit",
  "product_in_use",
  "order_not_paid",
  "details_invalid",
  "details_required",
  "payment_disputed",
  "refund_not_found",
  "refund_not_open",
])

function isFinal(outcome: OutcomeByKind[keyof OutcomeByKind]): boolean {
  return !isRefusal(outcome) || !temporaryRefusals.has(outcome.code)
}
