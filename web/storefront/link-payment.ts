import { signal } from "@preact/signals"
import type { PaymentSeen } from "./buyer-view.ts"
import { storage } from "./browser-storage.ts"
import { leaveFor } from "./leave-for.ts"
import type { PaymentContext, PaymentMethod } from "./payment-method.ts"

/** What the shop's page has told this browser; its webhook follows. */
const made: PaymentSeen = { status: "processing", capturedMinor: 0, refundedMinor: 0 }

/** Pays on the shop's own page, which leads back here. */
export function createLinkPayment({ client, orderId, token }: PaymentContext): PaymentMethod {
  return {
    form: signal(null),
    prepare: async () => undefined,
    async pay() {
      const { url } = await client.orders.paymentLink(orderId, { token: token() })
      await leaveFor(url)
    },
    seen: async () => (storage.order(orderId)?.payment?.isConfirmed === true ? made : null),
    start() {
      if (new URLSearchParams(location.search).get("payment") !== "made") return null
      // Without it, a reload or a shared address does not say again that the payment was made.
      history.replaceState(null, "", location.pathname)
      storage.saveOrder(orderId, { token: token(), payment: { id: "", url: null, isConfirmed: true } })
      return null
    },
  }
}
