import { Type, type Static } from "typebox"
import { Time, oneOf, orNull } from "../../wire/fields.ts"
import type { RefundJson } from "../../wire/refund.ts"
import type { WholeOrderJson } from "./whole-order.ts"

/** What an entry of the timeline can be, in the order in which entries of one moment stand. */
const happenings = [
  "hold_placed",
  "order_created",
  "payment_event",
  "order_paid",
  "order_cancelled",
  "order_expired",
  "refund_created",
  "refund_confirmed",
  "refund_failed",
  "refund_withheld",
  "order_refunded",
  "shop_action",
  "event_delivered",
  "event_failed",
  "mail_sent",
  "mail_failed",
] as const

export const TimelineEntry = Type.Object({
  at: Time,
  what: oneOf(happenings),
  of: orNull<string>("string", {
    description:
      "The entry of the answer's lists that it is about: a `refund_id`, an `action_id`, `provider/key` of a payment event, a `mail_id`, or `endpoint_id/webhook_id` of a delivery; null: the order or its hold",
  }),
})

export type TimelineEntryJson = Static<typeof TimelineEntry>

/** Everything in the answer that has a time, oldest first. */
export function timelineOf(whole: Omit<WholeOrderJson, "timeline">): TimelineEntryJson[] {
  const { hold, payment_events, refunds, outgoing_events, mails, actions } = whole
  const entries: TimelineEntryJson[] = [
    ...(hold === null ? [] : [{ at: hold.created_at, what: "hold_placed" as const, of: null }]),
    ...ofOrder(whole.order),
    ...payment_events.map(({ received_at, provider, key }) => ({
      at: received_at,
      what: "payment_event" as const,
      of: `${provider}/${key}`,
    })),
    ...refunds.flatMap(ofRefund),
    ...actions.map(({ created_at, action_id }) => ({
      at: created_at,
      what: "shop_action" as const,
      of: String(action_id),
    })),
    ...outgoing_events.flatMap(({ deliveries }) => deliveries.flatMap(ofDelivery)),
    ...mails.flatMap(ofMail),
  ]
  return entries.sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at) || rankOf(one) - rankOf(other),
  )
}

function rankOf({ what }: TimelineEntryJson): number {
  return happenings.indexOf(what)
}

/** The changes of the order that its row has a time of: how it stands now, not what it was before late money paid it. */
function ofOrder(order: WholeOrderJson["order"]): TimelineEntryJson[] {
  const entries: TimelineEntryJson[] = [{ at: order.created_at, what: "order_created", of: null }]
  if (order.paid_at !== null) entries.push({ at: order.paid_at, what: "order_paid", of: null })
  if (order.status === "cancelled") entries.push({ at: order.updated_at, what: "order_cancelled", of: null })
  if (order.status === "expired") entries.push({ at: order.expires_at, what: "order_expired", of: null })
  if (order.status === "refunded") entries.push({ at: order.updated_at, what: "order_refunded", of: null })
  return entries
}

const refundEnds = {
  confirmed: "refund_confirmed",
  failed: "refund_failed",
  withheld: "refund_withheld",
} as const

function ofRefund({ refund_id: of, created_at, updated_at, status }: RefundJson): TimelineEntryJson[] {
  const created: TimelineEntryJson = { at: created_at, what: "refund_created", of }
  const isOpen = status === "due" || status === "sent"
  return isOpen ? [created] : [created, { at: updated_at, what: refundEnds[status], of }]
}

type DeliveryJson = WholeOrderJson["outgoing_events"][number]["deliveries"][number]

function ofDelivery({ endpoint_id, webhook_id, updated_at, status }: DeliveryJson): TimelineEntryJson[] {
  if (status === "due") return []
  const what = status === "delivered" ? "event_delivered" : "event_failed"
  return [{ at: updated_at, what, of: `${endpoint_id}/${webhook_id}` }]
}

function ofMail({ mail_id, status, updated_at }: WholeOrderJson["mails"][number]): TimelineEntryJson[] {
  if (status !== "sent" && status !== "failed") return []
  return [{ at: updated_at, what: status === "sent" ? "mail_sent" : "mail_failed", of: mail_id }]
}
