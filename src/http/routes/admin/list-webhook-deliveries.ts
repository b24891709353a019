import { Type } from "typebox"
import { instant } from "../../../domain/time.ts"
import type { DeliveryPlace, DeliveryStatus } from "../../../store/reads/webhook-deliveries.ts"
import { adminSecurity } from "../../access/admin-area.ts"
import { badQuery, cursorOf, pageFrom, pageOf, pageQuery, partsOf } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import { DeliveryList } from "../../wire/webhook-schemas.ts"
import { endpointNotFound } from "./webhook-endpoint-answers.ts"
import { isWebhookId, deliveryAnswer } from "./webhook-delivery-answers.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })

/** Registers `GET /api/admin/webhooks/{id}/deliveries`. */
export function registerListWebhookDeliveries(
  admin: App,
  { webhooks: { endpoints, deliveries } }: Pick<Services, "webhooks">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/webhooks/:id/deliveries",
    schema: {
      summary: "List the deliveries of an endpoint, newest first",
      tags,
      security,
      params,
      querystring: Type.Object({
        ...pageQuery,
        status: Type.Optional(
          Type.String({ description: "Filter: due, delivered or failed; if not given, all" }),
        ),
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
      if (id === null || (await endpoints.find(id)) === null) return refuse(reply, endpointNotFound)
      const { after, limit } = page
      const found = await deliveries.list(id, status, { after, limit: limit + 1 })
      return pageOf(found, page, {
        toWire: deliveryAnswer,
        toCursor: ({ createdAt, eventId }) => cursorOf([createdAt, eventId]),
      })
    },
  })
}

function isStatus(text: string): text is DeliveryStatus {
  return text === "due" || text === "delivered" || text === "failed"
}

/** The last moment that is written with a year of four digits, as PostgreSQL reads it. */
const LATEST = Date.UTC(10_000, 0) - 1

function placeFrom(cursor: string): DeliveryPlace | null {
  const [createdAt, eventId] = partsOf(cursor) ?? []
  if (typeof createdAt !== "number" || !Number.isSafeInteger(createdAt) || !isWebhookId(eventId)) return null
  return createdAt < 0 || createdAt > LATEST ? null : { createdAt: instant(createdAt), eventId }
}
