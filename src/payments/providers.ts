import type { PaymentProvider } from "./provider.ts"

/**
 * The payment providers of this installation beside the generic one, which only reports: its refunds
 * are sent by hand and confirmed in the money inbox.
 */
export function providersOf(): readonly PaymentProvider[] {
  return []
}
