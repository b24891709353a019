import type { Mutant } from "./mutants.ts"

/** What is believed of Stripe, and what is sent to it. */
export const stripeMutants: readonly Mutant[] = [
  {
    name: "stripe: old webhooks are believed",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: "webhookSecret, TOLERANCE_SECONDS, ",
        replace: "webhookSecret, 0, ",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "301 seconds old" },
  },
  {
    name: "stripe: what cannot be verified is a fault",
    edits: [
      {
        file: "src/payments/stripe.ts",
        find: '    return { kind: "not authentic", detail: firstSentence(messageOf(error)) }',
        replace: "    throw error",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "that is garbage" },
  },
  {
    name: "stripe: a canceled payment has the key of one that succeeded",
    edits: [
      {
        file: "src/payments/stripe-events.ts",
        find: "key: `${id} ${status}`",
        replace: "key: id",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "is an event without an amount" },
  },
  {
    name: "stripe: kronas are taken for their hundredth part",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "return { decimals: 2, step: code",
        replace: "return { decimals: currencyDecimals(code), step: code",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "a payment intent" },
  },
  {
    name: "stripe: a refund is not looked for before it is sent",
    edits: [
      {
        file: "src/payments/stripe-refunds.ts",
        find: "if (before.open !== null) return reportOf(before.open)",
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "when Stripe forgot the key" },
  },
  {
    name: "stripe: a refund is sent without its key",
    edits: [
      {
        file: "src/payments/stripe-refunds.ts",
        find: "idempotencyKey: before.failed === 0 ? idempotencyKey : ",
        replace: "idempotencyKey: before.failed === 0 ? String(Math.random()) : ",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "under its key" },
  },
  {
    name: "stripe: a busy Stripe is its last word",
    edits: [
      {
        file: "src/payments/stripe-errors.ts",
        find: "error instanceof StripeCardError || ",
        replace: "error instanceof Error || error instanceof StripeCardError || ",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "there are too many" },
  },
  {
    name: "stripe: a buyer chooses what Stripe is asked",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: 'if (!isIntentId(paymentId)) return { status: "open" }\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "sends no call" },
  },
  {
    name: "stripe: a declined card ends the order",
    edits: [
      {
        file: "src/payments/stripe-events.ts",
        find: '    case "payment_intent.canceled":\n',
        replace: '    case "payment_intent.canceled":\n    case "payment_intent.payment_failed":\n',
      },
      {
        file: "src/payments/stripe-events.ts",
        find: 'if (orderId === null || (status !== "succeeded" && status !== "canceled")) return null',
        replace: "if (orderId === null) return null",
      },
    ],
    caughtBy: { file: "test/http/stripe.test.ts", test: "leaves the order to another card" },
  },
  {
    name: "stripe: any refund of the payment is taken for this one",
    edits: [
      {
        file: "src/payments/stripe-refunds.ts",
        find: "    if (one.metadata?.[REFUND_ID] !== refundId) continue\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "when Stripe forgot the key" },
  },
  {
    name: "stripe: bank debits are offered to whoever has minutes to pay",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: "...(!offersDelayedMethods && {",
        replace: "...(offersDelayedMethods && {",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "takes days" },
  },
]
