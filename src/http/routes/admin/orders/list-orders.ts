import { Type } from "typebox"
import { OrderList, orderJson, orderStatuses } from "../../../../wire/order.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { readPageRequest } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, optionalWord, filteredPage } from "../filtered-lists.ts"
import { rowFilterFrom, rowQuery } from "./row-filter.ts"

/** Registers `GET /api/admin/orders`. */
export function registerListOrders(
  admin: App,
  { lists, variantNames }: Pick<Services, "lists" | "variantNames">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/orders",
    schema: {
      ...filteredListSchema,
      summary: "List orders by id",
      querystring: Type.Object({ ...rowQuery, status: optionalWord(orderStatuses) }),
      response: { 200: OrderList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      const filter = page === null ? null : await rowFilterFrom(reply, request.query, { variantNames })
      if (page === null || filter === null) return reply
      return filteredPage(await lists.orders(filter, page), orderJson, String)
    },
  })
}
