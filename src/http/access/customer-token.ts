import { timingSafeEqual } from "node:crypto"
import { isLabel } from "../../wire/fields.ts"
import type { RequestRefusal } from "../wire/problems.ts"
import { shortHmac } from "./short-hmac.ts"

/** `signed`: the shop's server has made the token. `email`: this server has, for a mailbox that was confirmed. */
export type CustomerTokenKind = "signed" | "email"

/** The content of a valid customer token. */
export interface SignedCustomer {
  readonly customerId: string
  readonly kind: CustomerTokenKind
  /** The groups that the shop has put the customer into, in the order of the token. */
  readonly groups: readonly string[]
}

type CustomerTokenFault = Extract<RequestRefusal, { code: "customer_token_invalid" }>["because"]

/** Checks customer tokens. */
export interface CustomerTokens {
  /** Returns the content of a token, or why it is not valid. Nothing is looked up. */
  verify(token: string): SignedCustomer | CustomerTokenFault
}

/**
 * How the names of customers begin who have confirmed a mailbox. No secret of the shop makes a valid token for such a name, and the
 * key of mailboxes makes one for no other name.
 */
export const MAILBOX_PREFIX = "mailbox:"

/** The most characters of a token. */
const LONGEST_CUSTOMER_TOKEN = 2_048
/** How far the clocks of the signer and of this server may differ. */
const SKEW_SECONDS = 60
const HMAC_LENGTH = 43

const shape = /^dbc1\.([\w-]+)\.([1-9]\d{0,11})\.([\w-]*)\.([\w-]{43})$/

/**
 * Makes the check of customer tokens, `dbc1.<customer>.<unix seconds of its end>.<groups>.<HMAC-SHA256>`: customer and the groups,
 * joined by commas, in base64url without padding; the HMAC over everything before the last dot, under the bytes of a secret. Any of
 * `secrets` may have signed, so that a shop can change its secret while tokens of the last one are out. `mailboxKey`: what tokens
 * of mailboxes are signed with, and nothing else; null: none is valid.
 */
export function createCustomerTokens(
  secrets: readonly string[],
  mailboxKey: string | null = null,
  nowSeconds = () => Date.now() / 1_000,
): CustomerTokens {
  const ofShop = secrets.map((secret) => shortHmac(secret, LONGEST_CUSTOMER_TOKEN))
  const ofMailboxes = mailboxKey === null ? [] : [shortHmac(mailboxKey, LONGEST_CUSTOMER_TOKEN)]

  /** Every secret is tried, and texts are compared in constant time: a wrong token tells nothing by how long it takes. */
  function isSigned(digests: typeof ofShop, text: string, given: string): boolean {
    const matches = digests.map((digest) => timingSafeEqual(Buffer.from(given), Buffer.from(digest(text))))
    return matches.includes(true)
  }

  return {
    verify(token) {
      const parts = token.length > LONGEST_CUSTOMER_TOKEN ? null : shape.exec(token)
      if (parts === null) return "malformed"
      const [, customer = "", end = "", groups = "", given = ""] = parts
      const customerId = decoded(customer)
      const groupNames = groups === "" ? "" : decoded(groups)
      if (customerId === null || !isLabel(customerId) || groupNames === null) return "malformed"
      const isMailbox = customerId.startsWith(MAILBOX_PREFIX)
      if (!isSigned(isMailbox ? ofMailboxes : ofShop, token.slice(0, -(HMAC_LENGTH + 1)), given))
        return "signature"
      if (Number(end) + SKEW_SECONDS <= nowSeconds()) return "expired"
      const kind = isMailbox ? "email" : "signed"
      return { customerId, kind, groups: groupNames === "" ? [] : groupNames.split(",") }
    },
  }
}

/** What {@link signCustomer} signs. */
export interface CustomerToSign {
  readonly customerId: string
  readonly groups: readonly string[]
  /** The end of the token, in unix seconds. */
  readonly endsAt: number
}

/** Makes a customer token, as a shop's server does. */
export function signCustomer(secret: string, { customerId, groups, endsAt }: CustomerToSign): string {
  const encoded = (text: string) => Buffer.from(text).toString("base64url")
  const text = `dbc1.${encoded(customerId)}.${endsAt}.${encoded(groups.join(","))}`
  return `${text}.${shortHmac(secret, LONGEST_CUSTOMER_TOKEN)(text)}`
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The text in base64url; null: not base64url in its only spelling, or not UTF-8. */
function decoded(given: string): string | null {
  const bytes = Buffer.from(given, "base64url")
  if (bytes.toString("base64url") !== given) return null
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}
