import type { Product } from "../../client/src/index.ts"

type SoldTo = Pick<Product, "customer" | "max_per_customer">

/** Whether the form asks for the customer's name. With a token the shop has said who the customer is. */
export function asksCustomer({ customer, max_per_customer }: SoldTo, token: string | null): boolean {
  return (
    token === null &&
    customer !== "signed" &&
    customer !== "email" &&
    (customer === "named" || max_per_customer !== null)
  )
}

/** Whether the product is sold to buyers who have confirmed a mailbox. */
export function asksMailbox({ customer }: SoldTo): boolean {
  return customer === "email"
}

/** Whether the product is only for customers of whom the shop says who they are, and it has said nothing of this one. */
export function lacksToken({ customer }: SoldTo, token: string | null): boolean {
  return token === null && customer === "signed"
}
