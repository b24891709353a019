import { createHmac } from "node:crypto"
import { domainToASCII } from "node:url"
import { MAILBOX_PREFIX, signCustomer } from "./customer-token.ts"

/** Makes what belongs to a mailbox: the name of its customer, its codes and its tokens. Nothing is stored. */
export interface MailboxKeys {
  /** The name of the customer who has this address: the same for all spellings of one mailbox, for ever. */
  customerOf(email: string): string
  /** The six digits that belong to a request. `seed`: random, of this request. */
  codeOf(customerId: string, seed: string): string
  /** A customer token of the mailbox. `endsAt`: in unix seconds. */
  tokenOf(customerId: string, endsAt: number): string
  /** With which the tokens are signed. */
  readonly tokenKey: string
}

const CODES = 1_000_000
/** Of a customer's name, after the prefix: 132 bits. */
const NAME_LENGTH = 22

/**
 * Makes the keys. `names`: the secret under which the names of customers are made; it never changes, because everybody would get
 * a fresh limit with it. `secret`: the secret of codes and tokens; when it changes, those that are out are no longer valid.
 */
export function createMailboxKeys({
  names,
  secret,
}: {
  readonly names: string
  readonly secret: string
}): MailboxKeys {
  const nameKey = digest(names, "names of mailboxes").toString("base64url")
  const codeKey = digest(secret, "codes of mailboxes").toString("base64url")
  const tokenKey = digest(secret, "tokens of mailboxes").toString("base64url")
  return {
    tokenKey,
    customerOf: (email) =>
      MAILBOX_PREFIX + digest(nameKey, mailboxName(email)).toString("base64url").slice(0, NAME_LENGTH),
    codeOf(customerId, seed) {
      // 64 bits: no code is noticeably more likely than another.
      const number = digest(codeKey, `${customerId} ${seed}`).readBigUInt64BE()
      return String(number % BigInt(CODES)).padStart(6, "0")
    },
    tokenOf: (customerId, endsAt) => signCustomer(tokenKey, { customerId, groups: [], endsAt }),
  }
}

function digest(key: string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest()
}

/** The domains of one provider, whose mailboxes are the same with and without dots. */
const GMAIL = new Set(["gmail.com", "googlemail.com"])

/**
 * The name of the mailbox that an address leads to: lower case, in one form of Unicode, the domain in ASCII, without a tag after `+`
 * as in `anna+drop@example.com`; at Gmail without dots too. Everybody can make any number of these spellings of their own
 * address, and would have a limit with each.
 */
export function mailboxName(email: string): string {
  const text = email.trim().normalize("NFC").toLowerCase()
  const at = text.lastIndexOf("@")
  const domain = asciiDomain(text.slice(at + 1))
  const local = text.slice(0, at)
  const untagged = local.replace(/(?<=.)\+.*$/su, "")
  return GMAIL.has(domain) ? `${untagged.replaceAll(".", "")}@gmail.com` : `${untagged}@${domain}`
}

/** Without the dot that may end it. A domain that has no ASCII form stays as it is. */
function asciiDomain(domain: string): string {
  const plain = domain.replace(/\.$/, "")
  return domainToASCII(plain) || plain
}
