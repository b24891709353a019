import { Readable } from "node:stream"
import { Type } from "typebox"
import type { Lists } from "../../../store/reads/lists.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { BYTE_ORDER_MARK, csvLine } from "../../wire/csv.ts"
import { badQuery } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import { orderJson } from "../../../wire/order.ts"

/** Read and written at once: a few hundred kilobytes. */
const ROWS_AT_ONCE = 1_000

const columns = [
  "order_id",
  "hold_id",
  "product_id",
  "customer_id",
  "status",
  "quantity",
  "unit_price",
  "total_price",
  "currency",
  "restocked_qty",
  "late",
  "created_at",
  "expires_at",
  "paid_at",
  "updated_at",
] as const

const Csv = {
  description: "A heading line, then a line for each order",
  content: { "text/csv": { schema: Type.Unsafe<Readable>({ type: "string" }) } },
}

/** All orders as a file for a spreadsheet. */
export function adminOrdersCsvRoutes(app: App, services: Services): void {
  const { lists } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "GET",
      url: "/api/admin/orders.csv",
      schema: {
        summary: "Export a product's orders as CSV",
        description:
          "The file is sent while the orders are read, so it does not show all of them at the same moment. A file that ends without a line break is incomplete. It is UTF-8 with a byte order mark, which Excel needs. A cell that a spreadsheet would run as a formula begins with an apostrophe.",
        tags: ["admin"],
        security: adminSecurity,
        querystring: Type.Object({ product_id: Type.Optional(Type.String()) }),
        response: { 200: Csv, ...problemResponses },
      },
      async handler(request, reply) {
        const { product_id } = request.query
        const productId = product_id === undefined ? null : idFromPath(product_id)
        if (product_id !== undefined && productId === null) {
          return refuse(reply, badQuery("product_id", "an id"))
        }
        const name = productId === null ? "orders.csv" : `orders-of-product-${productId}.csv`
        return reply
          .headers({
            "cache-control": "no-store",
            "content-type": "text/csv; charset=utf-8; header=present",
            "content-disposition": `attachment; filename="${name}"`,
          })
          .send(Readable.from(linesOf(lists, productId)))
      },
    })
  })
}

/** A page is read when the one before it has been taken: a slow reader costs one page of memory. */
async function* linesOf(lists: Lists, productId: number | null): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns)
  const filter = { productId, customerId: null, status: null }
  for (let after: number | null = 0; after !== null;) {
    const { rows, next } = await lists.orders(filter, { after, limit: ROWS_AT_ONCE })
    const lines = rows.map((row) => {
      const order = orderJson(row)
      return csvLine(columns.map((column) => plain(order[column])))
    })
    if (lines.length > 0) yield lines.join("")
    after = next
  }
}

function plain(value: string | number | boolean | null): string | number | null {
  return typeof value === "boolean" ? String(value) : value
}
