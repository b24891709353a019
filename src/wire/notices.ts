import { isEmailAddress } from "../domain/email-address.ts"
import type { EventType } from "./outgoing-event.ts"

/**
 * The outgoing events that can go to a mailbox of the shop: those that need a person or are worth a look, are rare, and tell
 * nothing about a buyer. Orders are too many, and a mailbox is no place for their data.
 */
export const noticeTypes = [
  "payment.refund_failed",
  "payment.disputed",
  "product.sold_out",
  "product.restocked",
  "alert.raised",
  "alert.ended",
] as const satisfies readonly EventType[]

export type NoticeType = (typeof noticeTypes)[number]

/** Whether all of these events can go to a mailbox. */
export function areNotices(types: readonly EventType[]): boolean {
  return types.every((type) => noticeTypes.some((one) => one === type))
}

const MAILTO = "mailto:"

/** The mail address of an endpoint's URL; null: the URL is not that of a mailbox. */
export function mailboxOf(url: string): string | null {
  return url.startsWith(MAILTO) ? url.slice(MAILTO.length) : null
}

/** Whether the text is the mail address of exactly one mailbox, as a URL without headers. */
export function isMailboxUrl(url: string): boolean {
  const address = mailboxOf(url)
  return address !== null && !/[?&%]/.test(address) && isEmailAddress(address)
}
