import { randomBytes } from "node:crypto"
import { Type } from "typebox"
import { instant, isoTime, isoTimeOrNull } from "../../../domain/time.ts"
import type {
  DeliveryPlace,
  DeliveryStatus,
  WebhookDelivery,
} from "../../../store/reads/webhook-deliveries.ts"
import { MOST_ENDPOINTS, type WebhookEndpoint } from "../../../store/reads/webhook-endpoints.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { badQuery, cursorOf, pageFrom, pageOf, pageQuery, partsOf } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import {
  DeliveryList,
  DeliveryWire,
  EndpointChangesBody,
  EndpointList,
  EndpointWire,
  EndpointWithSecretWire,
  NewEndpointBody,
  ReplayAnswer,
  ReplayBody,
  RotationBody,
  type DeliveryAnswer,
  type EndpointAnswer,
} from "../../wire/webhook-schemas.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })
const address = "/api/admin/webhooks/:id"

/** Who hears of events, what they have heard, and what they are to hear once more. */
export function adminWebhookRoutes(app: App, services: Services): void {
  const { ids, webhooks } = services
  const { endpoints, deliveries } = webhooks

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "POST",
      url: "/api/admin/webhooks",
      schema: {
        summary: "Create a webhook endpoint",
        description: "The answer holds the secret that signs them; it is never shown again.",
        tags,
        security,
        body: NewEndpointBody,
        response: { 201: EndpointWithSecretWire, ...problemResponses },
      },
      async handler(request, reply) {
        const { url, types = null, secret = newSecret() } = request.body
        if (!URL.canParse(url)) return refuse(reply, badUrl)
        const id = await ids.next("webhook_endpoints")
        const endpoint = await endpoints.create({ id, url, types, secret })
        if (endpoint === null) {
          return refuse(reply, { code: "too_many_endpoints", mostEndpoints: MOST_ENDPOINTS })
        }
        void reply.code(201).header("location", `/api/admin/webhooks/${id}`)
        return reply.send({ ...endpointAnswer(endpoint), secret })
      },
    })

    admin.route({
      method: "GET",
      url: "/api/admin/webhooks",
      schema: {
        summary: "List webhook endpoints",
        tags,
        security,
        response: { 200: EndpointList, ...problemResponses },
      },
      async handler() {
        return { data: (await endpoints.list()).map(endpointAnswer) }
      },
    })

    admin.route({
      method: "GET",
      url: address,
      schema: {
        summary: "Read a webhook endpoint",
        tags,
        security,
        params,
        response: { 200: EndpointWire, ...problemResponses },
      },
      async handler(request, reply) {
        const id = idFromPath(request.params.id)
        const endpoint = id === null ? null : await endpoints.find(id)
        return endpoint === null ? refuse(reply, notFound) : endpointAnswer(endpoint)
      },
    })

    admin.route({
      method: "PATCH",
      url: address,
      schema: {
        summary: "Change an endpoint's address, types, or enabled state",
        description: "What is due meanwhile is sent when it is enabled again.",
        tags,
        security,
        params,
        body: EndpointChangesBody,
        response: { 200: EndpointWire, ...problemResponses },
      },
      async handler(request, reply) {
        const id = idFromPath(request.params.id)
        const { url } = request.body
        if (url !== undefined && !URL.canParse(url)) return refuse(reply, badUrl)
        const endpoint = id === null ? null : await endpoints.change(id, request.body)
        return endpoint === null ? refuse(reply, notFound) : endpointAnswer(endpoint)
      },
    })

    admin.route({
      method: "DELETE",
      url: address,
      schema: {
        summary: "Delete an endpoint and its delivery log",
        tags,
        security,
        params,
        response: { 200: EndpointWire, ...problemResponses },
      },
      async handler(request, reply) {
        const id = idFromPath(request.params.id)
        const endpoint = id === null ? null : await endpoints.remove(id)
        return endpoint === null ? refuse(reply, notFound) : endpointAnswer(endpoint)
      },
    })

    admin.route({
      method: "POST",
      url: `${address}/rotate`,
      schema: {
        summary: "Rotate the signing secret",
        description: "For 24 hours the one before it signs as well. The answer holds the new one.",
        tags,
        security,
        params,
        body: Type.Union([RotationBody, Type.Null()]),
        response: { 200: EndpointWithSecretWire, ...problemResponses },
      },
      async handler(request, reply) {
        const id = idFromPath(request.params.id)
        const secret = request.body?.secret ?? newSecret()
        const endpoint = id === null ? null : await endpoints.rotate(id, secret)
        return endpoint === null ? refuse(reply, notFound) : { ...endpointAnswer(endpoint), secret }
      },
    })

    admin.route({
      method: "GET",
      url: `${address}/deliveries`,
      schema: {
        summary: "List the deliveries of an endpoint, newest first",
        tags,
        security,
        params,
        querystring: Type.Object({
          ...pageQuery,
          status: Type.Optional(Type.String({ description: "due, delivered or failed; all if not given" })),
        }),
        response: { 200: DeliveryList, ...problemResponses },
      },
      async handler(request, reply) {
        const { status = null } = request.query
        if (status !== null && !isStatus(status)) {
          return refuse(reply, badQuery("status", "due, delivered or failed"))
        }
        const page = pageFrom(reply, request.query, placeFrom)
        if (page === null) return reply
        const id = idFromPath(request.params.id)
        if (id === null || (await endpoints.find(id)) === null) return refuse(reply, notFound)
        const { after, limit } = page
        const found = await deliveries.list(id, status, { after, limit: limit + 1 })
        return pageOf(found, page, {
          toWire: deliveryAnswer,
          toCursor: ({ createdAt, eventId }) => cursorOf([createdAt, eventId]),
        })
      },
    })

    admin.route({
      method: "POST",
      url: `${address}/deliveries/:webhookId/replay`,
      schema: {
        summary: "Replay one event",
        tags,
        security,
        params: Type.Object({ id: Type.String(), webhookId: Type.String() }),
        response: { 200: DeliveryWire, ...problemResponses },
      },
      async handler(request, reply) {
        const { id: endpoint, webhookId } = request.params
        const id = idFromPath(endpoint)
        const delivery = id === null || !isName(webhookId) ? null : await deliveries.replay(id, webhookId)
        return delivery === null
          ? refuse(reply, { code: "webhook_delivery_not_found" })
          : deliveryAnswer(delivery)
      },
    })

    admin.route({
      method: "POST",
      url: `${address}/replay`,
      schema: {
        summary: "Replay all events since a time",
        description: "Also those that it did not hear of, because it was disabled or not there yet.",
        tags,
        security,
        params,
        body: ReplayBody,
        response: { 200: ReplayAnswer, ...problemResponses },
      },
      async handler(request, reply) {
        const id = idFromPath(request.params.id)
        if (id === null || (await endpoints.find(id)) === null) return refuse(reply, notFound)
        // A second that is added to a day has no number here, and nothing happened before the first one.
        const since = instant(Math.max(0, Date.parse(request.body.since)))
        if (Number.isNaN(since)) return refuse(reply, badMoment)
        return { replayed: await deliveries.replaySince(id, since) }
      },
    })
  })
}

