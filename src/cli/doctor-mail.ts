import type { Config } from "../config/config.ts"
import { isLoopback } from "../config/addresses.ts"
import { triesConnection } from "../mail/smtp.ts"
import type { Finding } from "./finding.ts"

/** Checks the mail settings, and whether the mail server accepts a connection and the login. Sends no mail. */
export async function checkMail({ adminToken, mail, publicUrl }: Config): Promise<Finding[]> {
  const check = "mail"
  if (mail === null) {
    const isOpen = adminToken === null
    const found = isOpen
      ? "not sent: mails can be read at /simulator/mail, because the server runs in open mode"
      : "off: buyers get no receipt and no link to their orders (set SMTP_URL, MAIL_FROM and PUBLIC_URL)"
    return [{ check, ok: true, ...(!isOpen && { weak: true }), found }]
  }
  const { server, from } = mail
  const error = await triesConnection(server)
  const place = `${server.host}:${server.port}`
  const isBare = server.tls === "off" && !isLoopback(server.host)
  const done = server.login === null ? "accepts a connection without a login" : "accepts the login"
  return [
    error === null
      ? {
          check,
          ok: true,
          ...(isBare && { weak: true }),
          found: `${place} ${done}${isBare ? ", but without encryption" : ""}; mails are sent as ${from.address}`,
        }
      : { check, ok: false, found: `${place} takes no mails: ${error}` },
    linksFinding(adminToken, publicUrl),
  ]
}

function linksFinding(adminToken: string | null, publicUrl: string | null): Finding {
  const check = "links in mails"
  if (publicUrl === null) {
    return adminToken === null
      ? { check, ok: true, found: "to the address that the server listens on" }
      : { check, ok: false, found: "PUBLIC_URL is not set: serve will not start" }
  }
  if (adminToken !== null && publicUrl.startsWith("http:")) {
    return { check, ok: true, weak: true, found: `to ${publicUrl}: without HTTPS others can read the orders` }
  }
  return { check, ok: true, found: `to ${publicUrl}` }
}
