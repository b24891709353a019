import { coversRefunds, disputeName, type Dispute, type DisputeStatus } from "./dispute.ts"
import { writeRecord } from "./payment-event-record.ts"
import type { DisputeEvent, DisputeEventKind, Payment, PaymentEventRecord } from "./payment.ts"
import { isWithheld, WITHHELD, type Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { eventName, orderIn, type WorkingSet } from "./working-set.ts"

/**
 * Lets a message about a dispute act on the payment that it names (I7).
 *
 * While a dispute is open, and for good once it is lost, its money counts as gone: never more of it than
 * is left beside the refunds, so that our books never say that more went than came in. Refunds that have
 * not been sent are withheld, because the buyer would get the same money twice; when no dispute is left
 * that is not won, they are due again. The order stays what it is, and no unit moves. Whatever order the
 * messages come in, the same remains of them: lost is the last word, before won, before open, and the
 * largest claim counts.
 */
export function applyDispute(
  state: WorkingSet,
  event: DisputeEvent,
  payment: Payment,
  now: Instant,
): PaymentEventRecord {
  const order = orderIn(state, payment.orderId)
  const before = state.disputes.get(disputeName(event.provider, payment.eventKey, event.disputeId))
  const told = newDispute(event, payment, now)
  const dispute = before === undefined ? told : lastWordOf(before, told)
  if (
    before !== undefined &&
    dispute.status === before.status &&
    dispute.amountMinor === before.amountMinor
  ) {
    return writeRecord(state, event, { order, outcome: "ignored_final", late: false }, now)
  }
  const record = writeRecord(state, event, { order, outcome: "disputed", late: false }, now)
  changeDispute(state, { payment, before, dispute }, now)
  return record
}

/** Applies what was said of a payment's disputes before the payment was known, in the order it came. */
export function applyParkedDisputes(state: WorkingSet, payment: Payment, now: Instant): void {
  const { provider, paymentId } = payment
  for (const event of state.events.values()) {
    if (event.outcome !== "parked" || event.disputeId === null) continue
    const isMeant = event.provider === provider && event.paymentId === paymentId
    if (isMeant) applyDispute(state, event, payment, now)
  }
}

const statusByKind: Record<DisputeEventKind, DisputeStatus> = {
  dispute_opened: "open",
  dispute_won: "won",
  dispute_lost: "lost",
}

const weight: Record<DisputeStatus, number> = { open: 0, won: 1, lost: 2 }

function lastWordOf(before: Dispute, told: Dispute): Dispute {
  const status = weight[told.status] > weight[before.status] ? told.status : before.status
  return { ...before, status, amountMinor: Math.max(before.amountMinor, told.amountMinor) }
}

function newDispute(event: DisputeEvent, payment: Payment, now: Instant): Dispute {
  const { productId, orderId, provider, eventKey, currency } = payment
  const isSameCurrency = (event.currency ?? currency) === currency
  return {
    productId,
    orderId,
    provider,
    disputeId: event.disputeId,
    eventKey,
    paymentId: event.paymentId,
    amountMinor: isSameCurrency ? (event.amountMinor ?? payment.amountMinor) : payment.amountMinor,
    currency,
    heldMinor: 0,
    status: statusByKind[event.kind],
    createdAt: now,
    updatedAt: now,
  }
}

interface Change {
  readonly payment: Payment
  readonly before: Dispute | undefined
  readonly dispute: Dispute
}

function changeDispute(state: WorkingSet, { payment, before, dispute }: Change, now: Instant): void {
  const changed: Dispute = { ...dispute, updatedAt: now }
  if (before === undefined) state.disputes.add(changed)
  else state.disputes.replace(changed)
  const isLeft = allot(state, payment)
  const after = state.disputes.get(disputeName(dispute.provider, dispute.eventKey, dispute.disputeId))
  state.facts.push({ kind: "dispute_changed", dispute: after ?? changed })
  const isNews = before?.status !== "open" || dispute.amountMinor > before.amountMinor
  if (dispute.status !== "won" && isNews) withholdRefunds(state, dispute, now)
  if (!isLeft) resumeRefunds(state, dispute, now)
}

/** Shares anew what is left of a payment, of which more went back than its disputes knew. */
export function reallocateDisputed(state: WorkingSet, { provider, eventKey }: Payment, now: Instant): void {
  const payment = state.payments.get(eventName(provider, eventKey))
  if (payment === undefined || !allot(state, payment)) return
  for (const dispute of state.disputes.values()) {
    const isOfPayment = dispute.provider === provider && dispute.eventKey === eventKey
    if (isOfPayment && coversRefunds(dispute)) withholdRefunds(state, dispute, now)
  }
}

/**
 * Shares what is left of a payment beside its refunds among its disputes that are not won, in the order
 * of their names, so that it does not matter which was told of first. Returns whether there are any.
 */
function allot(state: WorkingSet, payment: Payment): boolean {
  const { provider, eventKey } = payment
  const disputes = [...state.disputes.values()]
    .filter((dispute) => dispute.provider === provider && dispute.eventKey === eventKey)
    .sort((a, b) => (a.disputeId < b.disputeId ? -1 : 1))
  const restMinor = payment.amountMinor - payment.refundedMinor
  let disputedMinor = 0
  for (const dispute of disputes) {
    const heldMinor = dispute.status === "won" ? 0 : Math.min(dispute.amountMinor, restMinor - disputedMinor)
    if (heldMinor !== dispute.heldMinor) state.disputes.replace({ ...dispute, heldMinor })
    disputedMinor += heldMinor
  }
  state.payments.replace({ ...payment, disputedMinor })
  return disputes.some((dispute) => dispute.status !== "won")
}

/** What was taken by a worker a moment ago may still be sent; then its provider says so. */
function withholdRefunds(state: WorkingSet, dispute: Dispute, now: Instant): void {
  for (const refund of refundsBeside(state, dispute)) {
    if (refund.status === "due") settle(state, { ...refund, status: "withheld", lastError: WITHHELD }, now)
  }
}

/** The money is here again, and what is owed of it is owed still. */
function resumeRefunds(state: WorkingSet, dispute: Dispute, now: Instant): void {
  for (const refund of refundsBeside(state, dispute)) {
    if (isWithheld(refund)) settle(state, { ...refund, status: "due", lastError: null }, now)
  }
}

function refundsBeside(state: WorkingSet, { provider, eventKey }: Dispute): Refund[] {
  return [...state.refunds.values()].filter(
    (refund) => refund.provider === provider && refund.eventKey === eventKey,
  )
}

function settle(state: WorkingSet, refund: Refund, now: Instant): void {
  const settled = { ...refund, updatedAt: now }
  state.refunds.replace(settled)
  state.facts.push({ kind: "refund_settled", refund: settled })
}
