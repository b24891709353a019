import { Readable } from "node:stream"
import { Type } from "typebox"
import { nameLines, type NamedLine, type VariantNames } from "../../../../domain/lines.ts"
import type { Order, OrderStatus } from "../../../../domain/order.ts"
import { decimalAmount } from "../../../../domain/money.ts"
import { unsearched } from "../../../../store/reads/row-lists.ts"
import type { Lists } from "../../../../store/reads/lists.ts"
import type { ProductNumbers } from "../../../../store/reads/product-numbers.ts"
import type { OrderView } from "../../../../store/reads/views.ts"
import { orderJson, orderStatuses, type OrderJson } from "../../../../wire/order.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { BYTE_ORDER_MARK, csvLine } from "../../../wire/csv.ts"
import { parseId } from "../../../wire/ids.ts"
import { optionalWord } from "../filtered-lists.ts"
import { detailsInCsv } from "./csv-details.ts"
import { parcelsInCsv, refundedAmount } from "./csv-parcels.ts"
import { badQuery } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

/** `lines`: a row for each line of an order, whose columns keep their places. `orders`: one row, for labels. */
const rowForms = ["lines", "orders"] as const

/** Rows that are read and sent at once: a few hundred kilobytes. */
const ROWS_AT_ONCE = 1_000