const notFound = { code: "webhook_endpoint_not_found" } as const
const badUrl = {
  code: "invalid_request",
  errors: [{ pointer: "/url", detail: "must be a URL" }],
} as const

const badMoment = {
  code: "invalid_request",
  errors: [{ pointer: "/since", detail: "must be a moment" }],
} as const

function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`
}

function isStatus(text: string): text is DeliveryStatus {
  return text === "due" || text === "delivered" || text === "failed"
}

/** As events are named here; anything else is not looked for. */
function isName(text: unknown): text is string {
  return typeof text === "string" && /^[a-z_]{1,40}-[\d-]{1,60}$/.test(text)
}

/** The last moment that is written with a year of four digits, as PostgreSQL reads it. */
const LATEST = Date.UTC(10_000, 0) - 1

function placeFrom(cursor: string): DeliveryPlace | null {
  const [createdAt, eventId] = partsOf(cursor) ?? []
  if (typeof createdAt !== "number" || !Number.isSafeInteger(createdAt) || !isName(eventId)) return null
  return createdAt < 0 || createdAt > LATEST ? null : { createdAt: instant(createdAt), eventId }
}

function endpointAnswer(endpoint: WebhookEndpoint): EndpointAnswer {
  return {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    types: endpoint.types === null ? null : [...endpoint.types],
    enabled: endpoint.enabled,
    disabled_reason: endpoint.disabledReason,
    previous_secret_until: isoTimeOrNull(endpoint.previousSecretUntil),
    created_at: isoTime(endpoint.createdAt),
    updated_at: isoTime(endpoint.updatedAt),
  }
}

function deliveryAnswer(delivery: WebhookDelivery): DeliveryAnswer {
  return {
    webhook_id: delivery.eventId,
    endpoint_id: delivery.endpointId,
    type: delivery.type,
    status: delivery.status,
    not_before: isoTime(delivery.notBefore),
    attempts: delivery.attempts,
    response_status: delivery.responseStatus,
    last_error: delivery.lastError,
    created_at: isoTime(delivery.createdAt),
    updated_at: isoTime(delivery.updatedAt),
  }
}
