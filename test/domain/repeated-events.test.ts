import { expect, test } from "vitest"
import type { PaymentEventRecord } from "../../src/domain/payment.ts"
import { recordDispute } from "../../src/domain/record-dispute.ts"
import { recordPaymentEvent } from "../../src/domain/record-payment-event.ts"
import {
  afterNoon,
  disputeEventWith,
  eventWith,
  NOON,
  orderWith,
  parkedDispute,
  parkedEvent,
  paymentWith,
  stateWith,
} from "../support/builders.ts"

const pay = { kind: "record_payment_event", productId: 1, event: eventWith(), newOrderId: 12 } as const
const dispute = { kind: "record_dispute", productId: 1, event: disputeEventWith(), orderId: 11 } as const

const applied = { appliedOrderId: 13, orderStatus: "paid", late: true, appliedAt: afterNoon(-5) } as const
const returned = { returnedAt: afterNoon(-5) }

// The last column is the fact. It names the order of an event that was applied.
test.each<[string, PaymentEventRecord | null, boolean, object]>([
  ["new", null, false, { orderId: 11, outcome: "paid", duplicate: false, late: false }],
  ["parked", parkedEvent(), true, { orderId: 11, outcome: "paid", duplicate: false, late: false }],
  [
    "applied",
    { ...parkedEvent(), ...applied, outcome: "paid" },
    true,
    { orderId: 13, outcome: "paid", duplicate: true, late: true },
  ],
  [
    "sent back by hand",
    { ...parkedEvent(), ...returned },
    true,
    { orderId: 11, outcome: "parked", duplicate: true, late: false },
  ],
])("an event that is %s", (_, known, duplicate, told) => {
  const state = stateWith({ orders: [orderWith()], events: known === null ? [] : [known] })
  const recorded = recordPaymentEvent(state, pay, NOON)
  expect(recorded).toMatchObject({ duplicate, event: { receivedAt: known?.receivedAt ?? NOON } })
  expect(state.facts.at(-1)).toEqual({ kind: "payment_event", key: "key-1", ...told })
  expect(state.payments.added()).toHaveLength(isOpen(known) ? 1 : 0)
})

test.each<[string, PaymentEventRecord | null, boolean, object]>([
  ["new", null, false, { orderId: 11, outcome: "disputed", duplicate: false, late: false }],
  ["parked", parkedDispute(), true, { orderId: 11, outcome: "disputed", duplicate: false, late: false }],
  [
    "applied",
    { ...parkedDispute(), ...applied, outcome: "ignored_final", late: false },
    true,
    { orderId: 13, outcome: "ignored_final", duplicate: true, late: false },
  ],
  // A dispute whose payment is unknown names no order.
  [
    "sent back by hand",
    { ...parkedDispute(), ...returned },
    true,
    { orderId: null, outcome: "parked", duplicate: true, late: false },
  ],
])("a dispute message that is %s", (_, known, duplicate, told) => {
  const events = known === null ? [] : [known]
  const state = stateWith({ orders: [orderWith({ status: "paid" })], payments: [paymentWith()], events })
  const recorded = recordDispute(state, dispute, NOON)
  expect(recorded).toMatchObject({ duplicate, event: { receivedAt: known?.receivedAt ?? NOON } })
  expect(state.facts.find(({ kind }) => kind === "payment_event")).toEqual({
    kind: "payment_event",
    key: "dp-1 dispute_opened",
    ...told,
  })
  expect(state.disputes.added()).toHaveLength(isOpen(known) ? 1 : 0)
})

/** True: the event is parked, so it may still be applied. */
function isOpen(known: PaymentEventRecord | null): boolean {
  return known === null || (known.outcome === "parked" && known.returnedAt === null)
}
