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

/** How long before an order's end its provider is asked: enough for the answer and the command that follows. */
const AHEAD_SECONDS = 10
/** The most, for many orders that end together. A payment after the question is only noticed by its webhook, or is late. */
const LONGEST_AHEAD_SECONDS = 120
/** With this much time left, an order whose provider cannot be asked in time gets more time. */
const POSTPONE_SECONDS = 5
/** The questions of one run are spread over this time. */
const RUN_SECONDS = 2
/** The share of the provider's rate that is used, because each run also waits for its last answer. */
const USED_SHARE = 2 / 3
/** For a provider that does not say how many look-ups a second it takes. */
const USUAL_PER_SECOND = 40

/**
 * Asks the providers about payments whose orders are about to expire. A payment that succeeded is handled as
 * if its webhook had come; one that cannot succeed any more ends its order. If the provider cannot tell, or
 * cannot be asked in time, the order waits once for a little longer. Returns true if there may be more.
 *
 * The more orders end together, the earlier it begins. It asks each provider no more often than that provider
 * allows (`lookUpsPerSecond`, for each worker). If a worker dies between the question and the answer, the order
 * expires as usual, and its money is late money.
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
    // A failed call says nothing about the payment.
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
