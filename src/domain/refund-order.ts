import type { RefundOrder } from "./commands.ts"
import { createRefund } from "./create-refund.ts"
import type { OrderLine, WantedLine } from "./lines.ts"
import type { Order } from "./order.ts"
import type { RefundOrderRefusal } from "./refusals.ts"
import type { Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import { restockUnits } from "./units.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * Refunds money of the payment that paid an order, and restocks units of the order.
 *
 * The units are available at once; the refund is due until it is sent to the provider. Never refunds more than
 * earlier refunds and disputes have left of the payment, and never restocks more units than were sold
 * (I2, I7).
 */
export function refundOrder(
  state: WorkingSet,
  { orderId, amountMinor, restockQty, restockLines }: RefundOrder,
  now: Instant,
): Refund | RefundOrderRefusal {
  const order = state.orders.get(orderId)
  if (order === undefined) return { code: "order_not_found" }
  const payment = [...state.payments.values()].find(
    (one) => one.orderId === orderId && one.allocation === "order",
  )
  if (payment === undefined) return { code: "order_not_paid" }

  const isDisputed = payment.disputedMinor > 0
  const refundableMinor = payment.amountMinor - payment.refundedMinor - payment.disputedMinor
  const amount = amountMinor ?? refundableMinor
  if (amount > refundableMinor) {
    return { code: isDisputed ? "payment_disputed" : "refund_over_payment", refundableMinor }
  }
  const restocked = restockedLines(order, restockQty, restockLines)
  if ("code" in restocked) return restocked
  if (restockQty > 0) {
    const restockedQty = order.restockedQty + restockQty
    state.orders.replace({ ...order, restockedQty, lines: restocked.after })
    restockUnits(state, { ...order, qty: restockQty, lines: restocked.moved })
  }
  const wanted = { amountMinor: amount, restockQty, reason: "requested", notBefore: now } as const
  const refund = createRefund(state, payment, wanted, now)
  if (refund !== null) return refund
  return amountMinor === null && isDisputed
    ? { code: "payment_disputed", refundableMinor }
    : { code: "nothing_to_refund" }
}

interface RestockedLines {
  /** The units that are restocked, by variant. */
  readonly moved: readonly WantedLine[] | null
  /** The order's lines afterwards. */
  readonly after: readonly OrderLine[] | null
}

/** Spreads the restocked units over the order's lines. Without `wanted` it is clear only where there is one line. */
function restockedLines(
  order: Order,
  qty: number,
  wanted: readonly WantedLine[] | undefined,
): RestockedLines | RefundOrderRefusal {
  const { lines } = order
  const restockableQty = order.qty - order.restockedQty
  const [only, ...others] = lines ?? []
  if (lines === null || only === undefined) {
    const [named] = wanted ?? []
    if (named !== undefined) return { code: "variant_not_found", variantId: named.variantId }
    return qty > restockableQty
      ? { code: "restock_over_order", restockableQty }
      : { moved: null, after: null }
  }
  if (wanted === undefined && others.length > 0 && qty > 0) return { code: "restock_lines_required" }
  const moved = wanted ?? [{ variantId: only.variantId, qty }]
  for (const { variantId, qty: restocked } of moved) {
    const line = lines.find((one) => one.variantId === variantId)
    if (line === undefined) return { code: "variant_not_found", variantId }
    const left = line.qty - line.restockedQty
    if (restocked > left) return { code: "restock_over_order", restockableQty: left }
  }
  return { moved, after: lines.map((line) => restockedLine(line, moved)) }
}

function restockedLine(line: OrderLine, moved: readonly WantedLine[]): OrderLine {
  const restocked = moved.find(({ variantId }) => variantId === line.variantId)
  return { ...line, restockedQty: line.restockedQty + (restocked?.qty ?? 0) }
}
