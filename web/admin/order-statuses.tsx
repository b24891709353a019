import type { HoldStatus, OrderStatus } from "../../client/src/index.ts"

const statusTexts: Readonly<Record<HoldStatus | OrderStatus, string>> = {
  active: "Active",
  converted: "Converted to an order",
  released: "Released",
  pending_payment: "Awaiting payment",
  paid: "Paid",
  cancelled: "Cancelled",
  expired: "Expired",
  refunded: "Refunded",
}

/** The status of an order or a hold in words. An unknown one, from a newer server, is shown unchanged. */
export function statusText(status: string): string {
  return Object.hasOwn(statusTexts, status) ? statusTexts[status as keyof typeof statusTexts] : status
}

/** The status of an order in words, in the colour of what it means. */
export function OrderStatusBadge({ status }: { readonly status: OrderStatus }) {
  return <span class={`badge ${status}`}>{statusText(status)}</span>
}
