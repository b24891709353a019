import { createHmac } from "node:crypto"

/** Says who a customer is, until `endsAt` in unix seconds. `secret` is one of CUSTOMER_SECRETS. */
export function customerToken(secret, customer, endsAt, groups = []) {
  const base64url = (text) => Buffer.from(text).toString("base64url")
  const text = `dbc1.${base64url(customer)}.${endsAt}.${base64url(groups.join(","))}`
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`
}
