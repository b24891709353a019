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

const style = `
:root { color-scheme: light dark }
body { font: 1.0625rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 26rem; padding: 1.5rem 1rem }
h1 { font-size: 1.25rem; margin: 0 }
.amount { font-size: 2.25rem; font-variant-numeric: tabular-nums; margin: .5rem 0; overflow-wrap: anywhere }
.note { opacity: .75 }
button { border: 1px solid; border-radius: .5rem; background: none; color: inherit; cursor: pointer;
  display: block; font: inherit; margin: .5rem 0; min-height: 2.75rem; padding: .5rem 1rem; width: 100% }
button[value="pay"] { background: #1d4ed8; border-color: #1d4ed8; color: #fff; font-weight: 600 }
ul { overflow-wrap: anywhere; padding-left: 1.25rem }
a { color: inherit; display: inline-block; padding: .5rem 0 }
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

/** The page of a payment: the amount with the buttons while it is open, then its status. */
export function payPage(payment: SimulatedPayment): string {
  const { orderId, status, returnUrl } = payment
  const back =
    returnUrl === null ? "" : `<p><a href="${escaped(returnUrl)}" rel="noreferrer">Back to the shop</a></p>`
  return document(
    `Order ${orderId}`,
    `<h1>Order ${orderId}</h1>
<p class="amount">${escaped(amountText(payment))}</p>
${linesList(payment)}
${status === "open" ? form : `<p role="status">${statusTexts[status]}</p>`}
${back}
<p class="note">This is Doorbuster's payment simulator. No real money is involved.</p>`,
    status === "processing" ? `<meta http-equiv="refresh" content="${RELOAD_AFTER_SECONDS}">` : "",
  )
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

const form = `<form method="post">
${Object.entries(buttons)
  .map(([value, text]) => `<button name="action" value="${value}">${text}</button>`)
  .join("\n")}
</form>`

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
