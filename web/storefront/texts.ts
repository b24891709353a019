import { priceOf } from "../shared/money.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"
import type { BuyerView, LackingUnits, Notice, Stage } from "./buyer-view.ts"
import { lowestPrice, type Lack, type VariantState } from "./variant-choice.ts"
import type { Order, Product, SaleState, Variant } from "../../client/src/index.ts"

/** The state of a sale in a list. */
export const saleTexts: Readonly<Record<SaleState, string>> = {
  open: "On sale",
  all_held: "All reserved",
  sold_out: "Sold out",
  scheduled: "Opens soon",
  paused: "Paused",
  closed: "Ended",
}

/** The price of a product; where its variants differ, the lowest. */
export function priceText(product: Product): string {
  const { minor, isOnly } = lowestPrice(product)
  const price = priceOf(minor, product.currency)
  return isOnly ? price : `From ${price}`
}

/** The buyer's situation in one line. */
export function headlineOf(stage: Stage): string {
  switch (stage.kind) {
    case "scheduled":
      return "Not open yet"
    case "paused":
      return "Sale paused"
    case "over":
      return "Sale ended"
    case "sold_out":
      return "Sold out"
    case "all_held":
      return "All reserved"
    case "on_sale":
      return "On sale now"
    case "reserving":
      if (stage.trouble === "crowd") return "High demand, trying again…"
      return stage.trouble === "no_answer" ? "No response yet, trying again…" : "Reserving…"
    case "held":
      return `${unitsOf(stage.qty)} reserved for you`
    case "order_unread":
      return "Loading your order…"
    case "order_missing":
      return "Order not found in this browser"
    case "wrong_link":
      return "This link does not open the order"
    case "to_pay":
      return "Awaiting your payment"
    case "needs_details":
      return "Details are missing"
    case "payment_under_way":
      return "Confirming your payment…"
    case "paid":
      return "Order paid"
    case "declined":
      return "Payment declined"
    case "cancelled":
      return "Order cancelled"
    case "order_expired":
      return "Order expired"
    case "late_payment":
      return "Your payment is late"
    case "money_returning":
      return "Refund in progress"
    case "money_returned":
      return "Payment refunded"
    case "refunded":
      return "Order refunded"
  }
}

/** Explains the headline to the buyer; null: it needs no explanation. */
export function explanationOf(stage: Stage, currency: string, paysHere: boolean): string | null {
  switch (stage.kind) {
    case "scheduled":
      return "Stay on this page: the sale opens here by itself, at shop time."
    case "paused":
      return "The shop has paused the sale. Stay on this page: it updates by itself."
    case "over":
      return "This product is no longer for sale."
    case "sold_out":
      return "All units have been paid for."
    case "all_held":
      return "No units are available right now. Units come back when a reservation expires. Stay on this page: it updates by itself."
    case "reserving":
      return stage.trouble === null ? null : "Please wait. Trying again does not reserve more units."
    case "order_missing":
      return "The order may have been placed in another browser or on another device."
    case "wrong_link":
      return "The link is incomplete or belongs to another order. Copy the whole link again, up to its last character."
    case "to_pay":
      return paysHere ? null : "You pay the shop directly. This page shows when your payment has arrived."
    case "needs_details":
      return "The shop needs them before you can pay."
    case "payment_under_way":
      return "This takes a few seconds. You can leave this page and come back."
    case "paid":
      return stage.isLate
        ? "Thank you. Your payment arrived late, but your units were still available."
        : "Thank you. Your payment has been received."
    case "declined":
      return "No money was taken, and the units are available to others again."
    case "cancelled":
      return "The units are available to others again. If a payment still arrives, it is refunded automatically."
    case "order_expired":
      return "The order was not paid in time, and the units are available to others again. If your payment still arrives, you get them if they are left; otherwise it is refunded automatically."
    case "late_payment":
      return "The time to pay is over. If your units are still available when the payment arrives, they are yours; otherwise it is refunded automatically."
    case "money_returning":
      return `Your payment arrived too late. ${priceOf(stage.amountMinor, currency)} is being refunded automatically.`
    case "money_returned":
      return `Your payment arrived too late. ${priceOf(stage.amountMinor, currency)} has been refunded.`
    case "refunded":
      return "The full price has been refunded."
    case "on_sale":
    case "held":
    case "order_unread":
      return null
  }
}

/** What happens next with a paid order; null: nothing that the buyer has to know. */
export function nextStepOf(stage: Stage, order: Order): string | null {
  if (stage.kind !== "paid") return null
  if (order.missing_details !== undefined) return "The shop still needs some details, and will contact you."
  const sent = order.details?.shipping_address ? "The shop sends your order to the address below. " : ""
  return `${sent}This page is your receipt.`
}

