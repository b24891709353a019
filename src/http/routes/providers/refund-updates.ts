import { isRefusal } from "../../../domain/refusals.ts"
import type { RefundUpdate } from "../../../payments/provider.ts"
import type { RefundOrigin } from "../../../store/reads/money-views.ts"
import type { Services } from "../../services.ts"
import type { AnyRefusal } from "../../wire/problems.ts"
import { parseRefundName } from "../../wire/refund-names.ts"

/** Makes the function that applies what a provider reports about a refund; call it once, when routes are registered. */
export function createRefundUpdates({
  lanes,
  lookups,
  money,
  events,
}: Pick<Services, "lanes" | "lookups" | "money" | "events">) {
  /** Changes the status of the refund that the update names. Returns the refusal if that failed. */
  return async function apply(
    provider: string,
    update: RefundUpdate,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    const place = update.refundId === null ? null : parseRefundName(update.refundId)
    const origin = place === null ? null : await money.originOfRefund(place)
    if (place === null || origin === null || !isOf(provider, origin, update)) {
      return recordElsewhere(provider, update, requestId)
    }
    const { productId } = origin
    const { status, providerRefundId, error } = update
    // The answer to the worker that sent the refund has already said so.
    if (status === "sent") return null
    const result =
      status === "failed" ? { status, error: error ?? "", providerRefundId } : { status, providerRefundId }
    const command = { kind: "settle_refund", productId, ...place, result, requestId } as const
    const { outcome } = await lanes.submit(command)
    return isRefusal(outcome) ? outcome : null
  }

  /** Records a refund made elsewhere: in the provider's dashboard, or by another installation on the same account. */
  async function recordElsewhere(
    provider: string,
    update: RefundUpdate,
    requestId: string,
  ): Promise<AnyRefusal | null> {
    const { paymentId, providerRefundId, amountMinor = null, currency = null, status, error } = update
    if (paymentId === null || providerRefundId === null || amountMinor === null || currency === null) {
      return null
    }
    const refund = { provider, paymentId, providerRefundId, amountMinor, currency, status, error }
    const place = await lookups.placeOfPayment(provider, paymentId)
    const outcome =
      place === null
        ? ({ code: "order_unknown" } as const)
        : (await lanes.submit({ kind: "record_refund", ...place, refund, requestId })).outcome
    if (!isRefusal(outcome)) return null
    const reason = reasonsToIgnore.get(outcome.code)
    if (reason === undefined) return outcome
    events.webhookIgnored({ provider, reason: `refund ${providerRefundId} ${reason}`, requestId })
    return null
  }
}

/** The refusals of a refund made elsewhere that a repetition would not change: the message is answered with 200. */
const reasonsToIgnore: ReadonlyMap<string, string> = new Map([
  ["order_unknown", "is of a payment that is not here"],
  ["nothing_to_refund", "has failed, is in another currency, or nothing is left of its payment"],
])

/** False for another installation's refund of the same name: two installations may share one account. */
function isOf(provider: string, origin: RefundOrigin, { paymentId }: RefundUpdate): boolean {
  const isSamePayment = paymentId === null || origin.paymentId === null || paymentId === origin.paymentId
  return origin.provider === provider && isSamePayment
}
