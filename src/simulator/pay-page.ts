import { hash } from "node:crypto"
import { isKnownCurrency } from "../../client/src/currencies.ts"
import { decimalAmount } from "../domain/money.ts"
import { escaped } from "../base/html.ts"
import type { SimulatedLine, SimulatedPayment } from "./records.ts"

/** The values and texts of the buttons on the page. */
export const buttons = {
  pay: "Pay",
  "3ds": "Pay with 3-D Secure",
  late: "Pay late",
  decline: "Decline",
  cancel: "Cancel",
} as const

/** The value of a button on the page. */
export type Button = keyof typeof buttons

/** The buttons of the bank's own step, which follows "Pay with 3-D Secure". */
export const bankButtons = { confirm: "Confirm payment", refuse: "Refuse" } as const

/** The value of a button of the bank's step. */
export type BankButton = keyof typeof bankButtons

/* The colours, sizes and edges of the storefront's own pages, which a simulator in a process of its own does not have. */
const style = `
:root { color-scheme: light dark; --paper: light-dark(#f6f2e8, #161512); --ink: light-dark(#1e1c17, #f2ecdf);
  --muted: light-dark(#625b4d, #b0a794); --edge: light-dark(#1e1c17, #8d8571); --card: light-dark(#fffdf7, #211f1a) }
* { box-sizing: border-box }
body { background: var(--paper); color: var(--ink); margin: 0; overflow-wrap: anywhere;
  font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
header { border-bottom: 2px solid light-dark(#1e1c17, #ffc62b); font-weight: 650; padding: .625rem 1rem }
main { margin: 0 auto; max-width: 28rem; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.625rem; line-height: 1.15; margin: 0 0 1rem }
p { margin: 1rem 0 }
.amount { font-size: 1.75rem; font-variant-numeric: tabular-nums; font-weight: 650; margin: 0 }
.goods { background: var(--card); border: 1px solid var(--edge); border-radius: 3px; padding: 1rem }
.note { color: var(--muted) }
button, .button { background: none; border: 1px solid var(--edge); border-radius: 3px; color: inherit; cursor: pointer;
  display: block; font: inherit; margin: .75rem 0; min-height: 2.75rem; padding: .5rem 1rem; text-align: center;
  text-decoration: none; width: 100% }
button:first-child, .button { background: #ffc62b; border-color: light-dark(#1e1c17, #ffc62b); color: #1e1c17;
  font-size: 1.1875rem; font-weight: 650; min-height: 3.75rem; padding: 1rem }
:focus-visible { outline: 3px solid light-dark(#1f46c4, #9db8ff); outline-offset: 2px }
ul { margin: .5rem 0 0; padding-inline-start: 1.25rem }
a { color: inherit }
`

/**
 * Headers that let a browser show the page and send its form, and nothing else. `same-origin` makes it send the form's
 * `Origin`, which open mode checks.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; ` +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}

const RELOAD_AFTER_SECONDS = 2
/** Long enough to read the result. */
const BACK_AFTER_SECONDS = 5

/**
 * The page of a payment: the amount with the buttons while it is open, then its status, and the way back to the shop. `isAtBank`:
 * the step in which the buyer's bank asks for confirmation.
 */
export function payPage(payment: SimulatedPayment, isAtBank = false): string {
  const { orderId, status, returnUrl } = payment
  const isOpen = status === "open"
  return document(
    `Order ${orderId}`,
    `<h1>${isOpen && isAtBank ? "Your bank asks for confirmation" : `Order ${orderId}`}</h1>
<div class="goods">
<p class="amount">${escaped(amountText(payment))}</p>
${linesList(payment)}
</div>
${isOpen ? formOf(isAtBank ? bankButtons : buttons) : `<p role="status">${statusTexts[status]}</p>`}
${wayBack(payment)}
<p class="note">This is Doorbuster's payment simulator. No real money is involved.</p>`,
    refreshOf(status, returnUrl),
  )
}

function wayBack({ status, returnUrl }: SimulatedPayment): string {
  if (returnUrl === null) return ""
  const isOver = status !== "open" && status !== "processing"
  const says = isOver ? `<p>You are taken back in ${BACK_AFTER_SECONDS} seconds.</p>\n` : ""
  const look = isOver ? ' class="button"' : ""
  return `${says}<p><a href="${escaped(returnUrl)}" rel="noreferrer"${look}>Back to the shop</a></p>`
}

/** Looks again while the result is under way, and leads back once it is there. */
function refreshOf(status: SimulatedPayment["status"], returnUrl: string | null): string {
  if (status === "open") return ""
  if (status === "processing") return `<meta http-equiv="refresh" content="${RELOAD_AFTER_SECONDS}">`
  if (returnUrl === null) return ""
  return `<meta http-equiv="refresh" content="${BACK_AFTER_SECONDS};url=${escaped(returnUrl)}">`
}

function linesList({ lines, currency }: SimulatedPayment): string {
  if (lines.length === 0) return ""
  return `<ul>\n${lines.map((line) => `<li>${escaped(lineText(line, currency))}</li>`).join("\n")}\n</ul>`
}

function lineText({ qty, name, sku, unitPriceMinor }: SimulatedLine, currency: string): string {
  const price = amountText({ amountMinor: unitPriceMinor, currency })
  return `${qty} × ${name}${sku === null ? "" : ` (${sku})`}, ${price} each`
}

/** The page for an unknown payment. */
export function missingPage(): string {
  return document(
    "Not found",
    "<h1>Payment not found</h1>\n<p>The simulator keeps payments in memory: they are gone after a restart.</p>",
  )
}

const statusTexts = {
  processing: "The payment is being processed. This page reloads by itself.",
  succeeded: "Paid. The shop is being notified.",
  declined: "The payment was declined.",
  cancelled: "The payment was cancelled.",
} as const

function formOf(all: Readonly<Record<string, string>>): string {
  const shown = Object.entries(all).map(
    ([value, text]) => `<button name="action" value="${value}">${text}</button>`,
  )
  return `<form method="post">\n${shown.join("\n")}\n</form>`
}

function document(title: string, content: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
<style>${style}</style>
</head>
<body>
<header>Payment simulator</header>
<main>
${content}
</main>
</body>
</html>
`
}

function amountText({ amountMinor, currency }: Pick<SimulatedPayment, "amountMinor" | "currency">): string {
  return isKnownCurrency(currency)
    ? `${decimalAmount(amountMinor, currency)} ${currency}`
    : `${amountMinor} ${currency}`
}
