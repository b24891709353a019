import type { PaymentProvider } from "./provider.ts"

/** What the environment says about providers. */
export type ProviderSettings = object

/**
 * The payment providers of this installation beside the generic one, which only reports: its refunds
 * are sent by hand and confirmed in the money inbox.
 */
export function providersOf(_config: ProviderSettings): readonly PaymentProvider[] {
  return []
}
