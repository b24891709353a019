import type { Product } from "../../client/src/index.ts"

type SoldTo = Pick<Product, "customer" | "max_per_customer" | "phases">

/** Whether the form asks for the customer's name. With a token the shop has said who the customer is. */
export function asksCustomer(
  { customer, max_per_customer, phases = [] }: SoldTo,
  token: string | null,
): boolean {
  if (token !== null || customer === "signed" || customer === "email") return false
  const isLimited = max_per_customer !== null || phases.some((phase) => phase.max_per_customer !== null)
  return customer === "named" || isLimited
}

/** Whether the product is sold to buyers who have confirmed a mailbox. */
export function asksMailbox({ customer }: SoldTo): boolean {
  return customer === "email"
}

/** Whether the product is only for customers of whom the shop says who they are, and it has said nothing of this one. */
export function lacksToken({ customer }: SoldTo, token: string | null): boolean {
  return token === null && customer === "signed"
}
