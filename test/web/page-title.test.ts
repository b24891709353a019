import { expect, test } from "vitest"
import type { BuyerView, Stage } from "../../web/storefront/buyer-view.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { titleWithState } from "../../web/storefront/page-title.ts"
import { catalogues } from "../../web/storefront/words/catalogues.ts"

const shop = { name: "Aurora", logo: null, languages: ["en"] } as const
const order = { kind: "order", orderId: 13, payment: null, hasMail: false, shop } as const

function titleAt(stage: Stage): string {
  const view: BuyerView = { stage, notice: null, orderId: null, pending: null, isOffline: false }
  return titleWithState(languageOf("en", catalogues.en), order, view)
}

const expiresAt = "2026-11-27T12:15:00.000Z"

test.each<[Stage, string]>([
  [{ kind: "to_pay", expiresAt, leftSeconds: 101 }, "1:50 left – Order 13"],
  [{ kind: "to_pay", expiresAt, leftSeconds: 100 }, "1:40 left – Order 13"],
  [{ kind: "to_pay", expiresAt, leftSeconds: null }, "Order 13"],
  [{ kind: "scheduled", opensAt: expiresAt, leftSeconds: 3_601 }, "Order 13"],
  [{ kind: "scheduled", opensAt: expiresAt, leftSeconds: 60 }, "1:00 – Order 13"],
  [{ kind: "paid", isLate: false }, "Order paid – Order 13"],
  [{ kind: "sold_out" }, "Sold out – Order 13"],
  [{ kind: "order_unread" }, "Order 13"],
])("the title of a page at %j is %s: it changes every ten seconds at most", (stage, title) => {
  expect(titleAt(stage)).toBe(title)
})
