import type { Hold, HoldLine, NextPhase, Order, Product, SaleState, Time } from "../../client/src/index.ts"
import { asksDetails } from "./asked-details.ts"
import { openingOf, phasesLeft, type Need, type OwnAccess } from "./buyer-opening.ts"
import { isNothingForSale, isSoldOut, mostAvailable, MOST_UNITS, withUnitsForSale } from "./variant-choice.ts"

/** The facts that determine what a buyer sees. */
export interface Known {
  /** Null: on the page of an order that has not been read yet. */
  readonly product: Product | null
  /** The buyer's last hold of this product. */
  readonly hold: Hold | null
  /** The price of one unit when the hold was placed, if the page knows it and the hold has no lines that say it. */
  readonly heldPriceMinor: number | null
  /** The price of the whole hold that the button showed; null: not known. */
  readonly askedMinor: number | null
  /** The order that was made from the hold; null: none is known. */
  readonly heldOrderId: number | null
  /**
   * Null: not on the page of an order. `missing`: the order does not exist, or this browser has no token for it.
   * `wrong_link`: the same, and the page was opened by a link whose token is not the order's.
   */
  readonly order: Order | "unread" | "missing" | "wrong_link" | null
  readonly payment: PaymentSeen | null
  /** The server's clock, in milliseconds since 1970; null: not known yet. */
  readonly nowMs: number | null
  readonly connection: "starting" | "live" | "lost"
  readonly pending: Pending | null
  readonly refusal: Refusal | null
  /** What the server has said of this buyer, of a product with phases. */
  readonly ownAccess?: OwnAccess | null
}

/** A payment as its provider reports it to the page. */
export interface PaymentSeen {
  readonly status: "open" | "processing" | "succeeded" | "declined" | "cancelled"
  readonly capturedMinor: number
  readonly refundedMinor: number
}

/** A request without an answer yet. `trouble`: why the last try failed; null: none has failed. */
export interface Pending {
  readonly action: "hold" | "order" | "release" | "cancel" | "pay" | "save"
  readonly trouble: "crowd" | "no_answer" | null
}

/** Why a request was refused. */
export type Refusal =
  /** `available` null: the shop does not show how many there are. */
  | { readonly code: "too_few"; readonly available: number | null }
  | { readonly code: "missed"; readonly retryAt: Time | null }
  /** The variants that had too few units, when the request was answered. */
  | { readonly code: "lacking"; readonly lines: readonly LackingUnits[]; readonly retryAt: Time | null }
  /** `name`: of the variant that has this limit; null: it is the product's limit. */
  | { readonly code: "over_limit"; readonly mostUnits: number; readonly name: string | null }
  | { readonly code: "variant_disabled"; readonly name: string }
  | { readonly code: "variant_required" }
  | { readonly code: "customer_required" }
  | { readonly code: "customer_limit"; readonly unitsLeft: number }
  /** The shop has not said who the buyer is, or it was too long ago. */
  | { readonly code: "customer_token_required" | "customer_token_invalid" }
  /** The buyer has not confirmed a mailbox, or it was too long ago. */
  | { readonly code: "mailbox_required" }
  | AccessRefusal
  /** Too many units of the buyer's network, which others may share, or account were not paid. */
  | { readonly code: "too_many_open" }
  /** The outcome is unknown. The page keeps the idempotency key, so the buyer can safely try again. */
  | { readonly code: "crowd" | "no_answer" }
  /** The link that was opened is not this order's; the browser has opened the order without it. */
  | { readonly code: "wrong_link" }
  /** The form shows what is wrong with the details. */
  | { readonly code: "check_details" }
  /** The shop has erased the details of the order, and takes no new ones. */
  | { readonly code: "details_erased" }
  /** A refusal for which the page has no words. `detail` is the server's text, in English. */
  | { readonly code: "other"; readonly detail: string }
  /** The payment provider's own words, or the page's about the provider. */
  | { readonly code: "payment"; readonly text: string }

