import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { languageTags } from "../../client/src/languages.ts"
import type { Hold, Order } from "../../client/src/index.ts"
import { loadPages } from "../../src/site/built-pages.ts"
import { languageFor, wantedBy } from "../../web/embed/attributes.ts"
import { orderPageOf } from "../../web/embed/order-page.ts"
import { happeningsBetween, type HeldUnits, type Situation } from "../../web/embed/happenings.ts"
import type { Notice, Stage } from "../../web/storefront/buyer-view.ts"

describe("the attributes of <doorbuster-buy>", () => {
  const read = (given: Readonly<Record<string, string>>) =>
    wantedBy((name) => given[name] ?? null, "https://www.aurora.example/lamps/7")

  test.each([
    [
      { product: "7" },
      {
        productId: 7,
        variantId: null,
        qty: 1,
        customer: null,
        orderPage: null,
        customerToken: null,
        accessCode: null,
      },
    ],
    [
      { product: " 7 ", variant: "3", qty: "2", customer: " ann@aurora.example " },
      {
        productId: 7,
        variantId: 3,
        qty: 2,
        customer: "ann@aurora.example",
        orderPage: null,
        customerToken: null,
        accessCode: null,
      },
    ],
    [
      { product: "7", customer: " ", "order-page": " " },
      {
        productId: 7,
        variantId: null,
        qty: 1,
        customer: null,
        orderPage: null,
        customerToken: null,
        accessCode: null,
      },
    ],
    [
      { product: "7", "order-page": " /orders/{order_id}?lang={lang}#{token}" },
      {
        productId: 7,
        variantId: null,
        qty: 1,
        customer: null,
        customerToken: null,
        accessCode: null,
        orderPage: "/orders/{order_id}?lang={lang}#{token}",
      },
    ],
    [
      { product: "7", "customer-token": " dbc1.YQ.1.. " },
      {
        productId: 7,
        variantId: null,
        qty: 1,
        customer: null,
        orderPage: null,
        customerToken: "dbc1.YQ.1..",
        accessCode: null,
      },
    ],
    [
      { product: "7", "access-code": " VIP-2026 " },
      {
        productId: 7,
        variantId: null,
        qty: 1,
        customer: null,
        orderPage: null,
        customerToken: null,
        accessCode: "VIP-2026",
      },
    ],
  ])("%o", (given, wanted) => {
    expect(read(given)).toEqual({ wanted, faults: [] })
  })

  test.each([
    [{}, /needs the number of a product.*it has none/],
    [{ product: "" }, /it has product=""/],
    [{ product: "seven" }, /it has product="seven"/],
    [{ product: "0" }, /it has product="0"/],
    [{ product: "-7" }, /it has product="-7"/],
    [{ product: "9007199254740993" }, /it has product/],
    [{ product: "7", qty: "0" }, /qty="0" is no number from 1 to 10/],
    [{ product: "7", qty: "11" }, /qty="11" is no number from 1 to 10/],
    [{ product: "7", variant: "red" }, /variant="red" is no number of a variant/],
    [{ product: "7", customer: "x".repeat(256) }, /customer is longer than 255 characters/],
    [{ product: "7", "order-page": "/orders" }, /order-page="\/orders" lacks {order_id}/],
    [{ product: "7", "order-page": "javascript:alert({order_id})" }, /must begin with https:\/\/ or \//],
    [{ product: "7", "order-page": " java\nscript:alert({order_id})" }, /must begin with https/],
    [{ product: "7", "order-page": "data:text/html,{order_id}" }, /must begin with https/],
    [{ product: "7", "order-page": "/o/{order_id}?key={token}" }, /may have {token} after the # only/],
    [
      { product: "7", "order-page": "/o/{order_id}/{reference}" },
      /has the unknown name {reference}; known are/,
    ],
    [{ product: "7", "order-page": "/o/{order_id}/}" }, /is no address/],
    [{ product: "7", "order-page": "https://[/{order_id}" }, /is no address/],
    [{ product: "7", "order-page": "https://me:word@shop.example/{order_id}" }, /must have no password/],
  ])("%o is refused with the reason", (given: Readonly<Record<string, string>>, reason) => {
    const { wanted, faults } = read(given)
    expect(wanted).toBeNull()
    expect(faults).toEqual([expect.stringMatching(reason)])
  })

  test.each([
    ["/orders/{order_id}", "https://www.aurora.example/orders/9"],
    ["?order={order_id}&lang={lang}", "https://www.aurora.example/lamps/7?order=9&lang=de"],
    ["https://pay.example/{order_id}#key={token}", "https://pay.example/9#key=dbt1.5%26"],
  ])("an order's page at %s", (address, filled) => {
    const values = { order_id: "9", lang: "de", token: "dbt1.5&" }
    expect(orderPageOf(address, "https://www.aurora.example/lamps/7", values)).toBe(filled)
  })

  test.each([
    [["de-CH"], "de"],
    [[null, undefined, "it", "fr"], "fr"],
    [["it"], "en"],
  ])("the first language of %o that has words", (tags, tag) => {
    expect(languageFor(tags)).toBe(tag)
  })
})

describe("what the shop's page is told", () => {
  const hold: Hold = {
    hold_id: 5,
    product_id: 7,
    qty: 2,
    status: "active",
    expires_at: "2026-11-27T12:02:00.000Z",
    created_at: "2026-11-27T12:00:00.000Z",
  } as Hold
  const held: HeldUnits = { hold, token: "dbt1.5", orderId: null }
  const told = { product_id: 7, hold_id: 5, qty: 2, lines: null, expires_at: hold.expires_at }
  const converted: HeldUnits = { ...held, hold: { ...hold, status: "converted" }, orderId: 9 }
  const order = { order_id: 9, status: "pending_payment" } as Order

  const at = (
    kind: Stage["kind"],
    more: { held?: HeldUnits; notice?: Notice; order?: Order } = {},
  ): Situation => ({
    held: more.held ?? null,
    view: { stage: { kind } as Stage, notice: more.notice ?? null },
    order: more.order ?? null,
  })

  test.each<[string, Situation | null, Situation, readonly object[]]>([
    ["nothing, on a page that is loaded", null, at("on_sale"), []],
    [
      "a hold",
      at("reserving"),
      at("held", { held }),
      [{ type: "held", detail: { ...told, token: "dbt1.5", restored: false } }],
    ],
    ["nothing while it is held", at("held", { held }), at("held", { held }), []],
    [
      "its end",
      at("held", { held }),
      at("on_sale", { held }),
      [{ type: "ended", detail: { ...told, reason: "expired" } }],
    ],
    [
      "that it was given back",
      at("held", { held }),
      at("on_sale", { held: { ...held, hold: { ...hold, status: "released" } } }),
      [{ type: "ended", detail: { ...told, reason: "released" } }],
    ],
    [
      "its end, when the server does not know it",
      at("held", { held }),
      at("on_sale"),
      [{ type: "ended", detail: { ...told, reason: "expired" } }],
    ],
    [
      "the order, and no end",
      at("held", { held }),
      at("on_sale", { held: converted }),
      [{ type: "ordered", orderId: 9, held: converted }],
    ],
    ["no order of an earlier visit", null, at("on_sale", { held: converted }), []],
    [
      "no order of another hold",
      at("on_sale", { held: { ...held, hold: { ...hold, hold_id: 4 } } }),
      at("on_sale", { held: converted }),
      [],
    ],
    [
      "nothing of an unpaid order",
      at("on_sale", { held: converted }),
      at("on_sale", { held: converted, order }),
      [],
    ],
    [
      "that it is paid",
      at("on_sale", { held: converted, order }),
      at("on_sale", { held: converted, order: { ...order, status: "paid" } }),
      [{ type: "paid", order: { ...order, status: "paid" } }],
    ],
    [
      "a refusal",
      at("reserving"),
      at("on_sale", { notice: { code: "too_few", available: 1 } }),
      [{ type: "refused", notice: { code: "too_few", available: 1 } }],
    ],
    [
      "no refusal when a hold has expired",
      at("on_sale"),
      at("on_sale", { notice: { code: "hold_expired" } }),
      [],
    ],
  ])("%s", (_, before, now, happenings) => {
    expect(happeningsBetween(before, now)).toEqual(happenings)
  })

  test("a hold that was there before the page is told as restored", () => {
    expect(happeningsBetween(null, at("held", { held }))).toEqual([
      { type: "held", detail: { ...told, token: "dbt1.5", restored: true } },
    ])
  })

  test("a refusal is told once, and the same one again when it comes again", () => {
    const notice: Notice = { code: "missed", retryAt: null }
    const refused = at("all_held", { notice })
    expect(happeningsBetween(refused, at("all_held", { notice }))).toEqual([])
    expect(happeningsBetween(refused, at("all_held", { notice: { ...notice } }))).toHaveLength(1)
  })
})

test("the script has at most 33,000 bytes with its styles, and the words of a language at most 5,500", async () => {
  const pages = await loadPages()
  if (pages === null) throw new Error("the pages have not been built")
  const { embedDirectory } = pages
  const bytesOf = async (name: string) => (await stat(join(embedDirectory, `${name}.br`))).size
  const scripts = (await readdir(join(embedDirectory, "embed"))).filter((name) => name.endsWith(".js"))
  // Only of a product for confirmed mailboxes, or with a phase that needs a code.
  const forms = scripts.filter((name) => name.startsWith("mailbox-form-") || name.startsWith("access-form-"))
  const words = scripts.filter((name) => !forms.includes(name))

  expect(forms).toHaveLength(2)
  for (const name of forms) expect(await bytesOf(`embed/${name}`)).toBeLessThan(2_000)
  expect(words.map((name) => name.slice(0, 2)).toSorted()).toEqual([...languageTags].toSorted())
  for (const name of words) expect(await bytesOf(`embed/${name}`)).toBeLessThan(5_500)
  expect(await bytesOf("embed.js")).toBeLessThan(33_000)
})
