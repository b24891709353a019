import type { PaymentProvider } from "../payments/provider.ts"

/** For a provider that does not say how long its calls take. */
const USUAL_CALL_SECONDS = 60
/** Time to write down what came of a call, with the retries of a database that is busy. */
const WRITING_SECONDS = 15

/** How long one call of a provider is waited for. */
function callSecondsOf({ callSeconds }: PaymentProvider): number {
  return callSeconds ?? USUAL_CALL_SECONDS
}

/**
 * How long what is taken for calls to these providers stays with one worker: longer than the longest call.
 */
export function leaseSecondsFor(providers: Iterable<PaymentProvider>): number {
  return Math.max(0, ...[...providers].map(callSecondsOf)) + WRITING_SECONDS
}

/** What a provider's call comes to; rejects when it takes longer than the provider said. */
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
