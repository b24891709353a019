/**
 * A moment in milliseconds. The times of an operation are on the recorder's clock, which never goes back; the times in
 * a hold or an order are on the database's clock.
 */
export type Moment = number

/** Units of one variant in a hold. */
export interface Line {
  readonly variantId: number
  readonly qty: number
}

/** A variant's units as a response showed them. */
export interface VariantSeen {
  readonly id: number
  readonly stock: number
  readonly available: number
  readonly held: number
  readonly sold: number
}

/** A hold as a response showed it. */
export interface HoldSeen {
  readonly id: number
  readonly qty: number
  /** Only of a product with variants. */
  readonly lines?: readonly Line[]
  readonly status: "active" | "converted" | "expired" | "released"
  readonly createdAt: Moment
  readonly expiresAt: Moment
}

/** An order as a response showed it. */
export interface OrderSeen {
  readonly id: number
  readonly holdId: number
  readonly status: OrderStatus
  /** Paid after it had expired or been cancelled. */
  readonly late: boolean
  readonly createdAt: Moment
  readonly expiresAt: Moment
}

/** The values of the API. */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** A client's request. One about a hold or an order does not name its product; the others do. */
export type Invocation =
  /** `key`: the `Idempotency-Key`; null if there is none. `lines`: the variants, where the product has some. */
  | {
      readonly kind: "hold"
      readonly productId: number
      readonly qty: number
      readonly key: string | null
      readonly lines?: readonly Line[]
    }
  | { readonly kind: "release" | "read_hold" | "order"; readonly holdId: number }
  | { readonly kind: "cancel" | "read_order"; readonly orderId: number }
  /** A payment event that reports success and covers the order's total; `key` identifies the event. */
  | { readonly kind: "pay"; readonly orderId: number; readonly key: string }
  | { readonly kind: "read_product"; readonly productId: number }
  | {
      readonly kind: "set_stock"
      readonly productId: number
      /** The variant whose stock it sets: the counts are then of more units than `stock` and `expected` speak of. */
      readonly variantId?: number
      readonly stock: number
      readonly expected: number
    }

/** The server's response to an invocation. */
export type Response =
  /** `replayed`: the stored response to an earlier request with the same key. */
  | { readonly kind: "hold"; readonly hold: HoldSeen; readonly replayed: boolean }
  /** `created`: this operation made the order. */
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
      readonly variants?: readonly VariantSeen[]
    }
  /**
   * `available`: the number that `out_of_stock` reports; `lacking`: the variants of which it says that they lack units;
   * `orderId`: the order that the hold was converted to.
   */
  | {
      readonly kind: "refused"
      readonly code: string
      readonly available?: number
      readonly lacking?: readonly { readonly variantId: number; readonly available: number }[]
      readonly orderId?: number
    }
  /** No response came, or one that leaves open whether the operation took effect. */
  | { readonly kind: "unknown" }

/** One operation of a client: its invocation, its response, and the interval between them. */
export interface Operation {
  /** The operation's index in the history. */
  readonly number: number
  readonly startedAt: Moment
  /**
   * When the response arrived. Of an operation with an unknown response: the latest moment at which it can have taken
   * effect, or Infinity if there is no such bound.
   */
  readonly endedAt: Moment
  readonly invocation: Invocation
  readonly response: Response
}

/** A product as it was before the first operation, with no unit held or sold. */
export interface ProductRecord {
  readonly id: number
  readonly stock: number
  /** Its variants, if it has some: their stocks add up to `stock`. */
  readonly variants?: readonly { readonly id: number; readonly stock: number }[]
  readonly holdTtlMs: number
  readonly paymentTtlMs: number
}

/** All operations of a run, with the products they were about. */
export interface History {
  readonly products: readonly ProductRecord[]
  readonly operations: readonly Operation[]
}

/**
 * By how many milliseconds a response may lag behind the database. Each limit is the promised one plus some time for a
 * busy machine: a cached value was true when a batch committed or a read was made, and reached the cache later.
 */
export interface AllowedLags {
  /**
   * `out_of_stock` from the gate's memory, which lasts a second (I9). Never for a request with an `Idempotency-Key`.
   */
  readonly refusalMs: number
  /** A product from the cache for reads, which lasts 250 ms. */
  readonly readMs: number
  /** A batch decides by the time at which it got the lock and becomes visible when it commits (I6). */
  readonly lapseMs: number
}

/** The limits of a server. */
export const allowedLags: AllowedLags = { refusalMs: 1_250, readMs: 500, lapseMs: 250 }
