import { Type } from "typebox"
import { instant } from "../../../../domain/time.ts"
import type { DeliveryKey, DeliveryStatus } from "../../../../store/reads/webhook-deliveries.ts"
import { needsRole } from "../../../access/admin-area.ts"
import {
  badQuery,
  encodeCursor,
  readPageRequest,
  pageJson,
  pageQuery,
  decodeCursor,
} from "../../../wire/paging.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { DeliveryList } from "../../../wire/webhook-schemas.ts"
import { endpointNotFound } from "./webhook-endpoint-answers.ts"
import { isWebhookId, deliveryJson } from "./webhook-delivery-answers.ts"

const tags = ["admin"]
const security = needsRole("owner")
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
          Type.String({ description: "Lists only deliveries with this status: due, delivered or failed" }),
        ),
      }),
      response: { 200: DeliveryList, ...problemResponses },
    },
    async handler(request, reply) {
      const { status = null } = request.query
      if (status !== null && !isStatus(status)) {
        return refuse(reply, badQuery("status", "due, delivered or failed"))
      }
      const page = readPageRequest(reply, request.query, positionFrom)
      if (page === null) return reply
      const id = parseId(request.params.id)
      if (id === null || (await endpoints.find(id)) === null) return refuse(reply, endpointNotFound)
      const { after, limit } = page
      const found = await deliveries.list(id, status, { after, limit: limit + 1 })
      return pageJson(found, page, {
        toJson: deliveryJson,
        toCursor: ({ createdAt, eventId }) => encodeCursor([createdAt, eventId]),
      })
    },
  })
}

function isStatus(text: string): text is DeliveryStatus {
  return text === "due" || text === "delivered" || text === "failed"
}

/** The last time whose year has four digits: PostgreSQL reads no later one. */
const LATEST = Date.UTC(10_000, 0) - 1

function positionFrom(cursor: string): DeliveryKey | null {
  const [createdAt, eventId] = decodeCursor(cursor) ?? []
  if (typeof createdAt !== "number" || !Number.isSafeInteger(createdAt) || !isWebhookId(eventId)) return null
  return createdAt < 0 || createdAt > LATEST ? null : { createdAt: instant(createdAt), eventId }
}
