import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import { isoTime } from "../../../../domain/time.ts"
import { OrderList, orderViewJson, orderStatuses } from "../../../../wire/order.ts"
import type { AgeKey, OrderFilter } from "../../../../store/reads/row-lists.ts"
import type { OrderView } from "../../../../store/reads/views.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import {
  badQuery,
  decodeCursor,
  encodeCursor,
  readPageRequest,
  type BadParameter,
} from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, optionalWord, filteredPage } from "../filtered-lists.ts"
import { orderFilterFrom, orderQuery } from "./row-filter.ts"
import { momentFrom } from "../../../wire/times.ts"

/** The parameter that puts orders in order. */
export const orderOfOrders = Type.Optional(
  Type.Unsafe<"id" | "newest">({
    type: "string",
    enum: ["id", "newest"],
    description: "`id`, if not given; `newest`: by `created_at`, the newest first",
  }),
)

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
      security: needsRole("support"),
      summary: "List orders, by id or the newest first",
      description: `${filteredListSchema.description} A search by \`reference\` or \`payment_id\` uses an index and finds at most the newest 10,000 orders. To search by buyer, use \`POST /api/admin/orders/search\`.`,
      querystring: Type.Object({
        ...orderQuery,
        status: optionalWord(orderStatuses),
        order: orderOfOrders,
      }),
      response: { 200: OrderList, ...problemResponses },
    },
    async handler(request, reply) {
      const filter = await orderFilterFrom(reply, request.query, { variantNames })
      return filter === null ? reply : answerOrders(reply, { lists, filter, asked: request.query })
    },
  })
}

interface AskedOrders extends Pick<Services, "lists"> {
  readonly filter: OrderFilter
  readonly asked: { order?: string; limit?: string; cursor?: string }
  /** Makes the refusal of a parameter. */
  readonly bad?: BadParameter
}

/** Answers with a page of the orders that match the filter. */
export async function answerOrders(
  reply: FastifyReply,
  { lists, filter, asked, bad = badQuery }: AskedOrders,
) {
  void reply.header("cache-control", "no-store")
  if (asked.order === "newest") {
    const page = readPageRequest(reply, asked, ageKeyFrom, bad)
    return page === null ? reply : filteredPage(await lists.newestOrders(filter, page), toJson, ageCursor)
  }
  const page = readPageRequest(reply, asked, parseId, bad)
  return page === null ? reply : filteredPage(await lists.orders(filter, page), toJson, String)
}

function toJson(order: OrderView) {
  return orderViewJson(order)
}

function ageCursor({ createdAt, id }: AgeKey): string {
  return encodeCursor([isoTime(createdAt), id])
}

function ageKeyFrom(cursor: string): AgeKey | null {
  const [at, id] = decodeCursor(cursor) ?? []
  const createdAt = momentFrom(typeof at === "string" ? Date.parse(at) : NaN)
  return createdAt !== null && typeof id === "number" && Number.isSafeInteger(id) ? { createdAt, id } : null
}
