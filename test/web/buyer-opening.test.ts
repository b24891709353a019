import { describe, expect, test } from "vitest"
import type { Phase } from "../../client/src/index.ts"
import { accessRefusalText, codeHint, openingLabel } from "../../web/storefront/access-texts.ts"
import { asksCustomer } from "../../web/storefront/asked-customer.ts"
import {
  asksCode,
  codesFrom,
  nextEnd,
  noAccess,
  openingOf,
  type OwnAccess,
} from "../../web/storefront/buyer-opening.ts"
import { productAt, whatBuyerSees, type Known } from "../../web/storefront/buyer-view.ts"
import { languageOf } from "../../web/storefront/language.ts"
import { en } from "../../web/storefront/words/en.ts"
import { lamp } from "./product.ts"

const english = languageOf("en", en)
const time = (clock: string) => `2026-11-27T${clock}:00.000Z`
const at = (clock: string) => Date.parse(time(clock))

function phase(from: string | null, until: string | null, more: Partial<Phase> = {}): Phase {
  return {
    from: from === null ? null : time(from),
    until: until === null ? null : time(until),
    needs: null,
    max_per_customer: null,
    ...more,
  }
}
const codes = { needs: { codes: "press" } }
const group = { needs: { group: "members" } }

/** With a code from 10:00, members from 10:05, all from 10:10. */
const presale = [phase("10:00", null, codes), phase("10:05", null, group), phase("10:10", null)]
const sale = (phases: readonly Phase[], more: object = {}) => ({
  ...lamp,
  opens_at: null,
  closes_at: null,
  server_time: time("09:00"),
  phases,
  ...more,
})

const withCode = (from: string): OwnAccess => ({ is_open: false, opens_at: time(from), by: "code" })
const member: OwnAccess = { is_open: false, opens_at: time("10:05"), by: "shop" }

describe("when a buyer may buy", () => {
  test.each([
    ["a stranger before all", null, "09:00", { kind: "later", opensAt: time("10:10"), for: "everybody" }],
    ["a stranger during the presale", null, "10:06", { kind: "later", for: "everybody" }],
    ["a stranger at its moment", null, "10:10", { kind: "open" }],
    ["a code before its phase", withCode("10:00"), "09:59", { opensAt: time("10:00"), for: "code" }],
    ["a code at its moment", withCode("10:00"), "10:00", { kind: "open" }],
    ["a member before its phase", member, "10:04", { opensAt: time("10:05"), for: "shop" }],
    ["a code that is in", { is_open: true, opens_at: null, by: "code" } as const, "10:01", { kind: "open" }],
    [
      "a code of no phase to come",
      { is_open: false, opens_at: null, by: "code" } as const,
      "10:01",
      {
        opensAt: time("10:10"),
        for: "everybody",
      },
    ],
  ])("%s", (_, own, clock, expected) => {
    expect(openingOf(sale(presale), own, at(clock))).toMatchObject(expected)
  })

  test.each([
    [
      "no phase for everybody",
      [phase(null, null, codes), phase("10:05", null, group)],
      {},
      {
        kind: "closed_to_buyer",
        needs: ["codes", "group"],
      },
    ],
    ["all phases over", [phase(null, "08:00")], {}, { kind: "over" }],
    [
      "a phase that begins with the sale",
      [phase(null, null)],
      { opens_at: time("11:00") },
      {
        opensAt: time("11:00"),
      },
    ],
    ["a phase after the sale", [phase("12:00", null)], { closes_at: time("11:00") }, { kind: "over" }],
  ])("of a sale with %s", (_, phases, more, expected) => {
    expect(openingOf(sale(phases, more), null, null)).toMatchObject(expected)
  })

  test("of a product without phases is not asked", () => {
    expect(openingOf({ ...lamp }, null, at("10:00"))).toBe(null)
    expect(asksCode({ ...lamp }, at("10:00"))).toBe(false)
  })
})

test("a code is asked for while it helps: from before its phase until everybody may buy", () => {
  const asked = ["09:00", "10:06", "10:10"].map((clock) => asksCode(sale(presale), at(clock)))
  expect(asked).toEqual([true, true, false])
  expect(codesFrom(sale(presale), at("09:00"))).toEqual({ opensAt: time("10:00") })
  expect(codesFrom(sale(presale), at("10:00"))).toEqual({ opensAt: null })
  expect(codesFrom(sale([phase("10:00", "10:05", codes)]), at("10:05"))).toBe(null)
})

