import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Stripe } from "stripe"

/** A request that the fake received. */
export interface StripeCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly form: Readonly<Record<string, string>>
}

/** A faulty response in place of the right one. `"silence"`: no response; `"cut"`: the connection is closed. */
export type Mishap = "silence" | "cut" | { status: number; headers?: Record<string, string>; body: string }

interface FakeRefund {
  readonly id: string
  readonly payment_intent: string
  readonly amount: number
  readonly metadata: Record<string, string>
  status: string
}

/** A fake of the part of Stripe's API that the provider uses, on loopback. */
export interface FakeStripe extends AsyncDisposable {
  readonly url: string
  readonly calls: StripeCall[]
  readonly intents: Map<string, object>
  readonly refunds: FakeRefund[]
  /** The status of new refunds. */
  refundStatus: string
  /** Faulty responses, each for the next request whose method and path match. */
  readonly mishaps: {
    on: RegExp
    mishap: Mishap
    /** True: the request takes effect all the same. */
    done?: boolean
  }[]
  /** Forgets the idempotency keys, as Stripe does after a day. */
  forgetKeys(): void
}

export const STRIPE_KEY = "sk_test_0123456789abcdef"
const STRIPE_WEBHOOK_SECRET = "whsec_0123456789abcdefghij"

/** The provider's settings that point at the fake. */
export function stripeSettings(apiBase = "http://127.0.0.1:1") {
  return {
    secretKey: STRIPE_KEY,
    webhookSecret: STRIPE_WEBHOOK_SECRET,
    publishableKey: null,
    apiBase,
    offersDelayedMethods: false,
  }
}

/** A payment intent: `pi_1`, 199.98 EUR for order 11, received in full, with the given changes. */
export function intentWith(given: object = {}): Record<string, unknown> {
  return {
    id: "pi_1",
    object: "payment_intent",
    status: "succeeded",
    amount: 19_998,
    amount_received: 19_998,
    currency: "eur",
    metadata: { order_id: "11" },
    ...given,
  }
}

/** A dispute: `dp_1` of the full amount of payment intent `pi_1`, needing a response, with the given changes. */
export function disputeOf(given: object = {}): Record<string, unknown> {
  return {
    id: "dp_1",
    object: "dispute",
    amount: 19_998,
    charge: "ch_1",
    currency: "eur",
    metadata: {},
    payment_intent: "pi_1",
    reason: "fraudulent",
    status: "needs_response",
    ...given,
  }
}

/** The text of an event about `object`. */
export function stripeEvent(type: string, object: unknown, id = "evt_1"): string {
  return JSON.stringify({ id, object: "event", api_version: "2026-10-28.endive", type, data: { object } })
}

/** The signature header that Stripe would send with it. */
export function stripeSignature(
  payload: string,
  given: { secret?: string; timestamp?: number } = {},
): string {
  const stripe = new Stripe(STRIPE_KEY)
  return stripe.webhooks.generateTestHeaderString({ payload, secret: STRIPE_WEBHOOK_SECRET, ...given })
}

