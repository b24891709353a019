import { createHmac } from "node:crypto"
import { Stripe } from "stripe"
import { inOutgoingSpan, tracing } from "../base/tracing.ts"
import type { PaymentProvider, WebhookMessage, WebhookReading } from "./provider.ts"
import { messageOf } from "./stripe-errors.ts"
import { readingOf, STRIPE } from "./stripe-events.ts"
import { cancelIntent, lookUpIntent, openIntent } from "./stripe-payments.ts"
import { sendRefund } from "./stripe-refunds.ts"

/** The settings of an account at Stripe. */
export interface StripeSettings {
  readonly secretKey: string
  /** The signing secret of one endpoint. While it is rolled, Stripe signs with the old and the new one. */
  readonly webhookSecret: string
  /** The API's scheme, host and port. */
  readonly apiBase: string
  /** True to offer also methods whose result takes days, such as bank debits; then orders must wait that long. */
  readonly offersDelayedMethods: boolean
}

/** An older webhook may be a replay. */
const TOLERANCE_SECONDS = 300

/**
 * The time limit of one call. Look-ups begin ten seconds before an order's deadline and must end before it. If a refund
 * takes Stripe longer, the next attempt finds it.
 */
const TIMEOUT_MS = 4_000

/**
 * A refund makes two calls, a look-up and the refund itself, and a cancellation likewise; each may be repeated once
 * after its connection was closed.
 */
const MOST_CALLS = 4

/** Stripe allows 100 calls a second, and 25 in a sandbox; refunds and cancellations need some of them. */
const LOOK_UPS_PER_SECOND = { live: 50, sandbox: 12 }

/**
 * Makes the provider for Stripe's PaymentIntents. docs/guides/stripe.md says what a shop must put into them.
 *
 * The library repeats a call only if its connection was closed before the answer, once and under the same idempotency
 * key: the callers repeat failed calls themselves, after longer pauses.
 */
export function createStripeProvider(
  settings: StripeSettings,
  timeoutMs: number = TIMEOUT_MS,
): Required<PaymentProvider> {
  const stripe = createClient(settings, timeoutMs)
  return {
    name: STRIPE,
    readWebhook: (message) => readWebhook(stripe, settings.webhookSecret, message),
    open: (request) => openIntent(stripe, request, settings.offersDelayedMethods),
    callSeconds: (MOST_CALLS * timeoutMs) / 1_000,
    refund: (instruction) => sendRefund(stripe, instruction),
    cancel: (instruction) => cancelIntent(stripe, instruction),
    lookUpsPerSecond: /^[a-z]+_live_/.test(settings.secretKey)
      ? LOOK_UPS_PER_SECOND.live
      : LOOK_UPS_PER_SECOND.sandbox,
    lookUp: (payment) => lookUpIntent(stripe, payment),
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
    ...(tracing() !== null && { httpClient: tracedClient() }),
  })
}

/** The library's own client, with a span for each call and the header that carries the trace on. */
function tracedClient(): Stripe.HttpClient {
  const client = Stripe.createNodeHttpClient()
  const send = client.makeRequest.bind(client)
  client.makeRequest = (host, port, path, method, headers, ...rest) =>
    inOutgoingSpan(
      `Stripe ${method}`,
      { "server.address": host, "http.request.method": method },
      (traceHeaders) => send(host, port, path, method, { ...headers, ...traceHeaders }, ...rest),
      (answer) => answer.getStatusCode(),
    )
  return client
}

function readWebhook(
  stripe: Stripe,
  webhookSecret: string,
  { headers, body, bytes = Buffer.from(body), nowSeconds }: WebhookMessage,
): WebhookReading {
  const signature = headers["stripe-signature"]
  if (typeof signature !== "string") return { kind: "not authentic", detail: "stripe-signature is required" }
  let event: Stripe.Event | null
  try {
    const at = nowSeconds * 1000
    const signer = new ByteSigner(bytes)
    event = stripe.webhooks.constructEvent(body, signature, webhookSecret, TOLERANCE_SECONDS, signer, at)
  } catch (error) {
    // The library parses the body only after the signature has been found valid.
    if (error instanceof SyntaxError) return { kind: "not understood", detail: "the body is not JSON" }
    return { kind: "not authentic", detail: firstSentence(messageOf(error)) }
  }
  const isEvent = typeof event?.data?.object === "object" && event.data.object !== null
  try {
    return isEvent ? readingOf(event) : { kind: "not understood", detail: "the body is not an event" }
  } catch (error) {
    // The signature is valid, but the event lacks something that Stripe documents.
    if (error instanceof TypeError) {
      return { kind: "not understood", detail: "the event lacks a member that it must have" }
    }
    throw error
  }
}

/**
 * Signs the bytes of a body as they came. The library signs the decoded text instead, which differs from what Stripe
 * has signed when the bytes are not UTF-8.
 */
class ByteSigner extends Stripe.CryptoProvider {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }

  /** `content` is the signature's time, a dot, and the decoded text. */
  override computeHMACSignature(content: string, secret: string): string {
    const timeAndDot = content.slice(0, content.indexOf(".") + 1)
    return createHmac("sha256", secret).update(timeAndDot).update(this.#bytes).digest("hex")
  }
}

/** The first sentence says what is wrong; the library's messages go on to explain its use. */
function firstSentence(message: string): string {
  return message.split(/[.\n]/, 1).join("")
}
