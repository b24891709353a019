import { UsageError } from "../base/command-errors.ts"
import type { Config } from "../config/config.ts"
import { createCustomerTokens, MAILBOX_PREFIX, signCustomer } from "../http/access/customer-token.ts"
import type { Finding } from "./finding.ts"
import { print } from "./output.ts"

interface Customer {
  readonly customer: string
  readonly seconds: number
  readonly groups: readonly string[]
}

/** Prints a customer token. Throws `UsageError` where it would not be valid. */
export function printCustomerToken(
  { customerSecrets }: Pick<Config, "customerSecrets">,
  { customer, seconds, groups }: Customer,
): void {
  const [secret] = customerSecrets
  if (secret === undefined)
    throw new UsageError("set CUSTOMER_SECRETS: tokens are signed with the first of them")
  if (customer.startsWith(MAILBOX_PREFIX))
    throw new UsageError(
      `${MAILBOX_PREFIX} begins the names of buyers with a confirmed mailbox: choose another name`,
    )
  const endsAt = Math.floor(Date.now() / 1_000) + seconds
  const token = signCustomer(secret, { customerId: customer, groups, endsAt })
  if (createCustomerTokens([secret]).verify(token) === "malformed")
    throw new UsageError("a customer is 1 to 255 characters without control characters, and groups are short")
  print(token)
}

const faults = {
  malformed:
    "it has not the form dbc1.<customer>.<unix seconds>.<groups>.<signature>, with customer, groups and signature in base64url without padding, and a customer of 1 to 255 characters",
  signature: "it is signed with none of CUSTOMER_SECRETS, or was changed after it was signed",
  expired: "it has ended: sign it when you render the page, for as long as a buyer may look at it",
} as const

const mailboxToken =
  "it is the token of a confirmed mailbox, which the server makes and this command does not check; a token of your shop must not have a customer that begins with mailbox:"

function isOfMailbox(token: string): boolean {
  return Buffer.from(token.split(".")[1] ?? "", "base64url")
    .toString()
    .startsWith(MAILBOX_PREFIX)
}

/** Says what a customer token says, or why it is not valid. */
export function checkCustomerToken(
  { customerSecrets }: Pick<Config, "customerSecrets">,
  token: string,
): Finding {
  const check = "customer token"
  if (customerSecrets.length === 0) return { check, ok: false, found: "CUSTOMER_SECRETS is not set" }
  const read = createCustomerTokens(customerSecrets).verify(token)
  if (read === "signature" && isOfMailbox(token)) return { check, ok: false, found: mailboxToken }
  if (typeof read === "string") return { check, ok: false, found: faults[read] }
  const groups = read.groups.length === 0 ? "no groups" : `groups ${read.groups.join(", ")}`
  const end = new Date(Number(token.split(".")[2]) * 1_000).toISOString()
  return {
    check,
    ok: true,
    found: `customer ${JSON.stringify(read.customerId)}, ${groups}, valid until ${end}`,
  }
}
