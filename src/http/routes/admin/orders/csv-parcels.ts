import { decimalAmount } from "../../../../domain/money.ts"
import { nameLines, type VariantNames } from "../../../../domain/lines.ts"
import type { OrderView } from "../../../../store/reads/views.ts"
import type { ProductNumbers } from "../../../../store/reads/product-numbers.ts"
import { orderJson } from "../../../../wire/order.ts"
import { addressColumns, cellsOfAddress, answersInCsv } from "./csv-details.ts"

const goodsColumns = ["goods", "skus", "units"] as const
const orderColumns = [
  "total_price",
  "currency",
  "order_refunded",
  "status",
  "created_at",
  "paid_at",
  "customer_id",
  "product_id",
  "product_external_id",
  "reference",
  "metadata",
] as const

/** A file with one row for each order, for labels and packing. */
export interface ParcelsInCsv {
  readonly headings: readonly string[]
  /** `names`: those of the order's variants, by id. */
  cellsOf(
    order: OrderView,
    product: ProductNumbers,
    names: ReadonlyMap<number, VariantNames>,
  ): readonly (string | number | null)[]
}

/**
 * Makes the rows of such a file. Its columns are the same for every product, so that a shipping program needs to be told once which
 * is which; only the `questions` of the products follow at the end.
 */
export function parcelsInCsv(questions: readonly string[]): ParcelsInCsv {
  const answers = answersInCsv(questions)
  return {
    headings: ["order_id", ...addressColumns, ...goodsColumns, ...orderColumns, ...answers.headings],
    cellsOf(order, product, names) {
      const goods = goodsOf(order, product, names)
      return [
        order.id,
        ...cellsOfAddress(order.details),
        goods.map(({ qty, name }) => `${qty} × ${name}`).join("; "),
        goods.flatMap(({ qty, sku }) => (sku === null ? [] : [`${qty} × ${sku}`])).join("; "),
        goods.reduce((sum, { qty }) => sum + qty, 0),
        ...cellsOfOrder(order, product),
        ...answers.cellsOf(order.details),
      ]
    },
  }
}

interface Goods {
  readonly qty: number
  readonly name: string
  readonly sku: string | null
}

/** What is to be sent: units that are back on sale are left out. */
function goodsOf(
  order: OrderView,
  { name, sku }: ProductNumbers,
  names: ReadonlyMap<number, VariantNames>,
): Goods[] {
  const left = ({ qty, restockedQty }: Pick<OrderView, "qty" | "restockedQty">) => qty - restockedQty
  const all =
    order.lines === null
      ? [{ qty: left(order), name, sku }]
      : nameLines(order.lines, (id) => names.get(id)).map((line) => ({
          qty: left(line),
          name: `${name}, ${line.name}`,
          sku: line.sku,
        }))
  return all.filter(({ qty }) => qty > 0)
}

function cellsOfOrder(order: OrderView, { externalId }: ProductNumbers) {
  const json = orderJson(order)
  const cells: Record<(typeof orderColumns)[number], string | number | null> = {
    total_price: json.total_price,
    currency: json.currency,
    order_refunded: refundedAmount(order),
    status: json.status,
    created_at: json.created_at,
    paid_at: json.paid_at,
    customer_id: json.customer_id,
    product_id: json.product_id,
    product_external_id: externalId,
    reference: order.reference,
    metadata: order.metadata === null ? null : JSON.stringify(order.metadata),
  }
  return orderColumns.map((column) => cells[column])
}

/** What of the whole order was refunded; null: nothing. */
export function refundedAmount({ refundedMinor, currency }: OrderView): string | null {
  return refundedMinor ? decimalAmount(refundedMinor, currency) : null
}
