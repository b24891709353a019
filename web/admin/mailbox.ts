import type { EventType, WebhookEndpoint } from "../../client/src/admin.ts"

/** The events that a mailbox can receive, as `noticeTypes` of the server says. */
export const mailboxEvents: readonly EventType[] = [
  "alert.raised",
  "alert.ended",
  "product.sold_out",
  "product.restocked",
  "payment.refund_failed",
  "payment.disputed",
]

/** Whether an endpoint is a mailbox, which gets mails in place of signed requests. */
export function isMailbox({ url }: Pick<WebhookEndpoint, "url">): boolean {
  return url.startsWith("mailto:")
}
