import type { ReadonlySignal } from "@preact/signals"
import type { Client, Order } from "../../client/src/index.ts"
import type { PaymentSeen } from "./buyer-view.ts"

/** How a buyer pays an order: one for each payment provider that the page supports. */
export interface PaymentMethod {
  /** Starts the payment or continues it. Throws a {@link PaymentRefusal} with a message for the buyer. */
  pay(order: Order): Promise<void>
  /** The state of the payment; null: none was started. */
  seen(): Promise<PaymentSeen | null>
  /** Null: the provider shows no form now. */
  readonly form: ReadonlySignal<PaymentForm | null>
  /** Call once the page is rendered. Returns a refusal from the provider's own page that the buyer comes back from. */
  start(): PaymentRefusal | null
}

/** A form that the provider renders. */
export interface PaymentForm {
  /** Renders it in the element; null removes it. */
  readonly mount: (place: HTMLElement | null) => void
}

/** What a payment method needs of the page. */
export interface PaymentContext {
  readonly client: Client
  readonly orderId: number
  /** The token of the order's hold. */
  readonly token: () => string | null
}

/** A message for the buyer, from the provider. */
export class PaymentRefusal extends Error {}
