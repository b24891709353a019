import { decimalAmount } from "../domain/money.ts"
import type { NoticeType } from "../wire/notices.ts"
import type { ComposedMail } from "./compose.ts"
import { mailHtml, mailText } from "./layout.ts"
import { mailLanguage } from "./mail-language.ts"
import { oneLine } from "./one-line.ts"
import type { MailShop } from "./shop-footer.ts"

interface Notice {
  readonly subject: string
  readonly text: string
  /** The page of the control room that shows more. */
  readonly path: string
}

/** What the events say of those fields that notices read; each event has only its own. */
interface Data {
  readonly order_id: number
  readonly product_id: number
  readonly status: string
  readonly amount_minor: number
  readonly currency: string
  readonly name: string
  readonly stock: number
  readonly sold_stock: number
  readonly alert: string
  readonly text: string
  readonly raised_at: string
}

/** What is right again, by the name of the alert that is over. */
const alertTexts: Readonly<Record<string, string>> = {
  invariants: "the rows of the database add up again",
  expiry: "held units are given back in time again",
  money_inbox: "the money inbox is empty",
}

const writers: Readonly<Record<NoticeType | "endpoint.test", (data: Data) => Notice>> = {
  "payment.refund_failed": (data) => ({
    subject: `A refund has failed: order ${data.order_id}`,
    text: `The refund of ${amountOf(data)} was confirmed and has failed after all. It needs a person.`,
    path: `/admin/orders/${data.order_id}`,
  }),
  "payment.disputed": (data) => ({
    subject: `Payment disputed: order ${data.order_id}`,
    text: `The buyer's bank claims ${amountOf(data)}. The dispute is ${data.status}; it is answered at the payment provider.`,
    path: `/admin/orders/${data.order_id}`,
  }),
  "product.sold_out": (data) => ({
    subject: `Sold out: ${data.name}`,
    text: `Every unit of ${data.name} is sold: ${data.stock}.`,
    path: `/admin/p/${data.product_id}`,
  }),
  "product.restocked": (data) => ({
    subject: `Back in stock: ${data.name}`,
    text: `${data.sold_stock} of ${data.stock} units of ${data.name} are sold.`,
    path: `/admin/p/${data.product_id}`,
  }),
  "alert.raised": (data) => ({
    subject: `Alert: ${data.text}`,
    text: `${data.text}. Since ${data.raised_at}.`,
    path: data.alert === "money_inbox" ? "/admin/money" : "/admin",
  }),
  "alert.ended": (data) => ({
    subject: `Alert over: ${alertTexts[data.alert] ?? data.alert}`,
    text: `The alert of ${data.raised_at} is over: ${alertTexts[data.alert] ?? data.alert}.`,
    path: "/admin",
  }),
  "endpoint.test": () => ({
    subject: "Test mail",
    text: "Alerts and the other events that you have chosen come to this mailbox.",
    path: "/admin/webhooks",
  }),
}

function amountOf({ amount_minor: minor, currency }: Data): string {
  return `${currency} ${decimalAmount(minor, currency)}`
}

/**
 * Writes an event as a mail to the shop, in English as the control room is. `publicUrl`: the storefront's address, which
 * makes the link to the control room; null: there is no link. Throws for an event that does not go to mailboxes.
 */
export function composeNotice(body: string, shop: MailShop, publicUrl: string | null): ComposedMail {
  const event = JSON.parse(body) as { readonly type: string; readonly data: Data }
  const write = Object.hasOwn(writers, event.type) ? writers[event.type as NoticeType] : undefined
  if (write === undefined) throw new Error(`${event.type} is not sent to mailboxes`)
  const { subject, text, path } = write(event.data)
  const link =
    publicUrl === null
      ? []
      : [{ kind: "link", label: "Open the control room", url: `${publicUrl}${path}` } as const]
  const why = "This mailbox is an endpoint of the shop's outgoing events: Webhooks in the control room."
  const content = {
    shop,
    language: mailLanguage(null, "en"),
    heading: subject,
    blocks: [{ kind: "text", text } as const, ...link, { kind: "note", text: why } as const],
  }
  return { subject: oneLine(`${subject} – ${shop.name}`), html: mailHtml(content), text: mailText(content) }
}
