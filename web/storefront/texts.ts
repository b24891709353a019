import { priceOf } from "../shared/money.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"
import type { BuyerView, Notice, Stage } from "./buyer-view.ts"
import type { SaleState } from "../../client/src/index.ts"

/** What a list says of a sale. */
export const saleTexts: Readonly<Record<SaleState, string>> = {
  open: "On sale",
  all_held: "All in baskets",
  sold_out: "Sold out",
  scheduled: "Opens soon",
  paused: "Paused",
  closed: "Over",
}

/** One line that says where the buyer stands. */
export function headlineOf(stage: Stage): string {
  switch (stage.kind) {
    case "scheduled":
      return "Not open yet"
    case "paused":
      return "The sale is paused"
    case "over":
      return "The sale is over"
    case "sold_out":
      return "Sold out"
    case "all_held":
      return "All in baskets"
    case "on_sale":
      return "On sale now"
    case "reserving":
      if (stage.trouble === "crowd") return "You are in the crowd, trying again"
      return stage.trouble === "no_answer" ? "No answer yet, trying again" : "Asking for your units"
    case "held":
      return `${unitsOf(stage.qty)} ${areFor(stage.qty)} held for you`
    case "order_unread":
      return "Looking for your order"
    case "order_missing":
      return "This browser has no such order"
    case "to_pay":
      return "Waiting for your payment"
    case "payment_under_way":
      return "Your payment is being confirmed"
    case "paid":
      return "Paid. It is yours"
    case "declined":
      return "The payment was declined"
    case "cancelled":
      return "The order is cancelled"
    case "order_expired":
      return "The time to pay is over"
    case "late_payment":
      return "Your payment comes late"
    case "money_returning":
      return "Your money is on its way back"
    case "money_returned":
      return "Your money is back"
    case "refunded":
      return "Refunded"
  }
}

/** What the headline means for the buyer; null: it says all. */
export function explanationOf(stage: Stage, currency: string, paysHere: boolean): string | null {
  switch (stage.kind) {
    case "paused":
      return "The shop has stopped selling for a moment. Stay here: this page goes on by itself."
    case "over":
      return "Nothing can be bought any more."
    case "sold_out":
      return "Every unit is paid for."
    case "all_held":
      return "Nothing is left right now, but some may come back: not everybody who holds one pays. Stay here, this page notices."
    case "reserving":
      return stage.trouble === null ? null : "You need not do anything, and nothing is asked for twice."
    case "order_missing":
      return "It may have been made in another browser, or on another device."
    case "to_pay":
      return paysHere ? null : "The shop takes the payment itself, and this page shows when it has come."
    case "payment_under_way":
      return "This takes a few seconds. You can leave this page and come back."
    case "paid":
      return stage.isLate
        ? "The payment came after the time was over, but your units were still there."
        : "Thank you. Nothing more is to be done."
    case "declined":
      return "No money was taken, and the units are on offer again."
    case "cancelled":
      return "The units are on offer again. Should a payment still come, it goes back by itself."
    case "order_expired":
      return "The units are on offer again. Should a payment still come, it buys them if they are there, or goes back by itself."
    case "late_payment":
      return "The time to pay is over. If your units are still there when the payment arrives they are yours; if not, the money goes back by itself."
    case "money_returning":
      return `The payment came too late. ${priceOf(stage.amountMinor, currency)} goes back by itself; you need not do anything.`
    case "money_returned":
      return `The payment came too late, and ${priceOf(stage.amountMinor, currency)} went back to where it came from.`
    case "refunded":
      return "The whole price went back to where it came from."
    case "scheduled":
      return "Stay here: the button comes by itself, on the shop's clock."
    case "on_sale":
    case "held":
    case "order_unread":
      return null
  }
}

/** A notice in words. */
export function noticeText(notice: Notice): string {
  switch (notice.code) {
    case "too_few":
      return `Only ${notice.available} left. Choose fewer.`
    case "missed":
      return "Others were faster by a moment. Nothing was held."
    case "over_limit":
      return `The shop gives out ${notice.mostUnits} at a time.`
    case "customer_required":
      return "The shop needs your customer id."
    case "customer_limit":
      return notice.unitsLeft === 0
        ? "You have as many as one customer may have."
        : `One customer may have ${notice.unitsLeft} more.`
    case "crowd":
      return "The crowd is still there. Your request is kept: try again."
    case "no_answer":
      return "No answer came. Trying again asks for the same units, not for more."
    case "other":
      return notice.detail
    case "hold_lapsed":
      return "Your hold has ended, and its units are on offer again."
    case "given_back":
      return "Given back. The units are on offer again."
    case "ordered":
      return "You have an order."
  }
}

const ALMOST_OVER_SECONDS = 60

/** What is to be said aloud when the view changes; null: nothing that matters. Never once a second. */
export function announcementOf(before: BuyerView, after: BuyerView): string | null {
  const headline = headlineOf(after.stage)
  const said = [
    headline === headlineOf(before.stage) ? null : `${headline}.`,
    after.notice === null || after.notice.code === before.notice?.code ? null : noticeText(after.notice),
    after.isOffline === before.isOffline
      ? null
      : after.isOffline
        ? "You are offline."
        : "You are online again.",
    before.stage.kind === after.stage.kind && passedOneMinute(before.stage, after.stage)
      ? "One minute left."
      : null,
  ].filter((text) => text !== null)
  return said.length === 0 ? null : said.join(" ")
}

function passedOneMinute(before: Stage, after: Stage): boolean {
  if (!("leftSeconds" in before) || !("leftSeconds" in after)) return false
  if (before.leftSeconds === null || after.leftSeconds === null) return false
  return before.leftSeconds > ALMOST_OVER_SECONDS && after.leftSeconds <= ALMOST_OVER_SECONDS
}
