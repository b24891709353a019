import { Type } from "typebox"
import { Id, body, orNull } from "../../../../wire/fields.ts"
import { OrderList, orderStatuses } from "../../../../wire/order.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { LARGEST_PAGE, badField } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, optionalWord } from "../filtered-lists.ts"
import { answerOrders, orderOfOrders } from "./list-orders.ts"
import { buyerFields, orderFilterFrom, orderQuery } from "./row-filter.ts"

/** The fields of a search: each that is given must match. */
export const OrderSearch = body({
  ...orderQuery,
  ...buyerFields,
  cursor: Type.Optional(
    orNull<string>("string", { description: "The `next_cursor` of the previous page; null: the first page" }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_PAGE, description: "20 if not given" })),
  product_id: Type.Optional(Id),
  variant_id: Type.Optional(Id),
  status: optionalWord(orderStatuses),
  order: orderOfOrders,
})

/** Registers `POST /api/admin/orders/search`. */
export function registerSearchOrders(
  admin: App,
  { lists, variantNames }: Pick<Services, "lists" | "variantNames">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/search",
    schema: {
      ...filteredListSchema,
      security: needsRole("support"),
      summary: "Search orders by buyer, reference, payment and time",
      description: `Takes the filters of \`GET /api/admin/orders\`, and \`email\` and \`name\`, in the body, because URLs are kept in logs. Orders must match all of them. A search is not recorded as an action. ${filteredListSchema.description} A search by \`email\`, \`name\`, \`reference\` or \`payment_id\` uses an index and finds at most the newest 10,000 orders.`,
      body: OrderSearch,
      response: { 200: OrderList, ...problemResponses },
    },
    async handler({ body: { cursor, limit, product_id, variant_id, ...words } }, reply) {
      const asked = {
        ...words,
        ...(typeof cursor === "string" && { cursor }),
        ...(limit !== undefined && { limit: String(limit) }),
        ...(product_id !== undefined && { product_id: String(product_id) }),
        ...(variant_id !== undefined && { variant_id: String(variant_id) }),
      }
      const filter = await orderFilterFrom(reply, asked, { variantNames }, badField)
      return filter === null ? reply : answerOrders(reply, { lists, filter, asked, bad: badField })
    },
  })
}
