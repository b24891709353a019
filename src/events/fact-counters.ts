import type { Fact } from "../domain/facts.ts"
import type { Metrics } from "../metrics/metrics.ts"
import type { RefusedHold } from "../metrics/watched-holds.ts"
import type { PaymentEventFact } from "./fact-lines.ts"

/** Counts each kind of fact in its metric. */
export interface FactCounters {
  count(fact: Fact): void
  countRefusedHold(productId: number, refusal: RefusedHold): void
  countPaymentEvent(event: PaymentEventFact): void
}

/** Binds the counters to the metrics of this process. */
export function createFactCounters(metrics: Metrics): FactCounters {
  function countHold(productId: number, result: string): void {
    metrics.holds.count(result)
    metrics.watchedHolds.count(productId, result)
  }

  function countRefusedHold(productId: number, refusal: RefusedHold): void {
    metrics.holds.count(refusal.code)
    metrics.watchedHolds.countRefusal(productId, refusal)
  }

  function countPaymentEvent({ duplicate, outcome }: PaymentEventFact): void {
    metrics.paymentEvents.count(duplicate ? "duplicate" : outcome)
  }

  function count(fact: Fact): void {
    switch (fact.kind) {
      case "hold_created":
      case "hold_released":
      case "hold_expired":
        return countHold(fact.hold.productId, fact.kind.slice("hold_".length))
      case "order_created":
      case "order_cancelled":
      case "order_expired":
      case "order_paid":
      case "order_refunded":
        return metrics.orders.count(fact.kind.slice("order_".length))
      case "refund_due":
      case "refund_settled":
        return metrics.refunds.count(fact.refund.status)
      case "refund_reversed":
        return metrics.refunds.count("reversed")
      case "dispute_changed":
        return metrics.disputes.count(fact.dispute.status)
      case "payment_event":
        return countPaymentEvent(fact)
      case "product_created":
      case "product_changed":
      case "variant_added":
      case "variant_changed":
      case "stock_adjusted":
        return undefined
    }
  }

  return { count, countRefusedHold, countPaymentEvent }
}
