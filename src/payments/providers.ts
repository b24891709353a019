import type { PaymentProvider } from "./provider.ts"
import { simulatorProvider } from "./simulator.ts"
import type { StripeSettings } from "./stripe.ts"

/** The settings of the payment providers. */
export interface ProviderSettings {
  /** Null in open mode. Only open mode has a simulator. */
  readonly adminToken: string | null
  /** Null if there is no simulator. A function if the address is not known yet. */
  readonly simulatorUrl: string | (() => string) | null
  readonly simulatorSecret: Buffer | null
  /** Null if Stripe is not used. */
  readonly stripe: StripeSettings | null
}

/**
 * Makes the payment providers of this installation. The generic provider is not among them: it only reports payments,
 * so its refunds are sent by hand and confirmed in the money inbox.
 *
 * Stripe's library takes nearly 40 MB and 200 ms in each process, so it is loaded only when Stripe is configured.
 */
export async function providersOf(settings: ProviderSettings): Promise<readonly PaymentProvider[]> {
  const simulator = simulatorOf(settings)
  const { stripe } = settings
  if (stripe === null) return simulator
  const { createStripeProvider } = await import("./stripe.ts")
  return [...simulator, createStripeProvider(stripe)]
}

function simulatorOf({ adminToken, simulatorUrl, simulatorSecret }: ProviderSettings): PaymentProvider[] {
  if (adminToken !== null || simulatorUrl === null || simulatorSecret === null) return []
  const url = typeof simulatorUrl === "string" ? () => simulatorUrl : simulatorUrl
  return [simulatorProvider({ url, secret: simulatorSecret })]
}
