import { describe, expect, test } from "vitest"
import {
  genericPaymentEvent,
  webhookStatuses,
  type GenericWebhookBody,
} from "../../src/payments/generic-webhook.ts"

const body: GenericWebhookBody = { idempotency_key: "key", order_id: 7, status: "success" }

test("members that a body leaves out are null in the event", () => {
  expect(genericPaymentEvent(body, undefined)).toEqual({
    provider: "generic",
    key: "key",
    fingerprint: expect.stringMatching(/^[\w-]{43}$/),
    kind: "succeeded",
    orderId: 7,
    paymentId: null,
    amountMinor: null,
    currency: null,
    holdId: null,
    productId: null,
    quantity: null,
    disputeId: null,
  })
})

test("every member of a full body is copied into the event", () => {
  const full = { amount_minor: 0, currency: "EUR", payment_id: "p", hold_id: 1, product_id: 2, quantity: 3 }

  expect(genericPaymentEvent({ ...body, ...full }, undefined)).toMatchObject({
    amountMinor: 0,
    currency: "EUR",
    paymentId: "p",
    holdId: 1,
    productId: 2,
    quantity: 3,
  })
})

test("every spelling of a result means one of three kinds", () => {
  const kinds = webhookStatuses.map((status) => [
    status,
    genericPaymentEvent({ ...body, status }, undefined)?.kind,
  ])

  expect(Object.fromEntries(kinds)).toEqual({
    success: "succeeded",
    succeeded: "succeeded",
    paid: "succeeded",
    failed: "failed",
    failure: "failed",
    cancelled: "cancelled",
    canceled: "cancelled",
  })
})

// A key in the body takes precedence over the header's; two different keys in the body count as none.
test.each([
  ["a", undefined, undefined, "a"],
  [undefined, "a", undefined, "a"],
  [undefined, undefined, "a", "a"],
  ["a", "a", undefined, "a"],
  ["a", undefined, "b", "a"],
  [undefined, "a", "b", "a"],
  ["a", "b", undefined, null],
  [undefined, undefined, undefined, null],
])(
  "idempotency_key %s, transaction_id %s, webhook-id %s: key %s",
  (idempotency, transaction, header, key) => {
    const { idempotency_key: _, ...rest } = body
    const names = {
      ...(idempotency === undefined ? {} : { idempotency_key: idempotency }),
      ...(transaction === undefined ? {} : { transaction_id: transaction }),
    }

    expect(genericPaymentEvent({ ...rest, ...names }, header)?.key ?? null).toBe(key)
  },
)

describe("the fingerprint", () => {
  const fingerprint = (change: Partial<GenericWebhookBody>) =>
    genericPaymentEvent({ ...body, ...change }, undefined)?.fingerprint

  test.each<Partial<GenericWebhookBody>>([
    { order_id: 8 },
    { status: "failed" },
    { amount_minor: 1 },
    { currency: "EUR" },
    { payment_id: "p" },
    { hold_id: 1 },
    { product_id: 1 },
    { quantity: 1 },
  ])("differs with %j", (change) => {
    expect(fingerprint(change)).not.toBe(fingerprint({}))
  })

  test("is the same for the same message", () => {
    expect(fingerprint({ order_id: 7 })).toBe(fingerprint({}))
    const reordered = { status: "success", order_id: 7, idempotency_key: "key" } as const
    expect(genericPaymentEvent(reordered, undefined)?.fingerprint).toBe(fingerprint({}))
  })
})
