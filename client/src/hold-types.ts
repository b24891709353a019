import type { Metadata } from "./types.ts"

/**
 * The units to hold: `qty` of a product without variants, `variant_id` and `qty` of one variant, or `lines`. All of them
 * are held, or none.
 */
export interface HoldBody {
  readonly product_id: number
  /** 1 or more. Required unless there are `lines`. */
  readonly qty?: number
  /** The shop's id of the buyer, up to 255 characters; required if `max_per_customer` is set. */
  readonly customer_id?: string
  /** For a phase that needs one: 1 to 64 characters. */
  readonly access_code?: string
  /** Required where the product has variants, unless there are `lines`. */
  readonly variant_id?: number
  /** In the place of `qty` and `variant_id`: units of 1 to 20 variants, each variant once. */
  readonly lines?: readonly WantedLine[]
  /** The shop's own name for the hold and its order, such as the number of a cart: 1 to 200 characters. */
  readonly reference?: string
  readonly metadata?: Metadata
}

/** Units of one variant that are asked for. */
export interface WantedLine {
  readonly variant_id: number
  /** 1 or more. */
  readonly qty: number
}
