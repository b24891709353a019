import { hasPassed, instant, type Instant } from "../../../domain/time.ts"
import type { Product, UnitCounters } from "../../../domain/product.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import type { PreviewState } from "../../../../web/shared/page-data.ts"

/** An hour before the sale, for a draft whose opening time has passed. */
const BEFORE_MS = 3_600_000

/** The states in which the page of a draft can be shown. Without an opening time there is none before the sale. */
function previewStatesOf({ opensAt }: Product): readonly PreviewState[] {
  return opensAt === null ? ["open", "sold_out"] : ["scheduled", "open", "sold_out"]
}

/** The state that is asked for; on sale if there is no such state. */
export function previewStateIn(asked: unknown, product: Product): PreviewState {
  return previewStatesOf(product).find((state) => state === asked) ?? "open"
}

/** The draft as buyers will see it in a state: listed, at a time before or in its sale, with all or none of its units. */
export function previewIn(state: PreviewState, { product, serverTime }: ProductView): ProductView {
  const units = state === "sold_out" ? soldOut : unsold
  const shown: Product = {
    ...units(product),
    // With the status of the draft, the page would say that nothing is sold.
    status: "listed",
    paused: false,
    variants: product.variants?.map(units) ?? null,
  }
  return { product: shown, serverTime: timeOf(state, product, serverTime) }
}

/** What the page has to know of its states. */
export function previewOf(state: PreviewState, product: Product) {
  return { state, states: previewStatesOf(product) }
}

/** The path of the preview in a state. */
export function previewPath(productId: number, state: PreviewState): string {
  return `/admin/p/${productId}/preview${state === "open" ? "" : `?show=${state}`}`
}

function timeOf(state: PreviewState, { opensAt, closesAt }: Product, now: Instant): Instant {
  if (opensAt !== null && state === "scheduled")
    return hasPassed(opensAt, now) ? instant(opensAt - BEFORE_MS) : now
  if (opensAt !== null && !hasPassed(opensAt, now)) return opensAt
  if (closesAt === null || !hasPassed(closesAt, now)) return now
  return opensAt ?? instant(closesAt - 1)
}

function unsold<Units extends UnitCounters>(units: Units): Units {
  return { ...units, held: 0, sold: 0 }
}

function soldOut<Units extends UnitCounters>(units: Units): Units {
  return { ...units, held: 0, sold: units.stock }
}
