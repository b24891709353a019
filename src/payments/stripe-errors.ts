import { Stripe } from "stripe"

/**
 * True if Stripe refuses the content of the call, so that repeating it is useless. False for errors that may pass, such
 * as a wrong key or a busy server.
 */
export function isFinal(error: unknown): boolean {
  const { StripeCardError, StripeInvalidRequestError } = Stripe.errors
  return error instanceof StripeCardError || error instanceof StripeInvalidRequestError
}

/** Returns null for an object that Stripe does not have; throws every other error. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof Stripe.errors.StripeError && error.statusCode === 404) return null
  throw error
}

/** Returns null for every error of Stripe's API; throws the others. */
export function nullIfUnknown(error: unknown): null {
  if (error instanceof Stripe.errors.StripeError) return null
  throw error
}

/** The message of an error, or the thrown value as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Says that an amount has no exact counterpart in Stripe's units. */
export function amountNotPossible(amountMinor: number, currency: string): string {
  return `Stripe cannot represent the amount ${amountMinor} ${currency}`
}
