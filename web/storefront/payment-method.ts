import type { ReadonlySignal } from "@preact/signals"
import type { Client, Order } from "../../client/src/index.ts"
import type { PaymentSeen } from "./buyer-view.ts"

/** How the buyer of an order pays: one for each provider that a page knows. */
export interface PaymentMethod {
  /** Begins to pay, or goes on. Throws a {@link PaymentRefusal} for what the buyer has to be told. */
  pay(order: Order): Promise<void>
  /** How the payment goes that was begun; null: none was. */
  seen(): Promise<PaymentSeen | null>
  /** Null: the provider asks for nothing on this page now. */
  readonly form: ReadonlySignal<PaymentForm | null>
  /** Once the page is drawn: whoever comes back from a provider's own page may have been refused there. */
  start(): PaymentRefusal | null
}

/** What a provider asks the buyer for, drawn by itself. */
export interface PaymentForm {
  /** Draws it there, or takes it away. */
  readonly mount: (place: HTMLElement | null) => void
}

/** What a till needs to know of the order's page. */
export interface PaymentContext {
  readonly client: Client
  readonly orderId: number
  /** The token of the order's hold. */
  readonly token: () => string | null
}

/** The provider's words for the buyer. */
export class PaymentRefusal extends Error {}
