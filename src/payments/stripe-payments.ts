import type { Stripe } from "stripe"
import type {
  CancelInstruction,
  CancelReport,
  OpenReport,
  PaymentReference,
  PaymentReport,
  PaymentRequest,
} from "./provider.ts"
import { amountNotPossible, isFinal, messageOf, nullIfMissing, nullIfUnknown } from "./stripe-errors.ts"
import { eventOfIntent } from "./stripe-events.ts"
import { goodsTexts, keyEnding, shopMetadata } from "./stripe-goods.ts"
import { amountForStripe } from "./stripe-money.ts"

/**
 * Opens an order's PaymentIntent. The one that was started before is looked up first: Stripe forgets idempotency keys
 * after a day, and an order may wait longer.
 */
export async function openIntent(
  stripe: Stripe,
  request: PaymentRequest,
  offersDelayedMethods: boolean,
): Promise<OpenReport> {
  const { amountMinor, currency } = request
  const amount = amountForStripe(amountMinor, currency)
  if (amount === null) return { status: "refused", error: amountNotPossible(amountMinor, currency) }
  try {
    const intent =
      (await startedIntent(stripe, request)) ??
      (await createIntent(stripe, request, { amount, offersDelayedMethods }))
    const { id, client_secret: clientSecret } = intent
    // The library accepts every answer without an error status, even one from a broken proxy.
    if (!id || !clientSecret) return { status: "not now", error: "Stripe's answer has no payment" }
    return { status: "open", paymentId: id, clientSecret }
  } catch (error) {
    return { status: isFinal(error) ? "refused" : "not now", error: messageOf(error) }
  }
}

async function startedIntent(stripe: Stripe, request: PaymentRequest): Promise<Stripe.PaymentIntent | null> {
  const { startedPaymentId } = request
  if (startedPaymentId === null || !isIntentId(startedPaymentId)) return null
  const intent = await stripe.paymentIntents.retrieve(startedPaymentId).catch(nullIfMissing)
  // A page may name the payment of another order.
  return intent !== null && isOfOrder(intent, request) ? intent : null
}

/**
 * Methods of Stripe that report hours or days later whether the payment has succeeded. An order waits for minutes, so
 * their money would nearly always come too late and be refunded.
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
  request: PaymentRequest,
  { amount, offersDelayedMethods }: { readonly amount: number; readonly offersDelayedMethods: boolean },
): Promise<Stripe.PaymentIntent> {
  const { orderId, holdId, productId, qty, currency, idempotencyKey } = request
  const texts = goodsTexts(request)
  const ours = {
    order_id: orderId,
    hold_id: holdId,
    product_id: productId,
    quantity: qty,
    ...texts?.metadata,
  }
  const shops = shopMetadata(request, Object.keys(ours))
  const key = `${idempotencyKey}${keyEnding(texts)}${keyEnding(shops)}`
  return stripe.paymentIntents.create(
    {
      amount,
      currency: currency.toLowerCase(),
      automatic_payment_methods: { enabled: true },
      ...(!offersDelayedMethods && { excluded_payment_method_types: [...DELAYED_METHODS] }),
      ...(texts !== null && { description: texts.description }),
      metadata: { ...shops, ...ours },
    },
    // Stripe refuses a key that comes again with other content, such as after a change of the setting.
    { idempotencyKey: offersDelayedMethods ? key : `${key}-at-once` },
  )
}

/**
 * Cancels a PaymentIntent. It is looked up first: Stripe would cancel any PaymentIntent of the account, also one of
 * another order or of something else that the shop sells.
 */
export async function cancelIntent(stripe: Stripe, instruction: CancelInstruction): Promise<CancelReport> {
  if (!isIntentId(instruction.paymentId)) return { status: "not ours" }
  const intent = await stripe.paymentIntents.retrieve(instruction.paymentId).catch(nullIfMissing)
  if (intent === null || !isOfOrder(intent, instruction)) return { status: "not ours" }
  if (intent.status === "canceled") return { status: "over" }
  if (intent.status === "succeeded") {
    const event = eventOfIntent(intent)
    return event === null || event === "unreadable" ? { status: "not ours" } : { status: "succeeded", event }
  }
  // Stripe repeats a refusal of the same key for a day. So the key contains the status: a later one may allow the call.
  const idempotencyKey = `${instruction.idempotencyKey}-${intent.status}`
  await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: "abandoned" }, { idempotencyKey })
  return { status: "over" }
}

/** Looks a PaymentIntent up. Its id comes from a buyer's page and may be any text. */
export async function lookUpIntent(stripe: Stripe, { paymentId }: PaymentReference): Promise<PaymentReport> {
  if (!isIntentId(paymentId)) return { status: "open" }
  const intent = await stripe.paymentIntents.retrieve(paymentId).catch(nullIfUnknown)
  if (intent?.status === "canceled") return { status: "over" }
  const event = intent?.status === "succeeded" ? eventOfIntent(intent) : null
  return event === null || event === "unreadable" ? { status: "open" } : { status: "succeeded", event }
}

type OrderOfPayment = Pick<CancelInstruction, "orderId" | "holdId">

/** Follows the rule by which a successful payment finds its order: by the hold, if the metadata name one. */
function isOfOrder({ metadata }: Stripe.PaymentIntent, { orderId, holdId }: OrderOfPayment): boolean {
  const hold = metadata["hold_id"]
  return hold === undefined ? metadata["order_id"] === String(orderId) : hold === String(holdId)
}

function isIntentId(paymentId: string): boolean {
  return /^pi_\w+$/.test(paymentId)
}