const orderColumns = [
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

/** For orders of products without variants only `sku`, the product's. At the end, so that the others keep their places. */
const lineColumns = ["variant_id", "sku", "variant_name"] as const
/** What the shop's own systems know the order by, the metadata as JSON, and what of the whole order was refunded. */
const shopColumns = ["reference", "metadata", "order_refunded"] as const
/** Only where a product of the file has one. Behind the buyers' details, so that these keep their places, too. */
const lastColumn = ["product_external_id"] as const

const Csv = {
  description:
    "A heading, then a row for each order, or, without `rows=orders`, for each of its lines if its product has variants",
  content: { "text/csv": { schema: Type.Unsafe<Readable>({ type: "string" }) } },
}

type ExportServices = Pick<Services, "lists" | "variantNames">

/** Registers `GET /api/admin/orders.csv`. */
export function registerExportOrdersCsv(admin: App, services: ExportServices): void {
  admin.route({
    method: "GET",
    url: "/api/admin/orders.csv",
    schema: {
      summary: "Export orders as CSV",
      description:
        "An order of a product with variants has a row for each of its lines, whose `quantity`, `unit_price`, `total_price` and `restocked_qty` are those of the line, so that the sums over a column are right. Rows are sent while they are read, so the file is not a snapshot of one moment. A file whose last row does not end with a line break is incomplete. The text is UTF-8 and begins with a byte order mark, from which Excel recognises the encoding. A cell that a spreadsheet would read as a formula begins with an apostrophe. After the columns of the order come `reference`, `metadata` and `order_refunded` (of the whole order, in each of its rows) and, where buyers are asked for details, those: e-mail, name, phone, the fields of the address, and `answer_…` for each question. `sku` is that of the variant or, of a product without variants, the product's. Where products have an `external_id`, the last column is `product_external_id`. Without `product_id`, the orders of all products are in one file. `status=paid` keeps only orders that are paid and not refunded in full. `rows=orders` is the form for labels and packing: one row for each order, with other columns. After `order_id` come the recipient's name, the address, e-mail and phone; then `goods`, such as `1 × Hoodie, Black / M; 2 × Hoodie, Black / L`, `skus` in the same form and `units`, all three without units that are back on sale; then the order's total and its other fields; last `answer_…` for each question. The columns of the address are there also where no product asks for one.",
      tags: ["admin"],
      security: needsRole("support"),
      querystring: Type.Object({
        product_id: Type.Optional(Type.String()),
        status: optionalWord(orderStatuses),
        rows: optionalWord(rowForms),
      }),
      response: { 200: Csv, ...problemResponses },
    },
    async handler(request, reply) {
      const { product_id, status = null, rows = "lines" } = request.query
      const productId = product_id === undefined ? null : parseId(product_id)
      if (product_id !== undefined && productId === null) {
        return refuse(reply, badQuery("product_id", "an id"))
      }
      const what = status === "paid" ? "parcels" : "orders"
      const name = productId === null ? `${what}.csv` : `${what}-of-product-${productId}.csv`
      return reply
        .headers({
          "cache-control": "no-store",
          "content-type": "text/csv; charset=utf-8; header=present",
          "content-disposition": `attachment; filename="${name}"`,
        })
        .send(Readable.from(rowsOf(services, { productId, status, rows })))
    },
  })
}

interface Wanted {
  readonly productId: number | null
  readonly status: OrderStatus | null
  readonly rows: (typeof rowForms)[number]
}

/** Reads a page of orders only when the one before it has been sent, so a slow reader costs the memory of one page. */
async function* rowsOf(
  { lists, variantNames }: ExportServices,
  { productId, status, rows }: Wanted,
): AsyncGenerator<string> {
  const form = await formOf(lists, productId, rows)
  yield BYTE_ORDER_MARK + csvLine(form.headings)
  const filter = { productId, customerId: null, status, variantIds: null, ...unsearched }
  for (let after: number | null = 0; after !== null;) {
    const { rows: orders, next } = await lists.orders(filter, { after, limit: ROWS_AT_ONCE })
    const names = await variantNames.namesOf(orders.flatMap(variantsOf))
    const products = await lists.productNumbers(orders.map(({ productId }) => productId))
    const texts = orders.flatMap((order) =>
      form.rowsOf(order, products.get(order.productId) ?? unknownProduct, names),
    )
    if (texts.length > 0) yield texts.join("")
    after = next
  }
}

/** Only for an order without a product, which `verify` reports. */
const unknownProduct: ProductNumbers = { name: "", sku: null, externalId: null }

interface Form {
  readonly headings: readonly string[]
  /** The rows of an order, each with its line break. */
  rowsOf(order: OrderView, product: ProductNumbers, names: ReadonlyMap<number, VariantNames>): string[]
}

async function formOf(lists: Lists, productId: number | null, rows: Wanted["rows"]): Promise<Form> {
  const asked = await lists.askedDetails(productId)
  if (rows === "orders") {
    const parcels = parcelsInCsv(asked.questions)
    return { headings: parcels.headings, rowsOf: (...order) => [csvLine(parcels.cellsOf(...order))] }
  }
  const details = detailsInCsv(asked.any, asked.questions)
  const hasExternalIds = await lists.hasExternalIds(productId)
  const last = hasExternalIds ? lastColumn : []
  return {
    headings: [...orderColumns, ...lineColumns, ...shopColumns, ...details.headings, ...last],
    rowsOf(order, { sku, externalId }, names) {
      const external = hasExternalIds ? [externalId] : []
      return rowsOfOrder(order, names, {
        sku,
        more: [...shopCells(order), ...details.cellsOf(order.details), ...external],
      })
    },
  }
}

function variantsOf({ productId, lines }: Order) {
  return (lines ?? []).map(({ variantId }) => ({ productId, variantId }))
}

/** `sku`: the product's; `more`: the cells that are the same in each row of the order. */
function rowsOfOrder(
  order: Order,
  names: ReadonlyMap<number, VariantNames>,
  { sku, more }: { readonly sku: string | null; readonly more: readonly (string | null)[] },
): string[] {
  const json = orderJson(order)
  const rowWith = (cells: OrderCells, line: readonly (string | number | null)[]) =>
    csvLine([...orderColumns.map((column) => cellFrom(cells[column])), ...line, ...more])
  if (order.lines === null) return [rowWith(json, [null, sku, null])]
  return nameLines(order.lines, (variantId) => names.get(variantId)).map((line) =>
    rowWith({ ...json, ...cellsOf(line, order) }, [line.variantId, line.sku, line.name]),
  )
}

function shopCells(order: OrderView) {
  const { reference, metadata } = order
  return [reference, metadata === null ? null : JSON.stringify(metadata), refundedAmount(order)]
}

type OrderCells = Pick<OrderJson, (typeof orderColumns)[number]>

/** The cells in which the row of a line differs from the order. */
function cellsOf({ qty, unitPriceMinor, restockedQty }: NamedLine, { currency }: Order) {
  return {
    quantity: qty,
    unit_price: decimalAmount(unitPriceMinor, currency),
    total_price: decimalAmount(unitPriceMinor * qty, currency),
    restocked_qty: restockedQty,
  }
}

function cellFrom(value: string | number | boolean | null): string | number | null {
  return typeof value === "boolean" ? String(value) : value
}
