import { setTimeout as sleep } from "node:timers/promises"
import type { Lanes } from "../lanes/lanes.ts"
import type { PaymentEventHandler } from "../lanes/payment-event-handler.ts"
import type { PaymentProvider, PaymentReport } from "../payments/provider.ts"
import { takeOpenPayments, type OpenPayment } from "../store/queues/payment-questions.ts"
import type { Database } from "../store/pool.ts"

export interface OpenPaymentParts {
  readonly database: Database
  readonly lanes: Lanes
  readonly paymentEvents: PaymentEventHandler
  readonly providers: readonly PaymentProvider[]
}

/** Providers are asked so long before the end: time for an answer, and for what follows from it. */
const AHEAD_SECONDS = 10
/** Where many orders end together. Whoever pays later than that is found by the webhook only, or pays late. */
const LONGEST_AHEAD_SECONDS = 120
/** An order that nobody can be asked about in time gets more time when so much of it is left. */
const POSTPONE_SECONDS = 5
/** Questions of one run begin within so long, one after the other. */
const RUN_SECONDS = 2
/** What comes of the provider's rate while each run waits for its last answer. */
const USED_SHARE = 2 / 3
const USUAL_PER_SECOND = 40

/**
 * Asks the providers about payments whose orders are about to expire: a success is taken as if its
 * webhook had come, what cannot succeed any more ends its order, and where nobody can say, or could be asked
 * in time, the order waits once for a little longer. True: there may be more.
 *
 * It begins earlier the more orders end together, and asks each provider no more often than that allows
 * (`lookUpsPerSecond`, for each worker). A worker that dies between the question and the answer leaves the
 * order to expire as any other; money that comes then is late money.
 */
export async function askAboutOpenPayments(parts: OpenPaymentParts): Promise<boolean> {
  const runs = parts.providers.filter((provider) => "lookUp" in provider)
  const haveMore = await Promise.all(runs.map((provider) => askOne(parts, provider)))
  return haveMore.includes(true)
}

async function askOne(parts: OpenPaymentParts, provider: PaymentProvider): Promise<boolean> {
  const perSecond = provider.lookUpsPerSecond ?? USUAL_PER_SECOND
  const limit = Math.ceil(perSecond * RUN_SECONDS)
  const { taken, postponed } = await takeOpenPayments(parts.database.views, {
    provider: provider.name,
    perSecond: perSecond * USED_SHARE,
    aheadSeconds: AHEAD_SECONDS,
    longestAheadSeconds: LONGEST_AHEAD_SECONDS,
    postponeSeconds: POSTPONE_SECONDS,
    limit,
  })
  await Promise.all([
    ...postponed.map((order) => parts.lanes.submit({ kind: "await_payment", ...order })),
    ...taken.map(async (payment, index) => {
      if (index > 0) await sleep((index * 1_000) / perSecond)
      await settle(parts, payment, await ask(payment, provider))
    }),
  ])
  return taken.length === limit
}

async function ask({ orderId, paymentId }: OpenPayment, provider: PaymentProvider): Promise<PaymentReport> {
  try {
    return (await provider.lookUp?.({ orderId, paymentId })) ?? { status: "open" }
  } catch {
    // Whatever went wrong, it says nothing about the payment.
    return { status: "open" }
  }
}

async function settle(
  { lanes, paymentEvents }: OpenPaymentParts,
  { orderId, productId }: OpenPayment,
  report: PaymentReport,
): Promise<void> {
  if (report.status === "succeeded") await paymentEvents.receive(report.event)
  else if (report.status === "over") await lanes.submit({ kind: "cancel_order", productId, orderId })
  else await lanes.submit({ kind: "await_payment", productId, orderId })
}
