import type { BuyerView, LackingUnits, Notice, Stage } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { lowestPrice, type Lack, type ValueState } from "./variant-choice.ts"
import { accessExplanation, accessHeadline, accessRefusalText } from "./access-texts.ts"
import type { Order, Product, ShownUnits, Variant } from "../../client/src/index.ts"

/** The price of a product, or of some of its variants; where they differ, the lowest. */
export function priceText(language: Language, product: Product, variants?: readonly Variant[]): string {
  const { words, price } = language
  const { minor, isOnly } = lowestPrice(product, variants)
  const lowest = price(minor, product.currency)
  return isOnly ? lowest : words.from(lowest)
}

/** The buyer's situation in one line. */
export function headlineOf({ words }: Language, stage: Stage): string {
  switch (stage.kind) {
    case "reserving":
      if (stage.trouble === "crowd") return words.crowdTrying
      return stage.trouble === "no_answer" ? words.noAnswerTrying : words.reserving
    case "held":
      return words.reservedForYou(stage.qty)
    case "needs_access":
      return accessHeadline(words.access, stage.needs)
    default:
      return words.headlines[stage.kind]
  }
}

/** Explains the headline to the buyer; null: it needs no explanation. */
export function explanationOf(
  { words, price }: Language,
  stage: Stage,
  currency: string,
  paysHere: boolean,
): string | null {
  switch (stage.kind) {
    case "reserving":
      return stage.trouble === null ? null : words.explanations.reserving
    case "to_pay":
      return paysHere ? null : words.explanations.to_pay
    case "paid":
      return stage.isLate ? words.explanations.paid_late : words.explanations.paid
    case "money_returning":
      return words.moneyReturning(price(stage.amountMinor, currency))
    case "money_returned":
      return words.moneyReturned(price(stage.amountMinor, currency))
    case "needs_access":
      return accessExplanation(words.access, stage.needs)
    case "on_sale":
    case "held":
    case "order_unread":
      return null
    default:
      return words.explanations[stage.kind]
  }
}

/** What happens next with a paid order; null: nothing that the buyer has to know. */
export function nextStepOf({ words }: Language, stage: Stage, order: Order): string | null {
  if (stage.kind !== "paid") return null
  if (order.missing_details !== undefined) return words.detailsLacking
  return order.details?.shipping_address ? `${words.isSent} ${words.isReceipt}` : words.isReceipt
}

/** A notice in words. */
export function noticeText(language: Language, notice: Notice): string {
  const { words } = language
  switch (notice.code) {
    case "too_few":
      return notice.available === null ? words.fewerLeft : words.tooFew(notice.available)
    case "missed":
      return words.missed
    case "lacking":
      return words.lacking(notice.lines.map((line) => lackingText(words, line)))
    case "over_limit": {
      const { mostUnits, name } = notice
      return name === null ? words.overLimit(mostUnits) : words.overLimitOf(mostUnits, name)
    }
    case "variant_disabled":
      return words.variantDisabled(notice.name)
    case "access_required":
    case "access_code_unknown":
    case "access_code_used_up":
      return accessRefusalText(language, notice)
    case "customer_required":
      return words.enterCustomerId
    case "customer_limit":
      return notice.unitsLeft === 0 ? words.customerLimitReached : words.customerLimit(notice.unitsLeft)
    case "other":
      return words.refused(notice.detail)
    case "payment":
      return notice.text
    default:
      return words.notices[notice.code]
  }
}

function lackingText(words: Language["words"], { name, available }: LackingUnits): string {
  if (available === null) return words.lackingFewer(name)
  return available === 0 ? words.lackingAll(name) : words.lackingSome(name, available)
}

/** How many units of a variant or a value are left, or why none is. */
export function stockText({ words }: Language, units: ShownUnits, state: ValueState): string {
  return state === "open" ? leftText(words, units) : words.variantStates[state]
}

/** How many units are left or, where the shop does not show that, what it does show. Some are. */
export function leftText(words: Language["words"], { available_stock, stock_level }: ShownUnits): string {
  if (available_stock !== undefined) return words.left(available_stock)
  return stock_level === "few" ? words.fewLeft : words.inStock
}

/** Why a chosen variant cannot be reserved now. */
export function lackText({ words }: Language, { name, state, available }: Lack): string {
  switch (state) {
    case "open":
      return words.lackSome(name, available)
    case "all_held":
      return words.lackHeld(name)
    case "sold_out":
      return words.lackSold(name)
    case "not_for_sale":
      return words.lackNotForSale(name)
  }
}

/** `2 minutes`. */
export function durationText(words: Language["words"], seconds: number): string {
  return seconds % 60 === 0 ? words.minutes(seconds / 60) : words.seconds(seconds)
}

/** The text of a button that needs a choice first; `option`: what the variants differ in, such as `size`. */
export function chooseFirstText({ words }: Language, option: string | null): string {
  return option === null ? words.chooseFirst : words.chooseOption(option)
}

const ONE_MINUTE_SECONDS = 60

/** The text that screen readers read out when the view changes; null: none. Countdowns are left out. */
export function announcementOf(language: Language, before: BuyerView, after: BuyerView): string | null {
  const { words } = language
  const headline = headlineOf(language, after.stage)
  const said = [
    headline === headlineOf(language, before.stage) ? null : words.sentence(headline),
    after.notice === null || after.notice.code === before.notice?.code
      ? null
      : noticeText(language, after.notice),
    after.isOffline === before.isOffline
      ? null
      : after.isOffline
        ? words.connectionLost
        : words.connectedAgain,
    before.stage.kind === after.stage.kind && passedOneMinute(before.stage, after.stage)
      ? words.oneMinuteLeft
      : null,
  ].filter((text) => text !== null)
  return said.length === 0 ? null : said.join(" ")
}

function passedOneMinute(before: Stage, after: Stage): boolean {
  if (!("leftSeconds" in before) || !("leftSeconds" in after)) return false
  if (before.leftSeconds === null || after.leftSeconds === null) return false
  return before.leftSeconds > ONE_MINUTE_SECONDS && after.leftSeconds <= ONE_MINUTE_SECONDS
}
