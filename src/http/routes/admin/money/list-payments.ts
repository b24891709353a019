import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { paymentJson } from "../../../wire/money-json.ts"
import { readPageRequest } from "../../../wire/paging.ts"
import { paymentAllocations, PaymentList } from "../../../wire/payment-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, filteredPage, optionalWord } from "../filtered-lists.ts"
import { eventCursor, eventFilterFrom, eventPositionFrom, eventQuery } from "./event-filter.ts"

/** Registers `GET /api/admin/payments`. */
export function registerListPayments(admin: App, { lists }: Pick<Services, "lists">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/payments",
    schema: {
      ...filteredListSchema,
      security: needsRole("viewer"),
      summary: "List payments, sorted by provider and event key",
      querystring: Type.Object({ ...eventQuery, allocation: optionalWord(paymentAllocations) }),
      response: { 200: PaymentList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, eventPositionFrom)
      const filter = page === null ? null : eventFilterFrom(reply, request.query, request.query.allocation)
      if (page === null || filter === null) return reply
      return filteredPage(await lists.payments(filter, page), paymentJson, eventCursor)
    },
  })
}