/** The buyer has not what the phase needs, or too few units of a code are left. `next`: a phase that begins later. */
export type AccessRefusal = { readonly next: NextPhase | null } & (
  | { readonly code: "access_required"; readonly needs: readonly Need[] }
  | { readonly code: "access_code_unknown" }
  | { readonly code: "access_code_used_up"; readonly unitsLeft: number }
)

/** A variant that had fewer units than were requested. */
export interface LackingUnits {
  readonly variantId: number
  readonly name: string
  readonly requested: number
  /** Null: the shop does not show it. */
  readonly available: number | null
}

/** A message beside the stage: a refusal, the end of the buyer's last hold, or a price other than the button showed. */
export type Notice =
  | Refusal
  | {
      readonly code:
        | "hold_expired"
        | "hold_expired_details_kept"
        | "hold_released"
        | "ordered"
        | "price_changed"
    }

/** The buyer's situation. `leftSeconds` is rounded up; null: the server's time is not known yet. */
export type Stage =
  /** `for`: whose phase begins then, of a product with phases. */
  | {
      readonly kind: "scheduled"
      readonly opensAt: Time
      readonly leftSeconds: number | null
      readonly for?: "everybody" | OwnAccess["by"]
    }
  /** Other buyers may buy, now or later, and this one has not what they need. */
  | { readonly kind: "needs_access"; readonly needs: readonly Need[] }
  | { readonly kind: "paused" }
  | { readonly kind: "over" }
  | { readonly kind: "sold_out" }
  | { readonly kind: "all_held"; readonly retryAt: Time | null }
  | { readonly kind: "on_sale"; readonly mostUnits: number }
  | { readonly kind: "reserving"; readonly trouble: Pending["trouble"] }
  | {
      readonly kind: "held"
      readonly qty: number
      /** Null: the product has no variants. */
      readonly lines: readonly HoldLine[] | null
      /** What is to be paid: the price of the moment when the hold was placed. */
      readonly totalMinor: number
      readonly expiresAt: Time
      readonly leftSeconds: number | null
      readonly wholeSeconds: number
    }
  | { readonly kind: "order_unread" | "order_missing" | "wrong_link" }
  /** `needs_details`: an order to pay, of which the shop lacks required details. */
  | {
      readonly kind: "to_pay" | "needs_details"
      readonly expiresAt: Time
      readonly leftSeconds: number | null
    }
  /** Without its end, which would frighten a buyer who has paid. */
  | { readonly kind: "payment_under_way" }
  | { readonly kind: "paid"; readonly isLate: boolean }
  | { readonly kind: "declined" | "cancelled" | "order_expired" | "late_payment" | "refunded" }
  /** The payment came too late to pay the order. It is being refunded (`money_returning`) or has been. */
  | { readonly kind: "money_returning" | "money_returned"; readonly amountMinor: number }

/** All changing parts of what a buyer sees. */
export interface BuyerView {
  readonly stage: Stage
  readonly notice: Notice | null
  /** On the page of a product: the buyer's order of it, linked from the notice. */
  readonly orderId: number | null
  /** The request without an answer; the page sends one at a time. */
  readonly pending: Pending | null
  readonly isOffline: boolean
}

/** How long the page says that the buyer's hold has ended. */
const RECENT_MS = 10 * 60_000

/** Determines what a buyer sees. An order takes precedence over a hold, and a hold over the state of the sale. */
export function whatBuyerSees(known: Known): BuyerView {
  const { pending } = known
  return {
    stage: stageOf(known),
    notice: noticeOf(known),
    orderId: orderIdOf(known),
    pending,
    isOffline: known.connection === "lost",
  }
}

/** The product as a page shows it at `nowMs`: its sale state, and the units that are for sale. */
export function productAt(product: Product, nowMs: number | null): Product {
  const { phases } = product
  const now = nowMs ?? Date.parse(product.server_time)
  return {
    ...withUnitsForSale(product),
    sale_state: saleStateAt(product, nowMs),
    ...(phases !== undefined && { phases: phasesLeft(phases, now) }),
  }
}

