import type { Hold, HoldStatus, Order, OrderStatus } from "../../client/src/index.ts"
import { ProblemError } from "../../client/src/index.ts"
import { buyers, shop } from "./api.ts"
import { readId } from "./form-values.ts"

/** What can be searched for. */
export const kinds = [
  ["orders", "Orders"],
  ["holds", "Holds"],
] as const

/** Units of one variant of an order or a hold. */
export interface FoundLine {
  readonly variantId: number
  /** The variant's name now. */
  readonly name: string
  readonly quantity: number
  /** How many of them can be restocked. */
  readonly restockable: number
}

/** The lines in one text: `1 × 42, 2 × 43`. */
export function linesText(lines: readonly FoundLine[]): string {
  return lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ")
}

/** An order or a hold. */
export interface Found {
  readonly id: number
  readonly productId: number
  /** The product's name now; null: there is no such product any more. */
  readonly productName: string | null
  readonly customerId: string | null
  readonly quantity: number
  readonly status: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly order: Order | null
  /** Its units by variant; none for a product without variants. */
  readonly lines: readonly FoundLine[]
}

interface FoundPage {
  readonly data: readonly Found[]
  readonly next_cursor: string | null
}

/** Finds the orders or holds that the page asks for. */
export async function find(
  asked: URLSearchParams,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<FoundPage> {
  const id = asked.get("id")
  const productId = asked.get("product_id")
  const kind = asked.get("kind") ?? "orders"
  if (!kinds.some(([known]) => known === kind))
    throw new Error(`Search for orders or holds, not for “${kind}”.`)
  const isHolds = kind === "holds"
  // The address was edited by hand. The field shows what is wrong with the id.
  const isRead = [id, productId].every((one) => one === null || readId(one).kind === "value")
  if (!isRead) return { data: [], next_cursor: null }
  if (id !== null) return findById(Number(id), isHolds, signal)
  const query = {
    cursor,
    limit: 50,
    customer_id: asked.get("customer_id") ?? undefined,
    product_id: productId === null ? undefined : Number(productId),
    reference: asked.get("reference") ?? undefined,
  }
  if (isHolds) {
    const status = (asked.get("status") ?? undefined) as HoldStatus | undefined
    const page = await shop.holds.list({ ...query, status }, { signal })
    return { data: await holdRows(page.data, signal), next_cursor: page.next_cursor }
  }
  const status = (asked.get("status") ?? undefined) as OrderStatus | undefined
  const ofOrders = {
    email: asked.get("email") ?? undefined,
    name: asked.get("name") ?? undefined,
    payment_id: asked.get("payment_id") ?? undefined,
    from: asked.get("from") ?? undefined,
    to: asked.get("to") ?? undefined,
  }
  const page = await shop.orders.search({ ...query, ...ofOrders, status, order: "newest" }, { signal })
  return { data: await orderRows(page.data, signal), next_cursor: page.next_cursor }
}

/** Finds an order or a hold by its id. A missing one gives an empty page. */
async function findById(id: number, isHolds: boolean, signal: AbortSignal): Promise<FoundPage> {
  try {
    const data = isHolds
      ? await holdRows([await buyers.holds.get(id, { signal })], signal)
      : await orderRows([await buyers.orders.get(id, { signal })], signal)
    return { data, next_cursor: null }
  } catch (error) {
    const isMissing = error instanceof ProblemError && error.status === 404
    if (isMissing) return { data: [], next_cursor: null }
    throw error
  }
}

async function holdRows(holds: readonly Hold[], signal: AbortSignal): Promise<readonly Found[]> {
  await readNames(holds, signal)
  return holds.map(holdRow)
}

async function orderRows(orders: readonly Order[], signal: AbortSignal): Promise<readonly Found[]> {
  await readNames(orders, signal)
  return orders.map(orderRow)
}

/** Names by product id; null: there is no such product. */
const productNames = new Map<number, string | null>()

/** Names by variant id. An id occurs once in the installation, so variants of different products have different ids. */
const variantNames = new Map<number, string>()

/** Reads the names of the products and variants in the rows, once for each product while the page is open. */
async function readNames(rows: readonly (Hold | Order)[], signal: AbortSignal): Promise<void> {
  const unknown = rows.filter(
    ({ product_id, lines = [] }) =>
      !productNames.has(product_id) || lines.some(({ variant_id }) => !variantNames.has(variant_id)),
  )
  const productIds = [...new Set(unknown.map(({ product_id }) => product_id))]
  await Promise.all(productIds.map((id) => readName(id, signal)))
}

async function readName(id: number, signal: AbortSignal): Promise<void> {
  const product = await shop.products.get(id, { signal }).catch((error: unknown) => {
    if (error instanceof ProblemError && error.code === "product_not_found") return null
    throw error
  })
  productNames.set(id, product?.name ?? null)
  for (const variant of product?.variants ?? []) variantNames.set(variant.id, variant.name)
}

const nameOf = (variantId: number) => variantNames.get(variantId) ?? `variant ${variantId}`

function holdRow(hold: Hold): Found {
  return {
    id: hold.hold_id,
    productId: hold.product_id,
    productName: productNames.get(hold.product_id) ?? null,
    customerId: hold.customer_id,
    quantity: hold.qty,
    status: hold.status,
    createdAt: hold.created_at,
    expiresAt: hold.expires_at,
    order: null,
    lines: (hold.lines ?? []).map(({ variant_id, qty }) => ({
      variantId: variant_id,
      name: nameOf(variant_id),
      quantity: qty,
      restockable: 0,
    })),
  }
}

function orderRow(order: Order): Found {
  return {
    id: order.order_id,
    productId: order.product_id,
    productName: productNames.get(order.product_id) ?? null,
    customerId: order.customer_id,
    quantity: order.quantity,
    status: order.status,
    createdAt: order.created_at,
    expiresAt: order.expires_at,
    order,
    lines: (order.lines ?? []).map(({ variant_id, quantity, restocked_qty }) => ({
      variantId: variant_id,
      name: nameOf(variant_id),
      quantity,
      restockable: quantity - restocked_qty,
    })),
  }
}
