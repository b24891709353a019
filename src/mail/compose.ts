import type { Address } from "../domain/details.ts"
import { decimalAmount } from "../domain/money.ts"
import type { MailKind } from "../domain/mails.ts"
import type { NamedLine } from "../domain/lines.ts"
import type { Order, OrderStatus } from "../domain/order.ts"
import type { Refund, RefundReason } from "../domain/refund.ts"
import { mailHtml, mailText, oneLine, type MailBlock, type MailRow } from "./layout.ts"

/** The shop in whose name mails are written. */
export interface Shop {
  readonly name: string
  /** The link to an order, with the proof of its owner. */
  linkTo(order: Pick<Order, "id" | "holdId" | "productId" | "qty">): string
}

/** An order with the names that a mail shows. */
export interface ComposedOrder extends Order {
  readonly productName: string
  readonly namedLines: readonly NamedLine[]
}

/** What a mail is about. */
export interface ComposedContent {
  readonly kind: MailKind
  readonly name: string | null
  readonly shippingAddress: Address | null
  readonly order: ComposedOrder
  readonly refund: Pick<Refund, "amountMinor" | "currency" | "reason"> | null
  readonly orders: readonly ComposedOrder[]
}

/** A mail's subject, HTML and text. */
export interface ComposedMail {
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Writes a mail about an order. The subject is one line, and every value in the HTML is escaped. */
export function composeMail(content: ComposedContent, shop: Shop): ComposedMail {
  const { subject, heading, blocks } = partsOf(content, shop)
  const body = { shopName: shop.name, heading, blocks: [...greeting(content), ...blocks] }
  return { subject: oneLine(`${subject} – ${shop.name}`), html: mailHtml(body), text: mailText(body) }
}

interface Parts {
  readonly subject: string
  readonly heading: string
  readonly blocks: readonly MailBlock[]
}

function partsOf(content: ComposedContent, shop: Shop): Parts {
  switch (content.kind) {
    case "receipt":
      return receipt(content, shop)
    case "refund":
      return refunded(content, shop)
    case "cancelled":
      return cancelled(content, shop)
    case "links":
      return links(content, shop)
  }
}

/**
 * The buyer's name for the greeting and the recipient; empty if the mail must not contain it. Anybody can order with somebody
 * else's e-mail address and any text as the name, and the mail comes from the shop. So a text that looks like a link or a
 * message is left out. Mails with order links contain no name at all, because anybody can request them.
 */
export function nameInMail({ kind, name }: Pick<ComposedContent, "kind" | "name">): string {
  const text = oneLine(name ?? "")
  const isName = text.length <= LONGEST_NAME && !/[/:@]|www\.|\p{L}\.\p{L}{2}/iu.test(text)
  return kind !== "links" && isName ? text : ""
}

/** Longer than the names of most people, and too short for a message. */
const LONGEST_NAME = 60

function greeting(content: ComposedContent): MailBlock[] {
  const name = nameInMail(content)
  return name === "" ? [] : [{ kind: "text", text: `Hello ${name},` }]
}

const linkNote: MailBlock = {
  kind: "note",
  text: "Anyone who has this link can see and change the order. Do not share it.",
}

function orderLink(order: ComposedOrder, shop: Shop): MailBlock[] {
  return [{ kind: "link", label: "See your order", url: shop.linkTo(order) }, linkNote]
}

function receipt(content: ComposedContent, shop: Shop): Parts {
  const { order } = content
  return {
    subject: `Receipt for order ${order.id}`,
    heading: "Thank you for your order",
    blocks: [
      { kind: "text", text: `Order ${order.id} is paid. This is your receipt.` },
      {
        kind: "table",
        rows: rowsOf(order),
        total: { label: "Total", amount: amountText(order.totalMinor, order.currency) },
      },
      ...addressBlock(content),
      ...orderLink(order, shop),
    ],
  }
}

function refunded({ order, refund }: ComposedContent, shop: Shop): Parts {
  if (refund === null) throw new Error(`the refund that a mail about order ${order.id} names is missing`)
  const amount = amountText(refund.amountMinor, refund.currency)
  return {
    subject: `Refund of ${amount} for order ${order.id}`,
    heading: `We have refunded ${amount}`,
    blocks: [
      { kind: "text", text: `Order ${order.id}, ${goodsText(order)}: ${reasonText(refund, order)}` },
      { kind: "text", text: "It can take a few days until you receive the money." },
      ...orderLink(order, shop),
    ],
  }
}

function reasonText({ reason, amountMinor }: NonNullable<ComposedContent["refund"]>, order: Order): string {
  const isPart = amountMinor < order.totalMinor
  const texts: Record<RefundReason, string> = {
    requested: `the shop has refunded ${isPart ? "a part of the price" : "the price"}.`,
    elsewhere: `the shop has refunded ${isPart ? "a part of the price" : "the price"}.`,
    second_payment: "it was already paid, so the second payment was refunded.",
    amount_too_high: "more than the price was paid, so the difference was refunded.",
    amount_too_low: "less than the price was paid, so the payment was refunded.",
    wrong_currency: "the payment was in another currency, so it was refunded.",
    paid_too_late: "the payment arrived too late, so it was refunded.",
    sale_over: "the payment arrived after the sale had ended, so it was refunded.",
    customer_limit_reached:
      "the payment arrived late and the limit per customer was reached, so it was refunded.",
    sold_out: "the payment arrived late and the goods were sold out, so it was refunded.",
    units_not_available:
      "the payment arrived late and the goods were no longer available, so it was refunded.",
  }
  return texts[reason]
}

function cancelled({ order }: ComposedContent, shop: Shop): Parts {
  return {
    subject: `Order ${order.id} is cancelled`,
    heading: "Your order is cancelled",
    blocks: [
      { kind: "text", text: `The shop has cancelled order ${order.id}, ${goodsText(order)}.` },
      {
        kind: "text",
        text: "You do not need to pay for it. If you have already paid, your payment is refunded automatically.",
      },
      ...orderLink(order, shop),
    ],
  }
}

function links({ orders }: ComposedContent, shop: Shop): Parts {
  return {
    subject: orders.length === 1 ? "The link to your order" : "The links to your orders",
    heading: orders.length === 1 ? "Your order" : "Your orders",
    blocks: [
      { kind: "text", text: "Here are the links to the orders placed with this e-mail address." },
      ...orders.flatMap((order): MailBlock[] => [
        {
          kind: "lines",
          title: `Order ${order.id}, ${statusTexts[order.status]}`,
          lines: [...rowsOf(order).map(({ label }) => label), amountText(order.totalMinor, order.currency)],
        },
        { kind: "link", label: `See order ${order.id}`, url: shop.linkTo(order) },
      ]),
      {
        kind: "note",
        text: "Anyone who has these links can see and change the orders. Do not share them. If you did not ask for this mail, ignore it.",
      },
    ],
  }
}

const statusTexts: Record<OrderStatus, string> = {
  pending_payment: "not paid yet",
  paid: "paid",
  cancelled: "cancelled",
  expired: "expired",
  refunded: "refunded",
}

/** A row for each variant, or one for a product without variants. */
function rowsOf(order: ComposedOrder): MailRow[] {
  const { namedLines, productName, qty, totalMinor, currency } = order
  if (namedLines.length === 0) {
    return [{ label: `${qty} × ${productName}`, amount: amountText(totalMinor, currency) }]
  }
  return namedLines.map((line) => ({
    label: `${line.qty} × ${productName}, ${line.name}`,
    amount: amountText(line.qty * line.unitPriceMinor, currency),
  }))
}

function goodsText(order: ComposedOrder): string {
  return rowsOf(order)
    .map(({ label }) => label)
    .join("; ")
}

/** An amount with its currency, such as `CHF 189.00`. */
function amountText(minor: number, currency: string): string {
  return `${currency} ${decimalAmount(minor, currency)}`
}

function addressBlock({ name, shippingAddress }: ComposedContent): MailBlock[] {
  if (shippingAddress === null) return []
  const part = (key: keyof Address) => oneLine(shippingAddress[key] ?? "")
  const place = [part("postalCode"), part("city")].filter((text) => text !== "").join(" ")
  const lines = [
    name === null ? "" : oneLine(name),
    part("line1"),
    part("line2"),
    place,
    part("region"),
    countryName(part("country")),
  ].filter((text) => text !== "")
  return lines.length === 0 ? [] : [{ kind: "lines", title: "Shipping address", lines }]
}

const countryNames = new Intl.DisplayNames("en", { type: "region" })

function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? code) : code
}
