import { Stripe } from "stripe"
import type {
  CancelInstruction,
  CancelReport,
  OpenReport,
  PaymentProvider,
  PaymentReference,
  PaymentReport,
  PaymentRequest,
  WebhookReading,
  RefundInstruction,
  RefundReport,
  WebhookMessage,
} from "./provider.ts"
import { amountForStripe } from "./stripe-money.ts"
import {
  errorOfRefund,
  eventOfIntent,
  readingOf,
  REFUND_ID,
  statusOfRefund,
  STRIPE,
} from "./stripe-events.ts"

/** What has to be known of an account at Stripe. */
export interface StripeSettings {
  readonly secretKey: string
  /** Of one endpoint; while it is rolled Stripe signs with both. */
  readonly webhookSecret: string
  /** Where the API is: scheme, host and port. */
  readonly apiBase: string
  /** True: also methods whose result takes days, as bank debits' does; the order must wait as long. */
  readonly offersDelayedMethods: boolean
}

/** An older webhook may be a recording. */
const TOLERANCE_SECONDS = 300

/**
 * For a silence. Look-ups come ten seconds before an order's end, and must be over by then; a refund
 * that takes Stripe longer is found when it is sent again.
 */
const ANSWER_WITHIN_MS = 4_000

/**
 * A refund is looked for and then made, a cancellation likewise, and each call may be made once more where
 * its connection was closed.
 */
const MOST_CALLS = 4

/** Stripe allows 100 calls a second, and 25 in a sandbox; refunds and cancellations need some of them. */
const LOOK_UPS_PER_SECOND = { live: 50, sandbox: 12 }

/**
 * PaymentIntents of Stripe. What the shop has to put into them is in docs/guides/stripe.md.
 *
 * The library does not try again by itself, but for a connection that was closed before the answer,
 * once and under the same idempotency key: whoever asks has pauses of its own, longer ones.
 */
export function createStripeProvider(
  settings: StripeSettings,
  answerWithinMs: number = ANSWER_WITHIN_MS,
): Required<PaymentProvider> {
  const stripe = createClient(settings, answerWithinMs)
  return {
    name: STRIPE,
    readWebhook: (message) => readWebhook(stripe, settings.webhookSecret, message),
    open: (wish) => openIntent(stripe, wish, settings.offersDelayedMethods),
    callSeconds: (MOST_CALLS * answerWithinMs) / 1_000,
    refund: (order) => refund(stripe, order),
    cancel: (payment) => cancel(stripe, payment),
    lookUpsPerSecond: /^[a-z]+_live_/.test(settings.secretKey)
      ? LOOK_UPS_PER_SECOND.live
      : LOOK_UPS_PER_SECOND.sandbox,
    lookUp: (payment) => lookUp(stripe, payment),
  }
}

function createClient({ secretKey, apiBase }: StripeSettings, timeout: number): Stripe {
  const { protocol, hostname, port } = new URL(apiBase)
  const isPlain = protocol === "http:"
  return new Stripe(secretKey, {
    protocol: isPlain ? "http" : "https",
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isPlain ? 80 : 443) : port,
    timeout,
    maxNetworkRetries: 0,
    telemetry: false,
  })
}

function readWebhook(
  stripe: Stripe,
  webhookSecret: string,
  { headers, body, nowSeconds }: WebhookMessage,
): WebhookReading {
  const signature = headers["stripe-signature"]
  if (typeof signature !== "string") return { kind: "not authentic", detail: "stripe-signature is required" }
  let event: Stripe.Event | null
  try {
    const at = nowSeconds * 1000
    event = stripe.webhooks.constructEvent(body, signature, webhookSecret, TOLERANCE_SECONDS, undefined, at)
  } catch (error) {
    // It reads the text once the signature has held.
    if (error instanceof SyntaxError) return { kind: "not understood", detail: "it is not JSON" }
    return { kind: "not authentic", detail: firstSentence(messageOf(error)) }
  }
  const isEvent = typeof event?.data?.object === "object" && event.data.object !== null
  try {
    return isEvent ? readingOf(event) : { kind: "not understood", detail: "it is no event" }
  } catch (error) {
    // Stripe has signed it, but it is not as Stripe describes it.
    if (error instanceof TypeError) return { kind: "not understood", detail: "something of it is missing" }
    throw error
  }
}