/** Starts the fake on a free port. */
export async function startFakeStripe(): Promise<FakeStripe> {
  let answers = new Map<string, { readonly form: string; readonly answer: [number, object] }>()
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request)
    fake.calls.push(call)
    const at = fake.mishaps.findIndex(({ on }) => on.test(`${call.method} ${call.path}`))
    const [planned] = at === -1 ? [] : fake.mishaps.splice(at, 1)
    if (planned === undefined || planned.done === true) {
      const [status, body] = rightAnswer(call)
      if (planned === undefined) return send(response, status, JSON.stringify(body))
    }
    if (planned.mishap === "cut") response.destroy()
    else if (planned.mishap !== "silence") {
      send(response, planned.mishap.status, planned.mishap.body, planned.mishap.headers)
    }
  }

  function rightAnswer(call: StripeCall): [number, object] {
    if (call.headers.authorization !== `Bearer ${STRIPE_KEY}`) return refusal(401, "Invalid API Key provided")
    if (call.method === "GET") return read(call)
    const key = call.headers["idempotency-key"]
    if (typeof key !== "string") return refusal(400, "no Idempotency-Key")
    const known = answers.get(key)
    const form = JSON.stringify(call.form)
    if (known !== undefined && known.form !== form) {
      return refusal(400, "Keys can only be used with the same parameters", { type: "idempotency_error" })
    }
    if (known !== undefined) return known.answer
    const answer = tooLong(call.form) ?? write(call)
    answers.set(key, { form, answer })
    return answer
  }

  function read({ path }: StripeCall): [number, object] {
    const url = new URL(path, fake.url)
    if (url.pathname === "/v1/refunds") {
      const data = fake.refunds.filter((one) => one.payment_intent === url.searchParams.get("payment_intent"))
      return [200, { object: "list", url: "/v1/refunds", has_more: false, data }]
    }
    const intent = fake.intents.get(url.pathname.replace("/v1/payment_intents/", ""))
    return intent === undefined ? refusal(404, "No such payment_intent") : [200, intent]
  }

  function write({ path, form }: StripeCall): [number, object] {
    if (path === "/v1/refunds") return [200, addRefund(form)]
    if (path === "/v1/payment_intents") return [200, addIntent(form)]
    const id = /^\/v1\/payment_intents\/(\w+)\/cancel$/.exec(path)?.[1] ?? ""
    const intent = fake.intents.get(id)
    if (intent === undefined) return refusal(404, "No such payment_intent")
    if (!("status" in intent) || !String(intent.status).startsWith("requires")) {
      const code = { code: "payment_intent_unexpected_state", payment_intent: intent }
      return refusal(400, "You cannot cancel this PaymentIntent", code)
    }
    const canceled = { ...intent, status: "canceled" }
    fake.intents.set(id, canceled)
    return [200, canceled]
  }

  function addIntent(form: StripeCall["form"]): object {
    const id = `pi_opened${fake.intents.size + 1}`
    const { amount = "", currency = "" } = form
    const intent = intentWith({
      id,
      status: "requires_payment_method",
      amount: Number(amount),
      amount_received: 0,
      currency,
      description: form["description"] ?? null,
      metadata: metadataIn(form),
      client_secret: `${id}_secret_0123456789`,
    })
    fake.intents.set(id, intent)
    return intent
  }

  function addRefund(form: StripeCall["form"]): object {
    const metadata = metadataIn(form)
    const id = `re_${fake.refunds.length + 1}`
    const { payment_intent = "", amount = "" } = form
    const refund = { id, object: "refund", payment_intent, amount: Number(amount), metadata }
    fake.refunds.push({ ...refund, status: fake.refundStatus })
    return { ...refund, status: fake.refundStatus }
  }

  const fake: FakeStripe = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    intents: new Map(),
    refunds: [],
    refundStatus: "succeeded",
    mishaps: [],
    forgetKeys: () => void (answers = new Map()),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, "close")
    },
  }
  return fake
}

/** Refuses a form that goes past the limits of Stripe's API; null: it does not. */
function tooLong(form: StripeCall["form"]): [number, object] | null {
  const metadata = metadataIn(form)
  if (Object.keys(metadata).length > 50) return refusal(400, "Metadata can have up to 50 keys")
  const isLong = Object.entries(metadata).some(([key, value]) => key.length > 40 || value.length > 500)
  if (isLong) return refusal(400, "Metadata keys have up to 40 characters, and values up to 500")
  return (form["description"]?.length ?? 0) > 1_000
    ? refusal(400, "Descriptions have up to 1000 characters")
    : null
}

function metadataIn(form: StripeCall["form"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const key = /^metadata\[([^[\]]+)\]$/.exec(name)?.[1]
      return key === undefined ? [] : [[key, value]]
    }),
  )
}

async function readCall(request: IncomingMessage): Promise<StripeCall> {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  const { method = "", url: path = "", headers } = request
  return { method, path, headers, form: Object.fromEntries(new URLSearchParams(text)) }
}

function send(response: ServerResponse, status: number, body: string, headers: object = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body)
}

function refusal(status: number, message: string, more: object = {}): [number, object] {
  return [status, { error: { type: "invalid_request_error", message, ...more } }]
}
