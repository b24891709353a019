import type { PaymentProvider } from "./provider.ts"
import type { StripeSettings } from "./stripe.ts"

/** What the environment says about providers. */
export interface ProviderSettings {
  /** Null: Stripe is not used. */
  readonly stripe: StripeSettings | null
}

/**
 * The payment providers of this installation beside the generic one, which only reports: its refunds
 * are sent by hand and confirmed in the money inbox.
 *
 * Stripe's library takes nearly 40 MB and 200 ms in each process, so it is loaded where it is used.
 */
export async function providersOf({ stripe }: ProviderSettings): Promise<readonly PaymentProvider[]> {
  if (stripe === null) return []
  const { createStripeProvider } = await import("./stripe.ts")
  return [createStripeProvider(stripe)]
}
