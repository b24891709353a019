import { coversRefunds, disputeName, type Dispute, type DisputeStatus } from "./dispute.ts"
import { recordEffect } from "./payment-event-record.ts"
import type { DisputeEvent, DisputeEventKind, Payment, PaymentEventRecord } from "./payment.ts"
import { isWithheld, WITHHELD, type Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { eventName, orderIn, type WorkingSet } from "./working-set.ts"

/**
 * Applies a message about a dispute to the payment that it names (I7).
 *
 * The money of an open or lost dispute counts as gone, but never more than the refunds have left of the
 * payment, so that no more is recorded as gone than came in. Refunds that are not sent yet are withheld,
 * because the buyer would get the same money twice; they are due again once every dispute is won. The order
 * keeps its status, and no unit moves.
 *
 * The order in which the messages arrive does not change the result: lost overrides won, won overrides open,
 * and the largest claim counts.
 */
export function applyDispute(
  state: WorkingSet,
  event: DisputeEvent,
  payment: Payment,
  now: Instant,
): PaymentEventRecord {
  const order = orderIn(state, payment.orderId)
  const before = state.disputes.get(disputeName(event.provider, payment.eventKey, event.disputeId))
  const claimed = newDispute(event, payment, now)
  const dispute = before === undefined ? claimed : merge(before, claimed)
  if (
    before !== undefined &&
    dispute.status === before.status &&
    dispute.amountMinor === before.amountMinor
  ) {
    return recordEffect(state, event, { order, outcome: "ignored_final", late: false }, now)
  }
  const record = recordEffect(state, event, { order, outcome: "disputed", late: false }, now)
  changeDispute(state, { payment, before, dispute }, now)
  return record
}

/** Applies the dispute messages that arrived before their payment, in the order of arrival. */
export function applyParkedDisputes(state: WorkingSet, payment: Payment, now: Instant): void {
  const { provider, paymentId } = payment
  for (const event of state.events.values()) {
    if (event.outcome !== "parked" || event.disputeId === null) continue
    const isOfPayment = event.provider === provider && event.paymentId === paymentId
    if (isOfPayment) applyDispute(state, event, payment, now)
  }
}

const statusByKind: Record<DisputeEventKind, DisputeStatus> = {
  dispute_opened: "open",
  dispute_won: "won",
  dispute_lost: "lost",
}

/** A status replaces one of lower precedence only. */
const precedence: Record<DisputeStatus, number> = { open: 0, won: 1, lost: 2 }

function merge(before: Dispute, claimed: Dispute): Dispute {
  const status = precedence[claimed.status] > precedence[before.status] ? claimed.status : before.status
  return { ...before, status, amountMinor: Math.max(before.amountMinor, claimed.amountMinor) }
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
  const isContested = allocateDisputed(state, payment)
  const after = state.disputes.get(disputeName(dispute.provider, dispute.eventKey, dispute.disputeId))
  state.facts.push({ kind: "dispute_changed", dispute: after ?? changed })
  const isNewClaim = before?.status !== "open" || dispute.amountMinor > before.amountMinor
  if (dispute.status !== "won" && isNewClaim) withholdRefunds(state, dispute, now)
  if (!isContested) resumeRefunds(state, dispute, now)
}

/** Allocates the rest of a payment to its disputes again after a refund made elsewhere has reduced it. */
export function reallocateDisputed(state: WorkingSet, { provider, eventKey }: Payment, now: Instant): void {
  const payment = state.payments.get(eventName(provider, eventKey))
  if (payment === undefined || !allocateDisputed(state, payment)) return
  for (const dispute of state.disputes.values()) {
    const isOfPayment = dispute.provider === provider && dispute.eventKey === eventKey
    if (isOfPayment && coversRefunds(dispute)) withholdRefunds(state, dispute, now)
  }
}

/**
 * Allocates the part of a payment that is not refunded to its disputes that are not won, in the order of
 * their ids, so that the order of arrival does not matter. Returns whether there are such disputes.
 */
function allocateDisputed(state: WorkingSet, payment: Payment): boolean {
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

/** A worker that has just taken a refund may still send it; the provider's answer then says so. */
function withholdRefunds(state: WorkingSet, dispute: Dispute, now: Instant): void {
  for (const refund of refundsBeside(state, dispute)) {
    if (refund.status === "due") settle(state, { ...refund, status: "withheld", lastError: WITHHELD }, now)
  }
}

/** The bank has given the money back to the shop, so the refunds of it are owed again. */
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