/** The library's messages go on to explain its use. */
function firstSentence(message: string): string {
  return message.split(/[.\n]/, 1).join("")
}

/** Stripe forgets idempotency keys after a day, and an order may wait longer: hence the look for what was begun. */
async function openIntent(
  stripe: Stripe,
  wish: PaymentRequest,
  offersDelayedMethods: boolean,
): Promise<OpenReport> {
  const amount = amountForStripe(wish.amountMinor, wish.currency)
  if (amount === null) return { status: "refused", error: noSuchAmount(wish) }
  try {
    const intent =
      (await begunIntent(stripe, wish)) ??
      (await createIntent(stripe, wish, { amount, offersDelayedMethods }))
    const { id, client_secret: clientSecret } = intent
    // The library takes whatever names no error for what was asked for, a broken proxy's answer too.
    if (!id || !clientSecret) return { status: "not now", error: "Stripe told of no payment" }
    return { status: "open", paymentId: id, clientSecret }
  } catch (error) {
    return { status: isFinal(error) ? "refused" : "not now", error: messageOf(error) }
  }
}

async function begunIntent(stripe: Stripe, wish: PaymentRequest): Promise<Stripe.PaymentIntent | null> {
  const { startedPaymentId } = wish
  if (startedPaymentId === null || !isIntentId(startedPaymentId)) return null
  const intent = await stripe.paymentIntents.retrieve(startedPaymentId).catch(unlessMissing)
  // A page may name the payment of another order.
  return intent !== null && isOfOrder(intent, wish) ? intent : null
}

/**
 * Methods of Stripe that tell hours or days later whether the money comes. An order waits for minutes, so their
 * money would nearly always come too late and go back.
 */
const DELAYED_METHODS = [
  "acss_debit",
  "au_becs_debit",
  "bacs_debit",
  "boleto",
  "customer_balance",
  "konbini",
  "multibanco",
  "nz_bank_account",
  "oxxo",
  "payto",
  "sepa_debit",
  "us_bank_account",
] as const

function createIntent(
  stripe: Stripe,
  wish: PaymentRequest,
  { amount, offersDelayedMethods }: { readonly amount: number; readonly offersDelayedMethods: boolean },
): Promise<Stripe.PaymentIntent> {
  const { orderId, holdId, productId, quantity, currency, idempotencyKey } = wish
  return stripe.paymentIntents.create(
    {
      amount,
      currency: currency.toLowerCase(),
      automatic_payment_methods: { enabled: true },
      ...(!offersDelayedMethods && { excluded_payment_method_types: [...DELAYED_METHODS] }),
      metadata: { order_id: orderId, hold_id: holdId, product_id: productId, quantity },
    },
    // Stripe refuses a key that comes again with another content, such as after a change of the setting.
    { idempotencyKey: offersDelayedMethods ? idempotencyKey : `${idempotencyKey}-at-once` },
  )
}

/**
 * Stripe forgets idempotency keys after a day, and a refund may be tried again much later, when an answer
 * was lost or somebody asks for it. So it is first looked for among the payment's refunds, by our name.
 */
async function refund(stripe: Stripe, order: RefundInstruction): Promise<RefundReport> {
  const { refundId, orderId, paymentId, amountMinor, currency, idempotencyKey } = order
  const amount = amountForStripe(amountMinor, currency)
  if (amount === null) return { status: "failed", error: noSuchAmount(order) }
  try {
    const before = await sentBefore(stripe, paymentId, refundId)
    if (before.open !== null) return reportOf(before.open)
    const sent = await stripe.refunds.create(
      {
        payment_intent: paymentId,
        amount,
        metadata: { [REFUND_ID]: refundId, order_id: String(orderId) },
      },
      // Under the key of one that has failed Stripe would only show that one again.
      { idempotencyKey: before.failed === 0 ? idempotencyKey : `${idempotencyKey}-after-${before.failed}` },
    )
    return reportOf(sent)
  } catch (error) {
    return refusalOf(error)
  }
}

