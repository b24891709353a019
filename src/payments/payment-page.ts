import { createHmac } from "node:crypto"
import { SIGNATURE_PART, type Placeholder } from "../config/payment-page.ts"
import type { Order } from "../domain/order.ts"

/** The shop's own page on which a buyer pays. */
export interface PaymentPage {
  /** Returns its address for an order that can be paid: signed, so that nobody can change what is to be paid. */
  linkFor(order: Order): string
}

interface PaymentPageSettings {
  /** As `PAYMENT_URL` gives it: with names in braces, and the signature at its end. */
  readonly url: string
  /** The key that also signs the payment's webhook. */
  readonly secret: Buffer
  /** Null: the address does not lead back to the storefront. */
  readonly publicUrl: string | null
}

/**
 * Makes the links to the shop's payment page. The signature is the HMAC-SHA256 of the query before `&signature=`, as it
 * is written, in hexadecimal.
 */
export function createPaymentPage({ url, secret, publicUrl }: PaymentPageSettings): PaymentPage {
  const template = url.slice(0, -SIGNATURE_PART.length)
  return {
    linkFor(order) {
      const values = valuesOf(order, publicUrl ?? "")
      const link = template.replaceAll(/\{(\w+)\}/g, (_, name: Placeholder) =>
        encodeURIComponent(values[name]),
      )
      const query = link.slice(link.indexOf("?") + 1)
      return `${link}&signature=${createHmac("sha256", secret).update(query).digest("hex")}`
    },
  }
}

function valuesOf(order: Order, publicUrl: string): Readonly<Record<Placeholder, string>> {
  const { id, holdId, productId, qty, totalMinor, currency, reference, expiresAt } = order
  const page = `${publicUrl}/o/${id}`
  return {
    order_id: String(id),
    hold_id: String(holdId),
    product_id: String(productId),
    quantity: String(qty),
    amount_minor: String(totalMinor),
    currency,
    reference: reference ?? "",
    expires: String(Math.floor(expiresAt / 1_000)),
    return_url: `${page}?payment=made`,
    cancel_url: page,
  }
}
