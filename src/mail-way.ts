import { hasMail } from "./config/mail.ts"
import type { Config } from "./config/config.ts"
import type { Logger } from "pino"
import type { Engine, MailOptions } from "./engine.ts"
import type { OwnerTokens } from "./http/access/owner-token.ts"
import type { ReadCode } from "./http/access/mailbox-codes.ts"
import type { MailboxKeys } from "./http/access/mailbox-keys.ts"
import { createOrderLinks, type OrderLinks } from "./http/access/order-links.ts"
import type { Mailbox, Messages } from "./http/services.ts"
import type { Limits } from "./limits/limits.ts"
import type { Shop } from "./mail/compose.ts"
import { createSmtpSender, type MailSender } from "./mail/smtp.ts"
import { createMessageSender } from "./worker/message-sender.ts"
import { createMailNotice } from "./worker/mail-notice.ts"
import type { MailWay } from "./worker/mailing.ts"
import type { MessageWays } from "./worker/send-message.ts"

type MailConfig = Pick<Config, "adminToken" | "mail" | "mailPerSecond" | "mailCodesPerHour" | "publicUrl">

/** Whether this configuration writes mails, and how fast it sends them. Mails that are only read have no rate. */
export function mailOptions(config: MailConfig): MailOptions {
  return { hasMail: hasMail(config), ...ratesOf(config) }
}

function ratesOf({ mail, mailPerSecond, mailCodesPerHour }: MailConfig) {
  return { perSecond: mail === null ? 0 : mailPerSecond, codesPerHour: mailCodesPerHour }
}

/** What is shown of a shop while it has set nothing else. */
export function shopDefaults({ shopName, languages }: Pick<Config, "shopName" | "languages">) {
  return { name: shopName, languages }
}

/**
 * The shop of the mails, as it is when a mail is written. `url` is asked for each link where PUBLIC_URL is not set.
 */
export function shopOf(
  config: MailConfig,
  { shop, tokens, url }: Pick<Engine, "shop"> & { readonly tokens: OwnerTokens; readonly url: () => string },
): () => Promise<Shop> {
  return async () => ({
    ...(await shop.face()),
    linkTo({ id, holdId, productId, qty }) {
      const proof = tokens.sign({ id: holdId, productId, qty })
      return `${config.publicUrl ?? url()}/o/${id}#${proof}`
    },
  })
}

/** How mails are sent; null: mail is off. */
function mailWay(config: MailConfig, shop: () => Promise<Shop>): MailWay | null {
  if (!hasMail(config)) return null
  const { mail } = config
  const from = mail?.from ?? { name: "", address: "orders@localhost" }
  return { shop, from, sender: mail === null ? readInstead : createSmtpSender(mail.server) }
}

/** How messages to endpoints are sent. Mailboxes get theirs only where a mail server is set. */
function messageWays(
  config: Pick<Config, "mail" | "publicUrl" | "webhookAllowPrivate">,
  way: MailWay | null,
): MessageWays {
  return {
    post: { allowPrivate: config.webhookAllowPrivate },
    mailNotice: way === null || config.mail === null ? null : createMailNotice(way, config.publicUrl),
  }
}

/** How mails are sent, and messages to endpoints: over the same connections to the mail server. */
export function sendingWays(
  config: MailConfig & Pick<Config, "webhookAllowPrivate">,
  shop: () => Promise<Shop>,
): { readonly mail: MailWay | null; readonly ways: MessageWays } {
  const mail = mailWay(config, shop)
  return { mail, ways: messageWays(config, mail) }
}

/** In open mode without a mail server a mail counts as sent at once: it can be read at `/simulator/mail`. */
const readInstead: MailSender = {
  send: () => Promise.resolve({ kind: "sent" }),
  close: () => undefined,
}

/** What routes need to send. */
export interface MailServices {
  /** Null: the route for them does not exist. */
  readonly orderLinks: OrderLinks | null
  /** Null: the route for it does not exist. */
  readonly mailbox: Mailbox | null
  readonly messages: Messages
}

/** Makes what routes need to send. */
export function mailServices(
  config: MailConfig & Pick<Config, "webhookAllowPrivate">,
  { mails, codes }: Pick<Engine, "mails" | "codes">,
  {
    shop,
    keys,
    log,
    limits,
  }: {
    readonly shop: () => Promise<Shop>
    readonly keys: MailboxKeys
    readonly log: Logger
    readonly limits: Limits
  },
): MailServices {
  const isRead = config.adminToken === null && config.mail === null
  const onError = (error: unknown) =>
    log.warn({ err: error }, "A buyer's request for order links could not be stored; no mail is sent.")
  return {
    orderLinks: hasMail(config)
      ? createOrderLinks((email) => mails.queue.askForLinks(email), onError, limits)
      : null,
    messages: createMessageSender(sendingWays(config, shop).ways),
    mailbox: isRead
      ? { contents: mails.contents, shop, codes: (limit) => readCodes(codes, keys, limit) }
      : null,
  }
}

async function readCodes(codes: Engine["codes"], keys: MailboxKeys, limit: number): Promise<ReadCode[]> {
  const open = await codes.newest(limit)
  return open.map(({ customerId, email, seed, endsAt }) => ({
    email,
    code: keys.codeOf(customerId, seed),
    endsAt,
  }))
}
