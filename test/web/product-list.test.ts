import { expect, test } from "vitest"
import type { Phase, Product } from "../../client/src/index.ts"
import { loadPages } from "../../src/site/built-pages.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { listState } from "../../web/storefront/list-state.ts"
import { en } from "../../web/storefront/words/en.ts"
import { lamp, NOON } from "./product.ts"
import { plainShop } from "./shop-data.ts"

const english = languageOf("en", en)
const minutes = (count: number) => new Date(Date.parse(NOON) + count * 60_000).toISOString()
const phase = (from: number | null, until: number | null, needs: Phase["needs"] = null): Phase => ({
  from: from === null ? null : minutes(from),
  until: until === null ? null : minutes(until),
  needs,
  max_per_customer: null,
})
const codes = { codes: "friends" }

test.each<[string, Partial<Product>, string, boolean]>([
  ["on sale", {}, "4 left", true],
  ["all held", { sale_state: "all_held" }, "All reserved", false],
  ["opens in ten minutes", { sale_state: "scheduled", opens_at: minutes(10) }, "Opens in 10:00", false],
  ["everybody's phase is on", { phases: [phase(-5, null)] }, "4 left", true],
  [
    "one for codes is on, and everybody's comes",
    { phases: [phase(-5, 5, codes), phase(5, null)] },
    "Presale · Opens in 5:00",
    false,
  ],
  ["only one for codes is on", { phases: [phase(-5, null, codes)] }, "Presale", false],
  [
    "one for codes comes, and then everybody's",
    { phases: [phase(5, 10, codes), phase(10, null)] },
    "Opens in 10:00",
    false,
  ],
  [
    "everybody's phase is later than the sale",
    { sale_state: "scheduled", opens_at: minutes(5), phases: [phase(10, null)] },
    "Opens in 10:00",
    false,
  ],
  ["all phases are over", { phases: [phase(-10, -5)] }, "Ended", false],
  ["paused in a presale", { sale_state: "paused", phases: [phase(-5, null, codes)] }, "Paused", false],
])("%s: what the list says", (_, more, text, isOpen) => {
  expect(listState(english, { ...lamp, ...more }, Date.parse(NOON), "UTC")).toEqual({ text, isOpen })
})

test("what has been over for a day is folded away, whatever else has ended since", async () => {
  const pages = await loadPages()
  const overFor = (id: number, ago: number): Product => ({
    ...lamp,
    id,
    sale_state: "closed",
    closes_at: minutes(-ago),
  })
  const shown = (...products: readonly Product[]) => {
    const page = { data: products, has_more: false, next_cursor: null }
    const html = pages?.render({ shop: plainShop, kind: "products", page }, "en", null) ?? ""
    const [list = "", folded = ""] = html.split("<summary>Ended sales</summary>")
    const idsIn = (text: string) => Array.from(text.matchAll(/href="\/p\/(\d+)"/g), ([, id]) => Number(id))
    return {
      list: idsIn(list),
      folded: idsIn(folded),
      isUnfolded: list.endsWith('<details class="ended" open>'),
    }
  }
  const [hour, day, week] = [overFor(2, 60), overFor(3, 24 * 60), overFor(4, 7 * 24 * 60)]

  expect(shown(lamp, hour)).toEqual({ list: [1, 2], folded: [], isUnfolded: false })
  expect(shown(lamp, hour, day, week)).toEqual({ list: [1, 2], folded: [3, 4], isUnfolded: false })
  expect(shown(hour, day)).toEqual({ list: [2], folded: [3], isUnfolded: false })
  expect(shown(day, week)).toEqual({ list: [], folded: [3, 4], isUnfolded: true })
})

test("the list of one's own orders leads to the search by e-mail only where the shop sends mail", async () => {
  const pages = await loadPages()
  const shown = (hasMail: boolean) =>
    pages?.render({ shop: plainShop, kind: "orders", hasMail }, "en", null) ?? ""

  expect(shown(true)).toContain('href="/find"')
  expect(shown(true)).not.toContain("sends no mail")
  expect(shown(false)).toContain("This shop sends no mail.")
  expect(shown(false)).not.toContain('href="/find"')
})
