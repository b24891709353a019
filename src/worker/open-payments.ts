import type { Lanes } from "../lanes/lanes.ts"
import type { PaymentDesk } from "../lanes/payment-desk.ts"
import type { PaymentProvider, PaymentReport } from "../payments/provider.ts"
import { takeOpenPayments, type OpenPayment } from "../store/queues/payment-questions.ts"
import type { Database } from "../store/pool.ts"

export interface OpenPaymentParts {
  readonly database: Database
  readonly lanes: Lanes
  readonly desk: PaymentDesk
  readonly providers: readonly PaymentProvider[]
}

/** Providers are asked so long before the end: time for an answer, and for what follows from it. */
const AHEAD_SECONDS = 10
const AT_ONCE = 20

/**
 * Asks the providers about payments whose orders are about to expire: a success is taken as if its
 * webhook had come, what cannot succeed any more ends its order, and where nobody can say the order
 * waits once for a little longer. True: there may be more.
 *
 * A worker that dies between the question and the answer leaves the order to expire as any other;
 * money that comes then is late money.
 */
export async function askAboutOpenPayments(parts: OpenPaymentParts): Promise<boolean> {
  const able = new Map(
    parts.providers.filter((provider) => "lookUp" in provider).map((one) => [one.name, one]),
  )
  if (able.size === 0) return false
  const due = { providers: [...able.keys()], seconds: AHEAD_SECONDS, limit: AT_ONCE }
  const taken = await takeOpenPayments(parts.database.views, due)
  await Promise.all(
    taken.map(async (payment) => settle(parts, payment, await ask(payment, able.get(payment.provider)))),
  )
  return taken.length === AT_ONCE
}

async function ask(
  { orderId, paymentId }: OpenPayment,
  provider: PaymentProvider | undefined,
): Promise<PaymentReport> {
  try {
    return (await provider?.lookUp?.({ orderId, paymentId })) ?? { status: "open" }
  } catch {
    // Whatever went wrong, it says nothing about the payment.
    return { status: "open" }
  }
}

async function settle(
  { lanes, desk }: OpenPaymentParts,
  { orderId, productId }: OpenPayment,
  report: PaymentReport,
): Promise<void> {
  if (report.status === "succeeded") await desk.receive(report.event)
  else if (report.status === "over") await lanes.submit({ kind: "cancel_order", productId, orderId })
  else await lanes.submit({ kind: "await_payment", productId, orderId })
}