test("what the server said of a buyer holds until a phase ends", () => {
  const product = sale([phase(null, "10:10", codes), phase("10:05", "10:20", group), phase("10:30", null)])
  expect([at("10:00"), at("10:10"), at("10:20")].map((ms) => nextEnd(product, ms))).toEqual([
    at("10:10"),
    at("10:20"),
    null,
  ])
})

const known: Known = {
  product: sale(presale),
  hold: null,
  heldPriceMinor: null,
  askedMinor: null,
  heldOrderId: null,
  order: null,
  payment: null,
  nowMs: at("10:01"),
  connection: "live",
  pending: null,
  refusal: null,
}

test("the page waits for the buyer's phase, not for the sale", () => {
  const label = (own: OwnAccess | null) => {
    const { stage } = whatBuyerSees({ ...known, nowMs: at("09:00"), ownAccess: own })
    return stage.kind === "scheduled" ? openingLabel(english, stage, "UTC") : stage.kind
  }
  expect(label(null)).toBe("For everybody from Fri 27 Nov, 10:10 UTC")
  expect(label(withCode("10:00"))).toBe("With your code from Fri 27 Nov, 10:00 UTC")
  expect(label(member)).toBe("For you from Fri 27 Nov, 10:05 UTC")
  expect(whatBuyerSees(known).stage).toMatchObject({ kind: "scheduled", leftSeconds: 9 * 60 })
  expect(whatBuyerSees({ ...known, ownAccess: withCode("10:00") }).stage.kind).toBe("on_sale")
  // Neither helps where nothing is for sale.
  const soldOut = sale(presale, { sale_state: "sold_out" })
  expect(whatBuyerSees({ ...known, product: soldOut }).stage.kind).toBe("sold_out")
})

test.each([
  [
    { code: "access_required", needs: ["codes"], next: null },
    "At the moment you need an access code to buy this.",
  ],
  [
    { code: "access_required", needs: [], next: { from: time("10:05"), needs: "group" } },
    /^This is not on sale at the moment. Invited customers can buy from Fri 27 Nov, /,
  ],
  [
    { code: "access_code_unknown", next: { from: time("10:10"), needs: null } },
    /Check it for typing errors. Everybody can buy from /,
  ],
  [
    { code: "access_code_used_up", unitsLeft: 1, next: null },
    "You can buy only 1 unit more with this code. Choose a smaller number.",
  ],
  [
    { code: "access_code_used_up", unitsLeft: 0, next: null },
    "All units of your code are reserved or bought.",
  ],
] as const)("the refusal in words: %j", (refusal, text) => {
  expect(accessRefusalText(english, refusal)).toMatch(text)
})

test("a buyer who was told to wait for a phase is not told so once it is on", () => {
  const refusal = { code: "access_required", needs: [], next: { from: time("10:10"), needs: null } } as const
  expect(whatBuyerSees({ ...known, refusal }).notice).toBe(refusal)
  expect(whatBuyerSees({ ...known, refusal, nowMs: at("10:10") }).notice).toBe(null)
  const last = { ...refusal, next: null }
  expect(whatBuyerSees({ ...known, refusal: last, nowMs: at("10:10") }).notice).toBe(last)
})

test.each([
  [{}, { opensAt: time("10:00") }, "With a code you can buy from Fri 27 Nov, 10:00 UTC."],
  [{}, { opensAt: null }, "With a code you can buy now."],
  [
    { state: "unknown" },
    { opensAt: null },
    "This code is not valid for this product. Check it for typing errors.",
  ],
  [{ code: "A", unitsLeft: 2 }, { opensAt: null }, "Code accepted. You can buy 2 units with it."],
  [{ code: "A", unitsLeft: 0 }, { opensAt: null }, "All units of your code are reserved or bought."],
] as const)("below the field for a code: %j", (access, from, text) => {
  expect(codeHint(english, { ...noAccess, ...access }, from, "UTC")).toBe(text)
})

test("a limit of a phase needs a name, until the phase is over", () => {
  const product = sale([phase(null, "10:00", { max_per_customer: 1 }), phase(null, null)], {
    max_per_customer: null,
  })
  expect(asksCustomer(productAt(product, at("09:00")), null)).toBe(true)
  expect(asksCustomer(productAt(product, at("10:00")), null)).toBe(false)
})
