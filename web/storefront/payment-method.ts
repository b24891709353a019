import type { ReadonlySignal } from "@preact/signals"
import type { Language } from "./language.ts"
import type { Client, Order, Product } from "../../client/src/index.ts"
import type { PaymentSeen } from "./buyer-view.ts"

/** Pays an order. There is one implementation for each payment provider that the page supports. */
export interface PaymentMethod {
  /** Loads the provider's form, if it has one. Throws a {@link PaymentRefusal} with a message for the buyer. */
  prepare(): Promise<void>
  /** Starts the payment or continues it. Throws a {@link PaymentRefusal} with a message for the buyer. */
  pay(order: Order): Promise<void>
  /** The state of the payment; null: none was started. */
  seen(): Promise<PaymentSeen | null>
  /** The provider's form; null: it has none, or it could not be loaded. */
  readonly form: ReadonlySignal<PaymentForm | "loading" | null>
  /** Call once the page is rendered. If the buyer returns from the provider's page, it returns that page's refusal. */
  start(): PaymentRefusal | null
}

/** A form that the provider renders. */
export interface PaymentForm {
  /** Renders it in the element; null removes it. */
  readonly mount: (place: HTMLElement | null) => void
}

/** The parts of the page that a payment method uses. */
export interface PaymentContext {
  readonly client: Client
  readonly orderId: number
  /** The token of the order's hold. */
  readonly token: () => string | null
  readonly language: Language
  /** With its texts in the page's language; null: not known yet. */
  readonly product: () => Product | null
}

/** A message for the buyer, from the provider. */
export class PaymentRefusal extends Error {}
