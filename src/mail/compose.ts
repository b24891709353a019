import type { LanguageTag } from "../../client/src/languages.ts"
import { optionsInName, optionTitle, wordIn } from "../../client/src/words.ts"
import type { Address } from "../domain/details.ts"
import type { MailKind } from "../domain/mails.ts"
import type { NamedLine } from "../domain/lines.ts"
import type { Order } from "../domain/order.ts"
import { afterPurchaseIn, textsIn, wordsIn, type ProductContent } from "../domain/product-content.ts"
import type { Refund } from "../domain/refund.ts"
import { blocksOf, type Span } from "../base/prose-text.ts"
import { mailLanguage, type MailLanguage } from "./mail-language.ts"
import { mailHtml, mailText, type MailBlock, type MailRow } from "./layout.ts"
import { oneLine } from "./one-line.ts"
import type { MailShop } from "./shop-footer.ts"

/** The shop in whose name mails are written. */
export interface Shop extends MailShop {
  /** The first is the language of mails about orders whose buyers have said none. */
  readonly languages: readonly LanguageTag[]
  /** The link to an order, with the proof of its owner. */
  linkTo(order: Pick<Order, "id" | "holdId" | "productId" | "qty">): string
}

/** An order with the names that a mail shows. */
export interface ComposedOrder extends Order {
  readonly productName: string
  readonly content: ProductContent
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

/** Writes a mail about an order, in the language in which it was placed. The subject is one line, and every value in the HTML is escaped. */
export function composeMail(content: ComposedContent, shop: Shop): ComposedMail {
  const language = mailLanguage(content.order.language, shop.languages[0] ?? "en")
  const { words } = language
  const { subject, heading, blocks } = partsOf(content, shop, language)
  const body = { shop, language, heading, blocks: [...greeting(content, language), ...blocks] }
  return { subject: oneLine(words.subject(subject, shop.name)), html: mailHtml(body), text: mailText(body) }
}

interface Parts {
  readonly subject: string
  readonly heading: string
  readonly blocks: readonly MailBlock[]
}

function partsOf(content: ComposedContent, shop: Shop, language: MailLanguage): Parts {
  switch (content.kind) {
    case "receipt":
      return receipt(content, shop, language)
    case "refund":
      return refunded(content, shop, language)
    case "cancelled":
      return cancelled(content, shop, language)
    case "links":
      return links(content, shop, language)
  }
}

/**
 * The buyer's name for the greeting and the recipient; empty if the mail must not contain it. Anyone can order with another
 * person's e-mail address and any text as the name, and the mail comes from the shop. So a text that looks like a link or a
 * message is left out. Mails with order links contain no name at all, because anybody can request them.
 */
export function nameInMail({ kind, name }: Pick<ComposedContent, "kind" | "name">): string {
  const text = oneLine(name ?? "")
  const isName = text.length <= LONGEST_NAME && !/[/:@]|www\.|\p{L}\.\p{L}{2}/iu.test(text)
  return kind !== "links" && isName ? text : ""
}

/** Longer than the names of most people, and too short for a message. */
const LONGEST_NAME = 60

function greeting(content: ComposedContent, { words }: MailLanguage): MailBlock[] {
  const name = nameInMail(content)
  return name === "" ? [] : [{ kind: "text", text: words.hello(name) }]
}

function orderLink(order: ComposedOrder, shop: Shop, { words }: MailLanguage): MailBlock[] {
  return [
    { kind: "link", label: words.seeOrder, url: shop.linkTo(order) },
    { kind: "note", text: words.linkNote },
  ]
}

function receipt(content: ComposedContent, shop: Shop, language: MailLanguage): Parts {
  const { order } = content
  const { words, amount } = language
  return {
    subject: words.receiptSubject(order.id),
    heading: words.receiptHeading,
    blocks: [
      { kind: "text", text: words.receiptText(order.id) },
      {
        kind: "table",
        rows: rowsOf(order, language),
        total: { label: words.total, amount: amount(order.totalMinor, order.currency) },
      },
      ...addressBlock(content, language),
      ...afterPurchaseBlocks(order, language),
      ...orderLink(order, shop, language),
    ],
  }
}

/** What the product says to its buyers, line by line. Addresses are written out, as readers of plain text need them. */
function afterPurchaseBlocks({ content }: ComposedOrder, { tag }: MailLanguage): MailBlock[] {
  const written = ({ text, address }: Span) =>
    address === null || address === text ? text : `${text}: ${address}`
  return blocksOf(afterPurchaseIn(content, tag) ?? "").flatMap(({ kind, lines }): MailBlock[] => {
    const texts = lines.map((line) => line.map(written).join(""))
    return kind === "list" ? [{ kind: "list", items: texts }] : texts.map((text) => ({ kind: "text", text }))
  })
}

function refunded({ order, refund }: ComposedContent, shop: Shop, language: MailLanguage): Parts {
  if (refund === null) throw new Error(`the refund that a mail about order ${order.id} names is missing`)
  const { words } = language
  const amount = language.amount(refund.amountMinor, refund.currency)
  const reason = words.refundReasons[reasonOf(refund, order)]
  return {
    subject: words.refundSubject(amount, order.id),
    heading: words.refundHeading(amount),
    blocks: [
      { kind: "text", text: words.orderWith(order.id, goodsText(order, language), reason) },
      { kind: "text", text: words.refundNote },
      ...orderLink(order, shop, language),
    ],
  }
}

function reasonOf(
  { reason, amountMinor }: NonNullable<ComposedContent["refund"]>,
  order: Order,
): keyof MailLanguage["words"]["refundReasons"] {
  if (reason !== "requested" && reason !== "elsewhere") return reason
  return amountMinor < order.totalMinor ? "part" : "whole"
}

function cancelled({ order }: ComposedContent, shop: Shop, language: MailLanguage): Parts {
  const { words } = language
  return {
    subject: words.cancelledSubject(order.id),
    heading: words.cancelledHeading,
    blocks: [
      { kind: "text", text: words.cancelledText(order.id, goodsText(order, language)) },
      { kind: "text", text: words.cancelledNote },
      ...orderLink(order, shop, language),
    ],
  }
}

function links({ orders }: ComposedContent, shop: Shop, language: MailLanguage): Parts {
  const { words, amount } = language
  return {
    subject: words.linksSubject(orders.length),
    heading: words.linksHeading(orders.length),
    blocks: [
      { kind: "text", text: words.linksText },
      ...orders.flatMap((order): MailBlock[] => [
        {
          kind: "lines",
          title: words.orderStatus(order.id, words.statuses[order.status]),
          lines: [
            ...rowsOf(order, language).map(({ label }) => label),
            amount(order.totalMinor, order.currency),
          ],
        },
        { kind: "link", label: words.seeOrderNumber(order.id), url: shop.linkTo(order) },
      ]),
      { kind: "note", text: words.linksNote },
    ],
  }
}

/** A row for each variant, or one for a product without variants. */
function rowsOf(order: ComposedOrder, { amount, tag, words: { optionIs } }: MailLanguage): MailRow[] {
  const { namedLines, qty, totalMinor, currency } = order
  const { name: productName } = textsIn({ name: order.productName, description: null }, order.content, tag)
  const words = wordsIn(order.content, tag)
  if (namedLines.length === 0) {
    return [{ label: `${qty} × ${productName}`, amount: amount(totalMinor, currency) }]
  }
  const nameOf = (line: NamedLine) =>
    optionsInName(line)
      ?.map(([option, value]) => optionIs(optionTitle(wordIn(words, option)), wordIn(words, value)))
      .join(" · ") ?? wordIn(words, line.name)
  return namedLines.map((line) => ({
    label: `${line.qty} × ${productName}, ${nameOf(line)}`,
    amount: amount(line.qty * line.unitPriceMinor, currency),
  }))
}

function goodsText(order: ComposedOrder, language: MailLanguage): string {
  return rowsOf(order, language)
    .map(({ label }) => label)
    .join("; ")
}

function addressBlock(
  { name, shippingAddress }: ComposedContent,
  { words, country }: MailLanguage,
): MailBlock[] {
  if (shippingAddress === null) return []
  const part = (key: keyof Address) => oneLine(shippingAddress[key] ?? "")
  const place = [part("postalCode"), part("city")].filter((text) => text !== "").join(" ")
  const lines = [
    name === null ? "" : oneLine(name),
    part("line1"),
    part("line2"),
    place,
    part("region"),
    country(part("country")),
  ].filter((text) => text !== "")
  return lines.length === 0 ? [] : [{ kind: "lines", title: words.shippingAddress, lines }]
}
