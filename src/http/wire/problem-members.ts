import type { NextPhase } from "../../domain/refusals.ts"
import { isoTime, isoTimeOrNull } from "../../domain/time.ts"
import { fixedErrors } from "./fixed-errors.ts"
import type { AnyRefusal } from "./problems.ts"

/** The further members that some refusals carry. */
export function members(refusal: AnyRefusal): object {
  switch (refusal.code) {
    case "out_of_stock":
      return {
        sale_state: refusal.saleState,
        available_stock: refusal.hidesUnits ? undefined : refusal.availableStock,
        retry_at: isoTimeOrNull(refusal.retryAt),
        lines: refusal.lines?.map(({ variantId, requested, available }) => ({
          variant_id: variantId,
          requested,
          available: refusal.hidesUnits ? undefined : available,
        })),
      }
    case "sale_not_open":
      return { opens_at: isoTime(refusal.opensAt) }
    case "sale_closed":
      return { closes_at: isoTime(refusal.closedAt) }
    case "hold_already_used":
      return { order_id: refusal.orderId }
    case "quantity_over_limit":
      return { max_per_hold: refusal.maxPerHold, variant_id: refusal.variantId }
    case "variant_not_found":
    case "variant_disabled":
      return { variant_id: refusal.variantId }
    case "too_many_variants":
      return { most_variants: refusal.mostVariants }
    case "stock_over_limit":
      return { most_stock: refusal.mostStock }
    case "customer_limit_reached":
      return { units_left: refusal.unitsLeft }
    case "access_required":
      return { needs: refusal.needs, next_phase: nextPhaseJson(refusal.nextPhase) }
    case "access_code_unknown":
      return { next_phase: nextPhaseJson(refusal.nextPhase) }
    case "access_code_used_up":
      return { units_left: refusal.unitsLeft, next_phase: nextPhaseJson(refusal.nextPhase) }
    case "customer_token_required":
      return { needs: refusal.needs }
    case "customer_token_invalid":
      return { because: refusal.because }
    case "too_many_open_holds":
      return {
        because: refusal.because,
        units_left: refusal.unitsLeft,
        retry_at: isoTimeOrNull(refusal.retryAt),
      }
    case "payment_disputed":
    case "refund_over_payment":
      return { refundable_minor: refusal.refundableMinor }
    case "restock_over_order":
      return { restockable_qty: refusal.restockableQty }
    case "too_many_endpoints":
      return { most_endpoints: refusal.mostEndpoints }
    case "too_many_operators":
      return { most_operators: refusal.mostOperators }
    case "role_required":
      return { role: refusal.role }
    case "stock_changed":
      return { stock: refusal.stock }
    case "stock_in_use":
    case "product_in_use":
      return { reserved_stock: refusal.held, sold_stock: refusal.sold }
    case "details_required":
      return { missing_details: refusal.missing }
    case "details_invalid":
    case "invalid_request":
      return { errors: refusal.errors }
    case "metadata_over_limit":
    case "nothing_to_refund":
    case "invalid_sale_window":
    case "customer_not_signed":
      return { errors: fixedErrors[refusal.code] }
    default:
      return {}
  }
}

function nextPhaseJson(next: NextPhase | null) {
  return next === null ? null : { from: isoTime(next.from), needs: next.needs }
}
