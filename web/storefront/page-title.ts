import type { PageData } from "../shared/page-data.ts"
import type { BuyerView } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { headlineOf } from "./texts.ts"

/** A title that changed each second would draw the eye from the page. */
const STEP_SECONDS = 10
const ONE_HOUR_SECONDS = 3_600

/** The document's title without the state. */
export function titleOf({ words }: Language, data: PageData): string {
  switch (data.kind) {
    case "products":
      return words.onSale
    case "product":
      return data.product.name
    case "order":
      return words.order(data.orderId)
    case "find":
      return words.findOrder
    case "orders":
      return words.yourOrders
    case "missing":
      return words.notFound
  }
}

/** The document's title, with what a buyer waits for in another tab: `1:40 left – Aurora`, `Sold out – Aurora`. */
export function titleWithState(language: Language, data: PageData, { stage }: BuyerView): string {
  const title = titleOf(language, data)
  const state = data.kind === "product" || data.kind === "order" ? stateText(language, stage) : null
  return state === null ? title : `${state} – ${title}`
}

function stateText(language: Language, stage: BuyerView["stage"]): string | null {
  switch (stage.kind) {
    case "scheduled":
      return stage.leftSeconds === null || stage.leftSeconds > ONE_HOUR_SECONDS
        ? null
        : timeText(language, stage.leftSeconds)
    case "held":
    case "to_pay":
    case "needs_details":
      return stage.leftSeconds === null
        ? null
        : language.words.timeLeft(timeText(language, stage.leftSeconds))
    case "reserving":
    case "order_unread":
      return null
    default:
      return headlineOf(language, stage)
  }
}

function timeText({ countdown }: Language, seconds: number): string {
  return countdown(Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS)
}
