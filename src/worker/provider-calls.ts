import type { PaymentProvider } from "../payments/provider.ts"

/** How long a call takes at most, for a provider that does not say it. */
const USUAL_CALL_SECONDS = 60
/** Time to save the result of a call, including retries while the database is busy. */
const WRITING_SECONDS = 15

/** How long to wait for one call of a provider. */
function callSecondsOf({ callSeconds }: PaymentProvider): number {
  return callSeconds ?? USUAL_CALL_SECONDS
}

/**
 * The lease of rows that a worker takes for calls to these providers. It outlasts the longest call.
 */
export function leaseSecondsFor(providers: Iterable<PaymentProvider>): number {
  return Math.max(0, ...[...providers].map(callSecondsOf)) + WRITING_SECONDS
}

/** Waits for a provider's call; rejects if it takes longer than the provider says its calls take. */
export async function within<Answer>(provider: PaymentProvider, call: Promise<Answer>): Promise<Answer> {
  const seconds = callSecondsOf(provider)
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`${provider.name} did not answer within ${seconds} s`)),
    seconds * 1_000,
  )
  try {
    return await Promise.race([call, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
