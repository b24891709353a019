import { Readable } from "node:stream"
import { Type } from "typebox"
import type { Lists } from "../../../../store/reads/lists.ts"
import { orderJson } from "../../../../wire/order.ts"
import { adminSecurity } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { BYTE_ORDER_MARK, csvLine } from "../../../wire/csv.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

/** Rows that are read and sent at once: a few hundred kilobytes. */
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
  description: "A heading, then one line for each order",
  content: { "text/csv": { schema: Type.Unsafe<Readable>({ type: "string" }) } },
}

/** Registers `GET /api/admin/orders.csv`. */
export function registerExportOrdersCsv(admin: App, { lists }: Pick<Services, "lists">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/orders.csv",
    schema: {
      summary: "Export orders as CSV",
      description:
        "Rows are sent while they are read, so the file is not a snapshot of one moment. A file whose last line does not end with a line break is incomplete. The text is UTF-8 and begins with a byte order mark, from which Excel recognises the encoding. A cell that a spreadsheet would read as a formula begins with an apostrophe.",
      tags: ["admin"],
      security: adminSecurity,
      querystring: Type.Object({ product_id: Type.Optional(Type.String()) }),
      response: { 200: Csv, ...problemResponses },
    },
    async handler(request, reply) {
      const { product_id } = request.query
      const productId = product_id === undefined ? null : parseId(product_id)
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
}

/** Reads a page of rows only when the one before it has been sent, so a slow reader costs the memory of one page. */
async function* linesOf(lists: Lists, productId: number | null): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns)
  const filter = { productId, customerId: null, status: null }
  for (let after: number | null = 0; after !== null;) {
    const { rows, next } = await lists.orders(filter, { after, limit: ROWS_AT_ONCE })
    const lines = rows.map((row) => {
      const order = orderJson(row)
      return csvLine(columns.map((column) => cellFrom(order[column])))
    })
    if (lines.length > 0) yield lines.join("")
    after = next
  }
}

function cellFrom(value: string | number | boolean | null): string | number | null {
  return typeof value === "boolean" ? String(value) : value
}