interface SentBefore {
  /** It is under way or back. */
  readonly open: Stripe.Refund | null
  readonly failed: number
}

async function sentBefore(stripe: Stripe, paymentId: string, refundId: string): Promise<SentBefore> {
  let failed = 0
  for await (const one of stripe.refunds.list({ payment_intent: paymentId, limit: 100 })) {
    if (one.metadata?.[REFUND_ID] !== refundId) continue
    if (statusOfRefund(one) !== "failed") return { open: one, failed }
    failed += 1
  }
  return { open: null, failed }
}

function reportOf(refund: Stripe.Refund): RefundReport {
  const status = statusOfRefund(refund)
  if (status === null) return { status: "not now", error: `Stripe told no status of ${refund.id}` }
  if (status === "failed") return { status, error: errorOfRefund(refund), providerRefundId: refund.id }
  return { status, providerRefundId: refund.id }
}

function refusalOf(error: unknown): RefundReport {
  return { status: isFinal(error) ? "failed" : "not now", error: messageOf(error) }
}

/** A refusal of what was asked is final. Keys that are wrong and servers that are busy may get better. */
function isFinal(error: unknown): boolean {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors
  return error instanceof StripeCardError || error instanceof StripeInvalidRequestError
}

function noSuchAmount({ amountMinor, currency }: Pick<PaymentRequest, "amountMinor" | "currency">): string {
  return `Stripe knows no amount that is ${amountMinor} ${currency}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Looks at the payment first: Stripe cancels whatever is named, also what another order waits for or
 * what the shop sells elsewhere.
 */
async function cancel(stripe: Stripe, order: CancelInstruction): Promise<CancelReport> {
  if (!isIntentId(order.paymentId)) return { status: "not ours" }
  const intent = await stripe.paymentIntents.retrieve(order.paymentId).catch(unlessMissing)
  if (intent === null || !isOfOrder(intent, order)) return { status: "not ours" }
  if (intent.status === "canceled") return { status: "over" }
  if (intent.status === "succeeded") {
    const event = eventOfIntent(intent)
    return event === null || event === "no sense" ? { status: "not ours" } : { status: "succeeded", event }
  }
  // A refusal is repeated under its key for a day; in another state it may be another answer.
  const idempotencyKey = `${order.idempotencyKey}-${intent.status}`
  await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: "abandoned" }, { idempotencyKey })
  return { status: "over" }
}

function unlessMissing(error: unknown): null {
  if (error instanceof Stripe.errors.StripeError && error.statusCode === 404) return null
  throw error
}

type OfOrder = Pick<CancelInstruction, "orderId" | "holdId">

/** As a success of it would find its order: by the hold, if it names one. */
function isOfOrder({ metadata }: Stripe.PaymentIntent, { orderId, holdId }: OfOrder): boolean {
  const hold = metadata["hold_id"]
  return hold === undefined ? metadata["order_id"] === String(orderId) : hold === String(holdId)
}

function isIntentId(paymentId: string): boolean {
  return /^pi_\w+$/.test(paymentId)
}

/** The buyer's page has named the payment, perhaps by something else. */
async function lookUp(stripe: Stripe, { paymentId }: PaymentReference): Promise<PaymentReport> {
  if (!isIntentId(paymentId)) return { status: "open" }
  const intent = await stripe.paymentIntents.retrieve(paymentId).catch(unlessNobodyCouldSay)
  if (intent?.status === "canceled") return { status: "over" }
  const event = intent?.status === "succeeded" ? eventOfIntent(intent) : null
  return event === null || event === "no sense" ? { status: "open" } : { status: "succeeded", event }
}

function unlessNobodyCouldSay(error: unknown): null {
  if (error instanceof Stripe.errors.StripeError) return null
  throw error
}
