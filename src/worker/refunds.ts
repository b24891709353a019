import type { RefundResult } from "../domain/commands.ts"
import { refundName, type Refund } from "../domain/refund.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { PaymentProvider, RefundReport } from "../payments/provider.ts"
import type { RefundQueue, TakenRefund } from "../store/queues/refund-queue.ts"
import { leaseSecondsFor, within } from "./provider-calls.ts"

export interface RefundParts {
  readonly lanes: Lanes
  readonly refunds: RefundQueue
  readonly providers: readonly PaymentProvider[]
}

/** Refunds under way at one time; each is a call to a provider. */
const AT_ONCE = 10
/**
 * With pauses of up to an hour, the attempts take more than a day. Then the refund fails, and the shop has to look at
 * it.
 */
const MOST_ATTEMPTS = 36

/**
 * Sends refunds that are due to their providers. Returns true if there may be more.
 *
 * The call is made outside of any transaction. If the process dies after it, the refund is sent again with
 * the same idempotency key, so that the money goes back once.
 */
export async function sendRefunds({ lanes, refunds, providers }: RefundParts): Promise<boolean> {
  const able = new Map(providers.filter((provider) => "refund" in provider).map((one) => [one.name, one]))
  if (able.size === 0) return false
  const taken = await refunds.take({
    providers: [...able.keys()],
    limit: AT_ONCE,
    leaseSeconds: leaseSecondsFor(able.values()),
  })
  await Promise.all(
    taken.map(async (refund) => {
      const report = await send(refund, able.get(refund.provider))
      const result = resultOf(refund, report)
      if (result === null) return refunds.noteError(refund, errorOf(report))
      const { productId, orderId, number } = refund
      await lanes.submit({ kind: "settle_refund", productId, orderId, number, result })
    }),
  )
  return taken.length === AT_ONCE
}

async function send(refund: TakenRefund, provider: PaymentProvider | undefined): Promise<RefundReport> {
  const refundId = refundName(refund.orderId, refund.number)
  if (provider?.refund === undefined || refund.paymentId === null) {
    return { status: "not now", error: `${refund.provider} cannot send money back` }
  }
  const { orderId, paymentId, amountMinor, currency, idempotencyKey } = refund
  const order = { refundId, orderId, paymentId, amountMinor, currency, idempotencyKey }
  try {
    return await within(provider, provider.refund(order))
  } catch (error) {
    // A fault of our own must not count as the provider's refusal.
    return { status: "not now", error: error instanceof Error ? error.message : String(error) }
  }
}

/** Null if the refund stays due and is tried again. */
function resultOf({ attempts }: Refund, report: RefundReport): RefundResult | null {
  if (report.status !== "not now") return report
  return attempts >= MOST_ATTEMPTS ? { status: "failed", error: report.error } : null
}

function errorOf(report: RefundReport): string {
  return "error" in report ? report.error : ""
}
