import { Type } from "typebox"
import { instant, isoTime } from "../../../../domain/time.ts"
import { OrderList, ownOrderJson, orderStatuses } from "../../../../wire/order.ts"
import type { AgeKey } from "../../../../store/reads/row-lists.ts"
import type { OrderView } from "../../../../store/reads/views.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { decodeCursor, encodeCursor, readPageRequest } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, optionalWord, filteredPage } from "../filtered-lists.ts"
import { orderFilterFrom, orderQuery } from "./row-filter.ts"

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
      summary: "List orders, by id or the newest first",
      description: `${filteredListSchema.description} \`email\`, \`name\`, \`reference\` and \`payment_id\` find orders without reading others, up to 10,000 by each of them.`,
      querystring: Type.Object({
        ...orderQuery,
        status: optionalWord(orderStatuses),
        order: Type.Optional(
          Type.Unsafe<string>({
            type: "string",
            enum: ["id", "newest"],
            description: "`id`, if not given; `newest`: by `created_at`, the newest first",
          }),
        ),
      }),
      response: { 200: OrderList, ...problemResponses },
    },
    async handler(request, reply) {
      const { query } = request
      const filter = await orderFilterFrom(reply, query, { variantNames })
      if (filter === null) return reply
      void reply.header("cache-control", "no-store")
      if (query.order === "newest") {
        const page = readPageRequest(reply, query, ageKeyFrom)
        return page === null ? reply : filteredPage(await lists.newestOrders(filter, page), toJson, ageCursor)
      }
      const page = readPageRequest(reply, query, parseId)
      return page === null ? reply : filteredPage(await lists.orders(filter, page), toJson, String)
    },
  })
}

function toJson(order: OrderView) {
  return ownOrderJson(order, order.details)
}

function ageCursor({ createdAt, id }: AgeKey): string {
  return encodeCursor([isoTime(createdAt), id])
}

function ageKeyFrom(cursor: string): AgeKey | null {
  const [at, id] = decodeCursor(cursor) ?? []
  const createdAt = typeof at === "string" ? Date.parse(at) : NaN
  const isPlace = !Number.isNaN(createdAt) && typeof id === "number" && Number.isSafeInteger(id)
  return isPlace ? { createdAt: instant(createdAt), id } : null
}
