import type { LanguageTag } from "../../client/src/languages.ts"
import { escaped } from "../base/html.ts"
import { framed, type FramedPage, type PayFrame } from "./pay-frame.ts"
import type { SimulatedLine, SimulatedPayment } from "./records.ts"
import { amountText, payWords } from "./words.ts"

/** The values of the buttons on the page. */
export const buttons = ["pay", "3ds", "late", "decline", "cancel"] as const

/** The value of a button on the page. */
export type Button = (typeof buttons)[number]

/** The values of the buttons of the bank's own step, which follows "Pay with 3-D Secure". */
export const bankButtons = ["confirm", "refuse"] as const

/** The value of a button of the bank's step. */
export type BankButton = (typeof bankButtons)[number]

/**
 * The page of a payment: the amount with the buttons while it is open, then its status, and the way back to the shop. `isAtBank`:
 * the step in which the buyer's bank asks for confirmation.
 */
export function payPage(payment: SimulatedPayment, frame: PayFrame, isAtBank = false): FramedPage {
  const { orderId, amountMinor, currency, status, returnUrl } = payment
  const { tag } = frame
  const words = payWords[tag]
  const title = words.order(orderId)
  return framed(frame, {
    title,
    returnUrl,
    content: `<h1>${escaped(status === "open" && isAtBank ? words.atBank : title)}</h1>
<div class="goods">
<p class="amount">${escaped(amountText(amountMinor, currency, tag))}</p>
${linesList(payment, tag)}
</div>
${status === "open" ? formIn(tag, isAtBank) : `<p role="status">${escaped(words.statuses[status])}</p>`}
${wayBack(payment, tag)}`,
  })
}

/** The page for an unknown payment. */
export function missingPage(frame: PayFrame): FramedPage {
  const { missing, missingText } = payWords[frame.tag]
  return framed(frame, {
    title: missing,
    content: `<h1>${escaped(missing)}</h1>\n<p>${escaped(missingText)}</p>`,
  })
}

function wayBack({ status, returnUrl }: SimulatedPayment, tag: LanguageTag): string {
  if (returnUrl === null) return ""
  const look = status === "open" ? "back" : "button"
  return `<p><a href="${escaped(returnUrl)}" rel="noreferrer" class="${look}">${escaped(payWords[tag].back)}</a></p>`
}

function linesList({ lines, currency }: SimulatedPayment, tag: LanguageTag): string {
  if (lines.length === 0) return ""
  return `<ul>\n${lines.map((line) => `<li>${lineHtml(line, currency, tag)}</li>`).join("\n")}\n</ul>`
}

/** Names may be written in the other direction than the page, so each is isolated. */
function lineHtml(
  { qty, name, sku, unitPriceMinor }: SimulatedLine,
  currency: string,
  tag: LanguageTag,
): string {
  const number = sku === null ? "" : ` (<bdi>${escaped(sku)}</bdi>)`
  const price = payWords[tag].each(amountText(unitPriceMinor, currency, tag))
  return `${qty} × <bdi>${escaped(name)}</bdi>${number}<br>${escaped(price)}`
}

/** Posts to the address of the page, so that a language in it is kept. */
function formIn(tag: LanguageTag, isAtBank: boolean): string {
  const words = payWords[tag]
  const shown = isAtBank
    ? bankButtons.map((value) => ({ value, text: words.bankButtons[value] }))
    : buttons.map((value) => ({ value, text: words.buttons[value] }))
  const all = shown.map(
    ({ value, text }) => `<button name="action" value="${value}">${escaped(text)}</button>`,
  )
  return `<form method="post">\n${all.join("\n")}\n</form>`
}
