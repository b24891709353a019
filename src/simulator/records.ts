/** A payment, as the provider records it. */
export interface SimulatedPayment {
  readonly id: string
  readonly orderId: number
  readonly amountMinor: number
  readonly currency: string
  readonly holdId: number | null
  readonly productId: number | null
  readonly qty: number | null
  /** What is bought, by name; empty: the shop has not said. */
  readonly lines: readonly SimulatedLine[]
  /** The address that the pay page links back to, on this machine. */
  readonly returnUrl: string | null
  readonly status: PaymentStatus
  readonly capturedMinor: number
  /** Includes pending refunds. */
  readonly refundedMinor: number
  /** The amount that the buyer's bank claims or has taken; 0 once the shop has won the dispute. */
  readonly disputedMinor: number
  /** The buyer's bank disputes a payment at most once. */
  readonly dispute: SimulatedDispute | null
  /** How many of the next refunds fail. */
  readonly failRefunds: number
}

/** Units of one article. */
export interface SimulatedLine {
  readonly name: string
  readonly sku: string | null
  readonly qty: number
  readonly unitPriceMinor: number
}

/** `processing`: the result is decided and will come, unless the payment is cancelled first. */
export type PaymentStatus = "open" | "processing" | "succeeded" | "declined" | "cancelled"

/** Money that goes back to the buyer. */
export interface SimulatedRefund {
  readonly id: string
  /** The shop's name for the refund; null if it was made in the provider's own dashboard. */
  readonly reference: string | null
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: "pending" | "succeeded" | "failed"
}

/** A claim of the buyer's bank on a payment. */
export interface SimulatedDispute {
  readonly id: string
  readonly amountMinor: number
  readonly status: "open" | "won" | "lost"
}

/** A payment with a dispute, open or closed. */
export type DisputedPayment = SimulatedPayment & { readonly dispute: SimulatedDispute }