/** A notice in words. */
export function noticeText(notice: Notice): string {
  switch (notice.code) {
    case "too_few":
      return `Only ${notice.available} left. Choose fewer.`
    case "missed":
      return "Other buyers were faster. Nothing was reserved for you."
    case "lacking":
      return `Other buyers were faster. Nothing was reserved, because ${notice.lines.map(lackingText).join(" and ")}.`
    case "over_limit": {
      const { mostUnits, name } = notice
      return `The limit is ${unitsOf(mostUnits)}${name === null ? "" : ` of ${name}`} per order.`
    }
    case "variant_disabled":
      return `Nothing was reserved: ${notice.name} is no longer for sale.`
    case "variant_required":
      return "This product is now sold by variant. Choose one."
    case "customer_required":
      return "Enter your customer id."
    case "customer_limit":
      return notice.unitsLeft === 0
        ? "You have reached the limit per customer."
        : `You can reserve ${notice.unitsLeft} more: there is a limit per customer.`
    case "crowd":
      return "Demand is still high. Try again: it does not reserve more units."
    case "no_answer":
      return "The shop did not respond. Try again: it does not reserve more units."
    case "check_details":
      return "The shop did not accept your details. Correct the marked fields."
    case "wrong_link":
      return "The link you opened is incomplete or belongs to another order. This browser could open the order without it."
    case "other":
      return notice.detail
    case "hold_expired":
      return "Your reservation has expired, and the units are available to others again."
    case "hold_expired_details_kept":
      return "Your reservation has expired, and the units are available to others again. What you have entered is kept in this tab."
    case "hold_released":
      return "Reservation cancelled. The units are available to others again."
    case "price_changed":
      return "The price has changed since you chose. You pay the total that is shown here."
    case "ordered":
      return "You have an order for this product."
  }
}

function lackingText({ name, available }: LackingUnits): string {
  if (available === 0) return `no unit of ${name} is available`
  return `${name} has only ${unitsOf(available)} left`
}

const variantTexts: Readonly<Record<Exclude<VariantState, "open">, string>> = {
  all_held: "All reserved",
  sold_out: "Sold out",
  not_for_sale: "Not for sale",
}

/** How many units of a variant are left, or why none is. */
export function stockText({ available_stock }: Variant, state: VariantState): string {
  return state === "open" ? `${available_stock} left` : variantTexts[state]
}

/** Why a chosen variant cannot be reserved now. */
export function lackText({ name, state, available }: Lack): string {
  switch (state) {
    case "open":
      return `${name} has only ${unitsOf(available)} left. Choose fewer.`
    case "all_held":
      return `All units of ${name} are reserved. Units come back when a reservation expires: stay on this page.`
    case "sold_out":
      return `${name} is sold out.`
    case "not_for_sale":
      return `${name} is no longer for sale.`
  }
}

/** Tells that chosen variants can be reserved again. */
export function againText(names: readonly string[]): string {
  return `${names.join(" and ")} ${areFor(names.length)} available again.`
}

/** The text of a button that needs a choice first; `option`: what the variants differ in, such as `size`. */
export function chooseFirstText(option: string | null): string {
  if (option === null) return "Choose first"
  return /^[aeiou]/i.test(option) ? `Choose an ${option}` : `Choose a ${option}`
}

const ONE_MINUTE_SECONDS = 60

/** The text that screen readers read out when the view changes; null: none. Countdowns are left out. */
export function announcementOf(before: BuyerView, after: BuyerView): string | null {
  const headline = headlineOf(after.stage)
  const said = [
    headline === headlineOf(before.stage) ? null : sentence(headline),
    after.notice === null || after.notice.code === before.notice?.code ? null : noticeText(after.notice),
    after.isOffline === before.isOffline ? null : after.isOffline ? "Connection lost." : "Connected again.",
    before.stage.kind === after.stage.kind && passedOneMinute(before.stage, after.stage)
      ? "One minute left."
      : null,
  ].filter((text) => text !== null)
  return said.length === 0 ? null : said.join(" ")
}

function sentence(text: string): string {
  return text.endsWith("…") ? text : `${text}.`
}

function passedOneMinute(before: Stage, after: Stage): boolean {
  if (!("leftSeconds" in before) || !("leftSeconds" in after)) return false
  if (before.leftSeconds === null || after.leftSeconds === null) return false
  return before.leftSeconds > ONE_MINUTE_SECONDS && after.leftSeconds <= ONE_MINUTE_SECONDS
}
