/**
 * A moment in milliseconds. In a call: on the recorder's clock, which never goes back. In a hold or
 * order: on the database's clock.
 */
export type Moment = number

/** What a client saw of a hold. */
export interface HoldSeen {
  readonly id: number
  readonly qty: number
  readonly status: "active" | "converted" | "expired" | "released"
  readonly createdAt: Moment
  readonly expiresAt: Moment
}

/** What a client saw of an order. */
export interface OrderSeen {
  readonly id: number
  readonly holdId: number
  readonly status: OrderStatus
  /** Paid after its end. */
  readonly late: boolean
  readonly createdAt: Moment
  readonly expiresAt: Moment
}

/** As on the wire. */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** What a client asked for. Every call but those about holds and orders names its product. */
export type Invocation =
  /** `key`: an `Idempotency-Key`; null: none. */
  | { readonly kind: "hold"; readonly productId: number; readonly qty: number; readonly key: string | null }
  | { readonly kind: "release" | "read_hold" | "order"; readonly holdId: number }
  | { readonly kind: "cancel" | "read_order"; readonly orderId: number }
  /** A success that covers the order's total; `key` names the event. */
  | { readonly kind: "pay"; readonly orderId: number; readonly key: string }
  | { readonly kind: "read_product"; readonly productId: number }
  | {
      readonly kind: "set_stock"
      readonly productId: number
      readonly stock: number
      readonly expected: number
    }

/** What a client was answered. */
export type Response =
  /** `replayed`: the first answer under its key once more. */
  | { readonly kind: "hold"; readonly hold: HoldSeen; readonly replayed: boolean }
  /** `created`: this very call made it. */
  | { readonly kind: "order"; readonly order: OrderSeen; readonly created: boolean }
  | {
      readonly kind: "payment"
      readonly outcome: string
      readonly orderStatus: OrderStatus | null
      readonly late: boolean
      readonly duplicate: boolean
    }
  | {
      readonly kind: "product"
      readonly stock: number
      readonly available: number
      readonly held: number
      readonly sold: number
    }
  /** `available`: what `out_of_stock` says is there; `orderId`: whose the hold is. */
  | {
      readonly kind: "refused"
      readonly code: string
      readonly available?: number
      readonly orderId?: number
    }
  /** Nobody knows whether it happened: no answer came, or one that does not say. */
  | { readonly kind: "unknown" }

/** One request of a client, and what became of it. */
export interface Operation {
  /** Its place in the history. */
  readonly number: number
  readonly startedAt: Moment
  /**
   * When the answer was there. Of an unknown call: the last moment at which it can have had an effect;
   * Infinity: nobody knows.
   */
  readonly endedAt: Moment
  readonly invocation: Invocation
  readonly response: Response
}

/** A product as it was before the first call. Nobody has held or bought any of it. */
export interface ProductRecord {
  readonly id: number
  readonly stock: number
  readonly holdTtlMs: number
  readonly paymentTtlMs: number
}

/** Everything that clients asked and were answered. */
export interface History {
  readonly products: readonly ProductRecord[]
  readonly operations: readonly Operation[]
}

/**
 * How far an answer may lag behind, in milliseconds. Each is what is promised and some time for a busy
 * machine: what is remembered was true when a batch committed or a read was made, and was learned later.
 */
export interface AllowedLags {
  /** `out_of_stock` from the gate's memory, which lasts a second (I9). Never under an `Idempotency-Key`. */
  readonly refusalMs: number
  /** A product from the readers' memory, which lasts 250 ms. */
  readonly readMs: number
  /** A batch decides by the moment at which it got the lock, and is seen when it has committed (I6). */
  readonly lapseMs: number
}

/** The bounds of a server. */
export const allowedLags: AllowedLags = { refusalMs: 1_250, readMs: 500, lapseMs: 250 }
