import type { History, HoldSeen, Invocation, Operation, ProductRecord, Response } from "./operations.ts"

/** The history of some of a product's variants, as if they were a product. */
export interface Projection {
  readonly variantIds: readonly number[]
  readonly history: History
}

/** Sets of more variants would add little: two suffice to show a basket of which a part took effect earlier. */
const MOST_TOGETHER = 2

/**
 * Projects the history of each product with variants on each variant, and on each pair of variants. An order of the
 * operations on the whole product would explain each projection, so a projection without one has found a violation:
 *
 * - of one variant: it was oversold, or a unit that it had was refused;
 * - of a pair: a basket of both took effect in two steps. A read between them shows one line held and not the other;
 *   the sum of the two is then a number that the product never had.
 */
export function projectionsOf(history: History): Projection[] {
  return history.products.flatMap((product) =>
    setsOf(product.variants?.map(({ id }) => id) ?? []).map((variantIds) => ({
      variantIds,
      history: projection(history, product, variantIds),
    })),
  )
}

function setsOf(ids: readonly number[]): number[][] {
  const pairs = ids.flatMap((one, index) => ids.slice(index + 1).map((other) => [one, other]))
  return [...ids.map((id) => [id]), ...(MOST_TOGETHER < ids.length ? pairs : [])]
}

function projection({ operations }: History, product: ProductRecord, ids: readonly number[]): History {
  const stock = sumOf(product.variants ?? [], ids, (variant) => variant.stock)
  const holds = holdsWith(operations, product.id, ids)
  const orders = ordersOf(operations, holds)
  const ours = operations.flatMap((operation) => {
    const { invocation } = operation
    if ("holdId" in invocation) return holds.has(invocation.holdId) ? [shown(operation, ids)] : []
    if ("orderId" in invocation) return orders.has(invocation.orderId) ? [operation] : []
    return invocation.productId === product.id ? ofProduct(operation, ids) : []
  })
  const { variants: _variants, ...rest } = product
  return { products: [{ ...rest, stock }], operations: ours }
}

/** The holds of which a line is of one of the variants, by the requests that were granted. */
function holdsWith(operations: readonly Operation[], productId: number, ids: readonly number[]): Set<number> {
  const holds = new Set<number>()
  for (const { invocation, response } of operations) {
    if (invocation.kind !== "hold" || invocation.productId !== productId || response.kind !== "hold") continue
    if (invocation.lines?.some(({ variantId }) => ids.includes(variantId))) holds.add(response.hold.id)
  }
  return holds
}

function ordersOf(operations: readonly Operation[], holds: ReadonlySet<number>): Set<number> {
  const orders = new Set<number>()
  for (const { invocation, response } of operations) {
    if (!("holdId" in invocation) || !holds.has(invocation.holdId)) continue
    if (response.kind === "order") orders.add(response.order.id)
    if (response.kind === "refused" && response.orderId !== undefined) orders.add(response.orderId)
  }
  return orders
}

function ofProduct(operation: Operation, ids: readonly number[]): Operation[] {
  const { invocation } = operation
  switch (invocation.kind) {
    case "hold": {
      const lines = invocation.lines?.filter(({ variantId }) => ids.includes(variantId)) ?? []
      const qty = lines.reduce((sum, line) => sum + line.qty, 0)
      return qty === 0 ? [] : [projectedHold({ ...operation, invocation }, { ids, qty })]
    }
    case "set_stock":
      return [shown(ofStock(operation, invocation, ids), ids)]
    default:
      return [shown(operation, ids)]
  }
}

/**
 * "Out of stock" names the variants that lack units. It says of such a variant what a refusal says of a product; of all
 * others, and of pairs, it says nothing: the lines that it keeps tell so.
 */
function projectedHold(
  operation: Operation & { readonly invocation: Extract<Invocation, { kind: "hold" }> },
  { ids, qty }: { readonly ids: readonly number[]; readonly qty: number },
): Operation {
  const { lines: _lines, ...single } = operation.invocation
  const { response } = operation
  const lacking =
    response.kind === "refused" && ids.length === 1
      ? response.lacking?.find(({ variantId }) => variantId === ids[0])
      : undefined
  if (response.kind !== "refused" || lacking === undefined) {
    return shown({ ...operation, invocation: { ...operation.invocation, qty } }, ids)
  }
  const refused: Response = { kind: "refused", code: response.code, available: lacking.available }
  return { ...operation, invocation: { ...single, qty }, response: refused }
}

/** The stock of another variant says nothing about these, but its response shows them. */
function ofStock(
  operation: Operation,
  { productId, variantId, ...change }: Extract<Invocation, { kind: "set_stock" }>,
  ids: readonly number[],
): Operation {
  if (variantId === undefined || !ids.includes(variantId)) {
    return { ...operation, invocation: { kind: "read_product", productId } }
  }
  const whole = ids.length === 1 ? {} : { variantId }
  return { ...operation, invocation: { productId, ...change, ...whole } }
}

/** The operation with a response that shows these variants only. */
function shown(operation: Operation, ids: readonly number[]): Operation {
  const { response } = operation
  if (response.kind === "hold")
    return { ...operation, response: { ...response, hold: part(response.hold, ids) } }
  if (response.kind !== "product") return operation
  const units = response.variants ?? []
  return {
    ...operation,
    response: {
      kind: "product",
      stock: sumOf(units, ids, ({ stock }) => stock),
      available: sumOf(units, ids, ({ available }) => available),
      held: sumOf(units, ids, ({ held }) => held),
      sold: sumOf(units, ids, ({ sold }) => sold),
    },
  }
}

function part({ lines, ...hold }: HoldSeen, ids: readonly number[]): HoldSeen {
  const ours = lines?.filter(({ variantId }) => ids.includes(variantId)) ?? []
  return { ...hold, qty: ours.reduce((sum, { qty }) => sum + qty, 0) }
}

function sumOf<Of extends { readonly id: number }>(
  all: readonly Of[],
  ids: readonly number[],
  value: (one: Of) => number,
): number {
  return all.filter(({ id }) => ids.includes(id)).reduce((sum, one) => sum + value(one), 0)
}
