import type { FastifyReply, FastifyRequest } from "fastify"
import { isUtf8 } from "node:buffer"
import { Type, type TSchema } from "typebox"
import { Check } from "typebox/value"
import { isRefusal } from "../../../domain/refusals.ts"
import type { ProviderEvent, RefundUpdate, WebhookReading } from "../../../payments/provider.ts"
import { NotUtf8 } from "../../transport/json-body.ts"
import { refuse, type AnyRefusal } from "../../wire/problems.ts"
import { PROVIDER_BODY_LIMIT_BYTES, tellRefusedWebhooks } from "./refused-webhooks.ts"
import { ProviderAnswer } from "../../wire/payment-schemas.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { AmountMinor, CurrencyCode, Id, Label, Quantity } from "../../../wire/fields.ts"
import type { RefundOrigin } from "../../../store/reads/money-views.ts"
import type { App, Services } from "../../services.ts"
import { refundPlaceFrom } from "../admin/admin-money.ts"

/**
 * Webhooks in the providers' own formats. Who sent one, and what it says, is for the provider's
 * adapter to tell; what becomes of it is the same as for the generic webhook. A provider that gets no
 * 2xx sends it again, so whatever could not be written down must not be answered with one.
 */
export function providerWebhookRoutes(app: App, services: Services): void {
  const { providers, paymentEvents, lanes, lookups, money, events } = services

  /** Null: it is written down. */
  async function take(
    provider: string,
    received: ProviderEvent,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    if (received.about === "refund") return settle(provider, received.refund, requestId)
    const outcome = await paymentEvents.receive(received.event, requestId)
    if (!isRefusal(outcome)) return null
    events.refused("payment_event", outcome.code)
    return outcome
  }

  async function settle(
    provider: string,
    update: RefundUpdate,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    const place = update.refundId === null ? null : refundPlaceFrom(update.refundId)
    const origin = place === null ? null : await money.originOfRefund(place)
    if (place === null || origin === null || !isOf(provider, origin, update)) {
      return record(provider, update, requestId)
    }
    const { productId } = origin
    const { status, providerRefundId, error } = update
    // That it is on its way, whoever sent it has been told.
    if (status === "sent") return null
    const result =
      status === "failed" ? { status, error: error ?? "", providerRefundId } : { status, providerRefundId }
    const command = { kind: "settle_refund", productId, ...place, result, requestId } as const
    const { outcome } = await lanes.submit(command)
    return isRefusal(outcome) ? outcome : null
  }

  /** A refund that is not ours: made in the provider's own pages, or by another installation on its account. */
  async function record(
    provider: string,
    update: RefundUpdate,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    const { paymentId, providerRefundId, amountMinor = null, currency = null, status, error } = update
    if (paymentId === null || providerRefundId === null || amountMinor === null || currency === null) {
      return null
    }
    const refund = { provider, paymentId, providerRefundId, amountMinor, currency, status, error }
    const place = await lookups.placeOfPayment(provider, paymentId)
    const outcome =
      place === null
        ? ({ code: "order_unknown" } as const)
        : (await lanes.submit({ kind: "record_refund", ...place, refund, requestId })).outcome
    if (!isRefusal(outcome)) return null
    const reason = reasonsToIgnore.get(outcome.code)
    if (reason === undefined) return outcome
    events.webhookIgnored({ provider, reason: `refund ${providerRefundId} ${reason}`, requestId })
    return null
  }

  function refuseReading(reply: FastifyReply, reading: Exclude<WebhookReading, { kind: "events" }>) {
    if (reading.kind === "not authentic") {
      events.refused("payment_event", "invalid_signature")
      return refuse(reply, { code: "invalid_signature", detail: reading.detail })
    }
    return refuse(reply, { code: "invalid_request", errors: [{ pointer: "", detail: reading.detail }] })
  }

  void app.register(async (inbox: App) => {
    tellRefusedWebhooks(inbox, events, (request) => {
      const { provider } = request.params as { readonly provider: string }
      return { provider: provider.slice(0, 255), webhookId: undefined }
    })
    inbox.removeAllContentTypeParsers()
    inbox.addContentTypeParser("*", { parseAs: "buffer" }, (_request: FastifyRequest, bytes, done) =>
      done(null, bytes),
    )
    inbox.route({
      method: "POST",
      url: "/api/payments/webhooks/:provider",
      bodyLimit: PROVIDER_BODY_LIMIT_BYTES,
      schema: {
        summary: "Receive a provider's webhook in its own format",
        description: "The request must carry the provider's own signature. 200: its events are recorded.",
        tags: ["payments"],
        params: Type.Object({ provider: Type.String() }),
        response: { 200: ProviderAnswer, ...problemResponses },
      },
      async handler(request, reply) {
        const provider = providers.find(({ name }) => isSameName(name, request.params.provider))
        if (provider?.readWebhook === undefined) return refuse(reply, { code: "route_not_found" })
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const { headers } = request
        const message = { headers, body: bytes.toString("utf8"), bytes, nowSeconds: Date.now() / 1000 }
        const reading = await provider.readWebhook(message)
        if (reading.kind !== "not authentic" && !isUtf8(bytes)) throw new NotUtf8()
        if (reading.kind !== "events") return refuseReading(reply, reading)
        const nonsense = reading.events.find((event) => !makesSense(event))
        if (nonsense !== undefined) return refuseReading(reply, { kind: "not understood", detail: NONSENSE })
        if (reading.ignored !== undefined) {
          events.webhookIgnored({ provider: provider.name, reason: reading.ignored, requestId: request.id })
        }
        for (const event of reading.events) {
          const refusal = await take(provider.name, event, request.id)
          if (refusal !== null) return refuse(reply, refusal)
        }
        return { message: "ok", taken: reading.events.length }
      },
    })
  })
}

/** Capitals are a harmless difference of the address. */
function isSameName(name: string, inAddress: string): boolean {
  return name.toLowerCase() === inAddress.toLowerCase()
}

const reasonsToIgnore: ReadonlyMap<string, string> = new Map([
  ["order_unknown", "is of a payment that is not here"],
  ["nothing_to_refund", "has failed, is in another currency, or nothing is left of its payment"],
])

/** Two installations may use one account, and then know different refunds by the same name. */
function isOf(provider: string, origin: RefundOrigin, { paymentId }: RefundUpdate): boolean {
  const isSamePayment = paymentId === null || origin.paymentId === null || paymentId === origin.paymentId
  return origin.provider === provider && isSamePayment
}

const NONSENSE = "it names no order, no payment or no amount that could be one"

/** What an adapter takes out of a message may be anything, however well that was signed. */
function makesSense(received: ProviderEvent): boolean {
  if (received.about === "refund") return Check(RefundUpdateShape, received.refund)
  const { event } = received
  return received.about === "payment" ? Check(PaymentEventShape, event) : Check(DisputeEventShape, event)
}

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const named = { key: Label, amountMinor: Nullable(AmountMinor), currency: Nullable(CurrencyCode) }
const PaymentEventShape = Type.Object({
  ...named,
  orderId: Id,
  paymentId: Nullable(Label),
  holdId: Nullable(Id),
  productId: Nullable(Id),
  quantity: Nullable(Quantity),
})
const RefundUpdateShape = Type.Object({
  refundId: Nullable(Label),
  paymentId: Type.Optional(Nullable(Label)),
  providerRefundId: Type.Optional(Nullable(Label)),
  amountMinor: Type.Optional(Nullable(AmountMinor)),
  currency: Type.Optional(Nullable(CurrencyCode)),
})
const DisputeEventShape = Type.Object({ ...named, paymentId: Label, disputeId: Label })