/**
 * The state of the sale at `nowMs`. The sale may have opened or closed since the product was read. It counts as paused
 * while all variants are disabled: without any unit for sale it would look sold out.
 */
export function saleStateAt(product: Product, nowMs: number | null): SaleState {
  const state = stateAt(withUnitsForSale(product), nowMs)
  return state === "sold_out" && isNothingForSale(product) ? "paused" : state
}

/** True when the shop has taken the product off sale altogether. */
export function isHidden({ status }: Pick<Product, "status">): boolean {
  return status === "draft" || status === "archived"
}

function stateAt(product: Product, nowMs: number | null): SaleState {
  if (isHidden(product)) return "closed"
  if (nowMs === null) return product.sale_state
  if (product.closes_at !== null && Date.parse(product.closes_at) <= nowMs) return "closed"
  if (product.opens_at !== null && Date.parse(product.opens_at) > nowMs) return "scheduled"
  if (product.sale_state !== "scheduled" && product.sale_state !== "closed") return product.sale_state
  if (isSoldOut(product)) return "sold_out"
  return mostAvailable(product) > 0 ? "open" : "all_held"
}

/** Whole seconds until then, 0 or more. */
function secondsUntil(time: Time, nowMs: number | null): number | null {
  return nowMs === null ? null : Math.max(0, Math.ceil((Date.parse(time) - nowMs) / 1_000))
}

function stageOf(known: Known): Stage {
  const { product, hold, order, nowMs, pending } = known
  if (order !== null) return orderStage(order, known)
  if (hold !== null && isHeld(hold, nowMs)) {
    const wholeSeconds = Math.round((Date.parse(hold.expires_at) - Date.parse(hold.created_at)) / 1_000)
    const left = secondsUntil(hold.expires_at, nowMs)
    // `nowMs` changes once a second, so a new hold may have been made after it.
    const leftSeconds = left === null ? null : Math.min(left, wholeSeconds)
    const { qty, lines = null, expires_at: expiresAt } = hold
    return {
      kind: "held",
      qty,
      lines,
      totalMinor: totalOf(known, hold),
      expiresAt,
      leftSeconds,
      wholeSeconds,
    }
  }
  if (pending?.action === "hold") return { kind: "reserving", trouble: pending.trouble }
  return product === null ? { kind: "over" } : saleStage(product, known)
}

function totalOf({ product, heldPriceMinor }: Known, { qty, lines }: Hold): number {
  return lines === undefined
    ? qty * (heldPriceMinor ?? product?.price_minor ?? 0)
    : lines.reduce((sum, line) => sum + line.qty * line.unit_price_minor, 0)
}

function saleStage(product: Product, { nowMs, refusal, ownAccess = null }: Known): Stage {
  const state = saleStateAt(product, nowMs)
  const closed = state === "closed" || state === "sold_out" ? null : closedTo(product, ownAccess, nowMs)
  if (closed !== null) return closed
  switch (state) {
    case "closed":
      return { kind: "over" }
    case "scheduled": {
      const opensAt = product.opens_at ?? product.server_time
      return { kind: "scheduled", opensAt, leftSeconds: secondsUntil(opensAt, nowMs) }
    }
    case "paused":
      return { kind: "paused" }
    case "sold_out":
      return { kind: "sold_out" }
    case "all_held":
      return { kind: "all_held", retryAt: refusal !== null && "retryAt" in refusal ? refusal.retryAt : null }
    case "open": {
      const mostUnits = Math.max(1, Math.min(product.max_per_hold ?? MOST_UNITS, mostAvailable(product)))
      return { kind: "on_sale", mostUnits }
    }
  }
}

