import type { Mutant } from "./mutants.ts"

/** Bugs in reading Stripe's messages and in requests to Stripe. */
export const stripeMutants: readonly Mutant[] = [
  {
    name: "stripe: old webhooks are accepted",
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
    name: "stripe: the signature is checked over the decoded text",
    edits: [
      { file: "src/payments/stripe.ts", find: ".update(this.#bytes)", replace: ".update(`${this.#bytes}`)" },
    ],
    caughtBy: {
      file: "test/http/request-edge-cases.test.ts",
      test: "under a signature of Stripe that holds",
    },
  },
  {
    name: "stripe: a webhook that cannot be verified causes a 500",
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
    name: "stripe: kronas are sent as hundredths",
    edits: [
      {
        file: "client/src/currencies.ts",
        find: "return { decimals: 2, step: code",
        replace: "return { decimals: currencyDecimals(code), step: code",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "a payment intent > in " },
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
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "a refund is sent once" },
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
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "a refund is sent with its key" },
  },
  {
    name: "stripe: a rate limit at Stripe counts as a final failure",
    edits: [
      {
        file: "src/payments/stripe-errors.ts",
        find: "error instanceof StripeCardError || ",
        replace: "error instanceof Error || error instanceof StripeCardError || ",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "the rate limit is reached" },
  },
  {
    name: "stripe: a payment id from a buyer can change the request's path",
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
    caughtBy: { file: "test/http/stripe.test.ts", test: "leaves the order waiting for another card" },
  },
  {
    name: "stripe: any refund of the payment counts as this one",
    edits: [
      {
        file: "src/payments/stripe-refunds.ts",
        find: "    if (one.metadata?.[REFUND_ID] !== refundId) continue\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "a refund is sent once" },
  },
  {
    name: "stripe: delayed methods such as bank debits are offered although the setting is off",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: "...(!offersDelayedMethods && {",
        replace: "...(offersDelayedMethods && {",
      },
    ],
    caughtBy: { file: "test/payments/stripe-calls.test.ts", test: "takes days" },
  },
  {
    name: "stripe: a payment that is processing leaves no log line",
    edits: [
      {
        file: "src/payments/stripe-events.ts",
        find: '    case "payment_intent.processing":\n      return readingOfProcessing(event.data.object)\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/payments/stripe.test.ts", test: "that is processing" },
  },
]
