import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { listedPaymentEventJson } from "../../../wire/money-json.ts"
import { readPageRequest } from "../../../wire/paging.ts"
import { PaymentEventList, paymentOutcomes } from "../../../wire/payment-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, filteredPage, optionalWord } from "../filtered-lists.ts"
import { eventCursor, eventFilterFrom, eventPositionFrom, eventQuery } from "./event-filter.ts"

/** Registers `GET /api/admin/payment-events`. */
export function registerListPaymentEvents(admin: App, { lists }: Pick<Services, "lists">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/payment-events",
    schema: {
      ...filteredListSchema,
      security: needsRole("support"),
      summary: "List payment events by provider and key",
      querystring: Type.Object({ ...eventQuery, outcome: optionalWord(paymentOutcomes) }),
      response: { 200: PaymentEventList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, eventPositionFrom)
      const filter = page === null ? null : eventFilterFrom(reply, request.query, request.query.outcome)
      if (page === null || filter === null) return reply
      return filteredPage(await lists.events(filter, page), listedPaymentEventJson, eventCursor)
    },
  })
}
