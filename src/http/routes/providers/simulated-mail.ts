import { Type } from "typebox"
import { hash } from "node:crypto"
import { composeMail, type ComposedMail } from "../../../mail/compose.ts"
import type { MailEntry } from "../../../store/reads/mail-contents.ts"
import { isoTime } from "../../../domain/time.ts"
import { escaped } from "../../../base/html.ts"
import type { ReadCode } from "../../access/mailbox-codes.ts"
import type { Mailbox, Services } from "../../services.ts"
import { parseId } from "../../wire/ids.ts"
import { isStorable } from "../../wire/storable-text.ts"
import { refuse } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

const ROOT = "/simulator/mail"
/** The newest mails, which are those that somebody who tries the program looks for. */
const SHOWN = 100

const params = Type.Object({ product: Type.String(), mail: Type.String() })
const hidden = { hide: true, params }

/**
 * Registers the pages on which the mails of open mode are read instead of being sent. No text is stored: each mail is
 * written when it is read, so that erased details are in none.
 */
export function registerSimulatedMail(
  app: App,
  { mailbox, gatekeeper }: Pick<Services, "mailbox" | "gatekeeper">,
): void {
  if (mailbox === null || gatekeeper.mode !== "open") return

  app.get(ROOT, { schema: { hide: true } }, async (_request, reply) => {
    const [mails, codes] = await Promise.all([mailbox.contents.newest(SHOWN), mailbox.codes(SHOWN)])
    return reply
      .headers(headers)
      .send(listPage(await Promise.all(mails.map((mail) => withTitle(mailbox, mail))), codes))
  })
  app.get(`${ROOT}/:product/:mail`, { schema: hidden }, async (request, reply) => {
    const read = await readMail(mailbox, request.params)
    if (read === null) return refuse(reply, { code: "route_not_found" })
    return reply.headers(headers).send(mailPage(read))
  })
  app.get(`${ROOT}/:product/:mail/html`, { schema: hidden }, async (request, reply) => {
    const read = await readMail(mailbox, request.params)
    if (read?.mail == null) return refuse(reply, { code: "route_not_found" })
    return reply.headers(mailHeaders).send(read.mail.html)
  })
}

interface ReadMail {
  readonly entry: MailEntry
  readonly to: string
  /** Null: the order has no e-mail address (any more). */
  readonly mail: ComposedMail | null
}

async function readMail(
  mailbox: Mailbox,
  { product, mail }: { readonly product: string; readonly mail: string },
): Promise<ReadMail | null> {
  const productId = parseId(product)
  if (productId === null || !isStorable(mail)) return null
  const entry = await mailbox.contents.find(productId, mail)
  return entry === null ? null : withTitle(mailbox, entry)
}

async function withTitle({ contents, shop }: Mailbox, entry: MailEntry): Promise<ReadMail> {
  const content = await contents.contentOf(entry)
  if (content === null) return { entry, to: "no address", mail: null }
  return { entry, to: content.email, mail: composeMail({ kind: entry.kind, ...content }, await shop()) }
}

const style = `
:root { color-scheme: light dark }
body { font: 1.0625rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 1.5rem 1rem }
h1 { font-size: 1.25rem; overflow-wrap: anywhere }
li { margin: 0 0 .75rem; overflow-wrap: anywhere }
ul { list-style: none; padding: 0 }
iframe { border: 1px solid; box-sizing: border-box; border-radius: .5rem; height: 64rem; resize: vertical; width: 100% }
pre { border: 1px solid; border-radius: .5rem; overflow-wrap: anywhere; padding: 1rem; white-space: pre-wrap }
.note { opacity: .75 }
a { color: inherit }`

/** A page loads nothing but its own style and, in a frame, the mail. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; frame-src 'self'; ` +
    "base-uri 'none'; frame-ancestors 'none'",
}

/** A mail loads nothing, runs nothing, and may be shown in the frame of its page. */
const mailHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "x-frame-options": "SAMEORIGIN",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
}

function addressOf({ productId, id }: MailEntry): string {
  return `${ROOT}/${productId}/${encodeURIComponent(id)}`
}

function listPage(mails: readonly ReadMail[], codes: readonly ReadCode[]): string {
  const items = mails.map(
    ({ entry, to, mail }) =>
      `<li><a href="${addressOf(entry)}">${escaped(mail?.subject ?? entry.id)}</a><br>
<span class="note">to ${escaped(to)}, ${isoTime(entry.createdAt)}</span></li>`,
  )
  const codeItems = codes.map(
    ({ email, code, endsAt }) =>
      `<li><strong>${code}</strong> is the code of ${escaped(email)}<br>
<span class="note">until ${isoTime(endsAt)}</span></li>`,
  )
  const codeList = codes.length === 0 ? "" : `<h2>Codes for mailboxes</h2><ul>${codeItems.join("\n")}</ul>`
  const list = items.length === 0 ? "<p>There is no mail yet.</p>" : `<ul>${items.join("\n")}</ul>`
  return page(
    "Mails to buyers",
    `<h1>Mails to buyers</h1>
<p class="note">No mail server is configured, so these mails are not sent. Orders of a product whose <code>collect.email</code> is
<code>required</code> or <code>optional</code> cause them: receipts, refunds, cancellations by the shop, and links to a
buyer's orders. Codes are for products with <code>customer: email</code>.</p>
${codeList}
${list}`,
  )
}

function mailPage({ entry, to, mail }: ReadMail): string {
  const content =
    mail === null
      ? "<p>The order has no e-mail address, so this mail is not sent.</p>"
      : `<iframe title="The mail as HTML" src="${addressOf(entry)}/html"></iframe>
<p><a href="${addressOf(entry)}/html">The mail alone</a></p>
<h2>As text</h2>
<pre>${escaped(mail.text)}</pre>`
  return page(
    mail?.subject ?? entry.id,
    `<p><a href="${ROOT}">All mails</a></p>
<h1>${escaped(mail?.subject ?? entry.id)}</h1>
<p>To: ${escaped(to)}</p>
${content}`,
  )
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body>
<main>
${content}
</main>
</body>
</html>
`
}
