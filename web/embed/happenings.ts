import type { Hold, Order } from "../../client/src/index.ts"
import type { BuyerView, Notice } from "../storefront/buyer-view.ts"

/** The buyer's hold, with its owner token and the order that was made from it. */
export interface HeldUnits {
  readonly hold: Hold
  readonly token: string
  readonly orderId: number | null
}

/** The buyer's situation, as far as the shop's page is told about it. */
export interface Situation {
  readonly held: HeldUnits | null
  readonly view: Pick<BuyerView, "stage" | "notice">
  /** The order that was made from the hold; null: there is none, or it has not been read yet. */
  readonly order: Order | null
}

/** A hold, as events tell it. */
export interface HoldTold {
  readonly product_id: number
  readonly hold_id: number
  readonly qty: number
  /** Null: the product has no variants. */
  readonly lines: readonly { readonly variant_id: number; readonly qty: number }[] | null
  readonly expires_at: string
}

/** What has happened, with the details of its event. `ordered` is without its address, which the element knows. */
export type Happening =
  /** `token`: gives access to the hold. `restored`: the hold was there before the page was loaded, or comes from another tab. */
  | {
      readonly type: "held"
      readonly detail: HoldTold & { readonly token: string; readonly restored: boolean }
    }
  | { readonly type: "ended"; readonly detail: HoldTold & { readonly reason: "expired" | "released" } }
  | { readonly type: "refused"; readonly notice: Notice }
  | { readonly type: "ordered"; readonly orderId: number; readonly held: HeldUnits }
  | { readonly type: "paid"; readonly order: Order }

/** Lists what has happened between two situations. `before` null: the page has been loaded. */
export function happeningsBetween(before: Situation | null, now: Situation): readonly Happening[] {
  return [...holdHappenings(before, now), ...refusals(before, now), ...orderHappenings(before, now)]
}

function holdHappenings(before: Situation | null, now: Situation): Happening[] {
  const old = activeHold(before)
  const active = activeHold(now)
  if (old?.hold.hold_id === active?.hold.hold_id) return []
  const happenings: Happening[] = []
  const isOrdered = now.held?.hold.hold_id === old?.hold.hold_id && now.held?.hold.status === "converted"
  if (old !== null && !isOrdered) {
    const isReleased = now.held?.hold.hold_id === old.hold.hold_id && now.held.hold.status === "released"
    happenings.push({
      type: "ended",
      detail: { ...told(old), reason: isReleased ? "released" : "expired" },
    })
  }
  if (active !== null) {
    const restored = before?.view.stage.kind !== "reserving"
    happenings.push({ type: "held", detail: { ...told(active), token: active.token, restored } })
  }
  return happenings
}

function refusals(before: Situation | null, { view }: Situation): Happening[] {
  const { notice } = view
  if (notice === null || notice === before?.view.notice || !isRefusal(notice)) return []
  return [{ type: "refused", notice }]
}

function orderHappenings(before: Situation | null, now: Situation): Happening[] {
  const happenings: Happening[] = []
  const { held, order } = now
  const isNew =
    before !== null && held !== null && held.orderId !== null && held.orderId !== before.held?.orderId
  // A page that is loaded finds the order of an earlier visit, of which it was told then.
  if (isNew && before.held?.hold.hold_id === held.hold.hold_id) {
    happenings.push({ type: "ordered", orderId: held.orderId, held })
  }
  if (order?.status === "paid" && before?.order?.status !== "paid") happenings.push({ type: "paid", order })
  return happenings
}

/** The hold while it is the buyer's; it ends for the page when its time is over, whatever its status says. */
function activeHold(situation: Situation | null): HeldUnits | null {
  return situation?.view.stage.kind === "held" ? situation.held : null
}

function told({ hold }: HeldUnits): HoldTold {
  return {
    product_id: hold.product_id,
    hold_id: hold.hold_id,
    qty: hold.qty,
    lines: hold.lines?.map(({ variant_id, qty }) => ({ variant_id, qty })) ?? null,
    expires_at: hold.expires_at,
  }
}

function isRefusal({ code }: Notice): boolean {
  return !NEWS.has(code)
}

/** Notices that are no answers to a request. */
const NEWS: ReadonlySet<Notice["code"]> = new Set<Notice["code"]>([
  "hold_expired",
  "hold_expired_details_kept",
  "hold_released",
  "ordered",
  "price_changed",
])
