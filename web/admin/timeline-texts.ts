import type {
  ListedPaymentEvent,
  OrderMail,
  Refund,
  RefundReason,
  TimelineEntry,
  WebhookDelivery,
  WholeOrder,
} from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { unitsOf } from "../shared/unit-texts.ts"
import { actionText } from "./action-texts.ts"

/** An entry of an order's timeline in words. */
export function timelineText({ what, of }: TimelineEntry, whole: WholeOrder): string {
  const { order } = whole
  switch (what) {
    case "hold_placed":
      return `Reserved ${unitsOf(order.quantity)} (hold ${order.hold_id})`
    case "order_created":
      return `Ordered for ${priceOf(order.total_minor, order.currency)}`
    case "order_paid":
      return order.late ? "Paid late, after the order had ended; units were still available" : "Paid"
    case "order_cancelled":
      return "Cancelled"
    case "order_expired":
      return "Expired without a payment"
    case "order_refunded":
      return "Refunded in full"
    case "payment_event":
      return eventText(
        whole.payment_events.find(({ provider, key }) => `${provider}/${key}` === of),
        order.currency,
      )
    case "refund_created":
    case "refund_confirmed":
    case "refund_failed":
    case "refund_withheld":
      return refundText(
        what,
        whole.refunds.find(({ refund_id }) => refund_id === of),
      )
    case "shop_action":
      return shopActionText(whole, of)
    case "event_delivered":
    case "event_failed":
      return deliveryText(deliveriesIn(whole).find((one) => `${one.endpoint_id}/${one.webhook_id}` === of))
    case "mail_sent":
    case "mail_failed":
      return mailText(whole.mails.find(({ mail_id }) => mail_id === of))
    default:
      // From a newer server.
      return [what, of].filter((part) => part !== null).join(" ")
  }
}

function deliveriesIn({ outgoing_events }: WholeOrder): readonly WebhookDelivery[] {
  return outgoing_events.flatMap(({ deliveries }) => deliveries)
}

const kindTexts: Readonly<Record<ListedPaymentEvent["kind"], string>> = {
  succeeded: "payment received",
  failed: "payment failed",
  cancelled: "payment cancelled",
  dispute_opened: "the buyer's bank disputes the payment",
  dispute_won: "the dispute is won",
  dispute_lost: "the dispute is lost",
}

const outcomeTexts: Readonly<Record<ListedPaymentEvent["outcome"], string>> = {
  paid: "it pays the order",
  refund_due: "it is refunded",
  cancelled: "it cancels the order",
  disputed: "",
  ignored_final: "it changes nothing",
  parked: "it waits in the money inbox",
}

/** A provider that names no currency means the order's. */
function eventText(event: ListedPaymentEvent | undefined, orderCurrency: string): string {
  if (event === undefined) return "A message of a payment provider"
  const { provider, kind, outcome, amount_minor: minor, currency } = event
  const amount = minor === null ? "" : `, ${priceOf(minor, currency ?? orderCurrency)}`
  const effect = outcomeTexts[outcome] === "" ? "" : `; ${outcomeTexts[outcome]}`
  return `${provider}: ${kindTexts[kind]}${amount}${effect}`
}

/** Why money goes back, as the end of a sentence. */
const reasonTexts: Readonly<Record<RefundReason, string>> = {
  amount_too_low: "because it was too little",
  amount_too_high: "because it was too much",
  elsewhere: "made outside of Doorbuster",
  wrong_currency: "because it was in another currency",
  second_payment: "because the order was paid already",
  paid_too_late: "because it came too late",
  sale_over: "because the sale was over",
  customer_limit_reached: "because the customer's limit was reached",
  access_code_used_up: "because the access code was used up",
  sold_out: "because no units were left",
  units_not_available: "because the units were not available any more",
  requested: "requested by the shop",
}

/** Why a refund was made, in words. */
export function reasonText(reason: RefundReason): string {
  return Object.hasOwn(reasonTexts, reason) ? reasonTexts[reason] : reason
}

function refundText(what: TimelineEntry["what"], refund: Refund | undefined): string {
  if (refund === undefined) return "A refund"
  const { refund_id, amount_minor, currency, reason, restock_qty, last_error } = refund
  const name = `Refund ${refund_id}`
  if (what === "refund_confirmed") return `${name} completed`
  if (what === "refund_failed") return `${name} failed: ${last_error ?? "the provider gave no reason"}`
  if (what === "refund_withheld") return `${name} withheld, because of a dispute`
  const parts = [
    amount_minor === 0 ? null : priceOf(amount_minor, currency),
    restock_qty === 0 ? null : `${unitsOf(restock_qty)} back on sale`,
  ].filter((part) => part !== null)
  return `${name}: ${parts.join(", ")}, ${reasonText(reason)}`
}

function shopActionText(whole: WholeOrder, of: string | null): string {
  const action = whole.actions.find(({ action_id }) => String(action_id) === of)
  return action === undefined ? "A change by the shop" : `Shop: ${actionText(action, whole.product)}`
}

function deliveryText(delivery: WebhookDelivery | undefined): string {
  if (delivery === undefined) return "A delivery to a webhook endpoint"
  const { type, endpoint_id, status, response_status, last_error } = delivery
  if (status === "delivered") return `Sent ${type} to endpoint ${endpoint_id}`
  const why = last_error ?? (response_status === null ? "no answer" : `status ${response_status}`)
  return `Sending ${type} to endpoint ${endpoint_id} failed: ${why}`
}

/** The kinds of mails in words. */
export const mailNames: Readonly<Record<OrderMail["kind"], string>> = {
  receipt: "receipt",
  refund: "notice of a refund",
  cancelled: "notice that the order was cancelled",
  links: "links to the buyer's orders",
}

function mailText(mail: OrderMail | undefined): string {
  if (mail === undefined) return "A mail to the buyer"
  if (mail.status === "sent") return `Mail sent: ${mailNames[mail.kind]}`
  return `Mail failed: ${mailNames[mail.kind]}: ${mail.last_error ?? "no reason given"}`
}