/** The stage of a buyer whose phase is not on; null: it is, or the product has no phases. */
function closedTo(product: Product, own: OwnAccess | null, nowMs: number | null): Stage | null {
  const opening = openingOf(product, own, nowMs)
  switch (opening?.kind) {
    case "later": {
      const { opensAt } = opening
      return { kind: "scheduled", opensAt, leftSeconds: secondsUntil(opensAt, nowMs), for: opening.for }
    }
    case "closed_to_buyer":
      return { kind: "needs_access", needs: opening.needs }
    case "over":
      return { kind: "over" }
    default:
      return null
  }
}

function orderStage(order: NonNullable<Known["order"]>, { payment, nowMs }: Known): Stage {
  if (order === "unread") return { kind: "order_unread" }
  if (order === "missing") return { kind: "order_missing" }
  if (order === "wrong_link") return { kind: "wrong_link" }
  const leftSeconds = secondsUntil(order.expires_at, nowMs)
  switch (order.status) {
    case "paid":
      return { kind: "paid", isLate: order.late }
    case "refunded":
      return { kind: "refunded" }
    case "pending_payment":
      if (leftSeconds === 0)
        return { kind: payment !== null && isUnderWay(payment) ? "late_payment" : "order_expired" }
      if (payment !== null && isUnderWay(payment)) return { kind: "payment_under_way" }
      return {
        kind: order.missing_details === undefined ? "to_pay" : "needs_details",
        expiresAt: order.expires_at,
        leftSeconds,
      }
    case "cancelled":
      if (payment?.status === "declined") return { kind: "declined" }
      return latePaymentStage(payment) ?? { kind: "cancelled" }
    case "expired":
      return latePaymentStage(payment) ?? { kind: "order_expired" }
  }
}

/** The stage of a cancelled or expired order with a payment; null: without a payment that can still arrive. */
function latePaymentStage(payment: PaymentSeen | null): Stage | null {
  if (payment?.status === "processing") return { kind: "late_payment" }
  if (payment?.status !== "succeeded") return null
  const isBack = payment.refundedMinor >= payment.capturedMinor
  return { kind: isBack ? "money_returned" : "money_returning", amountMinor: payment.capturedMinor }
}

function isUnderWay({ status }: PaymentSeen): boolean {
  return status === "processing" || status === "succeeded"
}

function isHeld(hold: Hold, nowMs: number | null): boolean {
  return hold.status === "active" && (nowMs === null || Date.parse(hold.expires_at) > nowMs)
}

/** The buyer's order of this product, which is linked even beside a refusal. */
function orderIdOf({ hold, heldOrderId, order }: Known): number | null {
  return order === null && hold?.status === "converted" ? heldOrderId : null
}

function noticeOf(known: Known): Notice | null {
  const { hold, heldOrderId, order, nowMs, refusal, pending } = known
  if (refusal !== null && !hasBegun(refusal, nowMs)) return refusal
  if (order !== null || hold === null || pending?.action === "hold") return null
  if (isHeld(hold, nowMs)) return hasOtherPrice(known, hold) ? { code: "price_changed" } : null
  if (hold.status === "converted") return heldOrderId === null ? null : { code: "ordered" }
  if (nowMs !== null && nowMs - Date.parse(hold.expires_at) > RECENT_MS) return null
  // After the end of the sale, units given back are for nobody.
  if (hold.status === "released") return stageOf(known).kind === "over" ? null : { code: "hold_released" }
  return { code: asksDetails(known.product) ? "hold_expired_details_kept" : "hold_expired" }
}

/** True if the buyer was told to wait for a phase that is on now. */
function hasBegun(refusal: Refusal, nowMs: number | null): boolean {
  if (refusal.code !== "access_required" || refusal.next === null || nowMs === null) return false
  return Date.parse(refusal.next.from) <= nowMs
}

/** True if the shop has changed the price between what the buyer saw and the hold. */
function hasOtherPrice(known: Known, hold: Hold): boolean {
  return hold.lines !== undefined && known.askedMinor !== null && known.askedMinor !== totalOf(known, hold)
}
