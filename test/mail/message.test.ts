import { simpleParser } from "mailparser"
import { describe, expect, test } from "vitest"
import { withoutAddresses } from "../../src/mail/address.ts"
import { noProductContent } from "../../src/domain/product-content.ts"
import { composeMail, nameInMail, type ComposedContent } from "../../src/mail/compose.ts"
import { buildMessage } from "../../src/mail/message.ts"
import { noShopSettings } from "../../src/domain/shop.ts"
import { contrastOf } from "../../src/base/accent.ts"
import { orderWith } from "../support/builders.ts"

const hostile = [
  "Ada\r\nBcc: victim@example.com",
  "Ada\nSubject: You have won\n\n<h1>Won</h1>",
  "<img src=x onerror=alert(1)>",
  '"><script>alert(1)</script>',
  "Ada <eve@example.com>, bob@example.com",
  "\u202egnp.exe\u202c",
  "a\u2028Bcc: x@example.com\u2029b\u0000\u0007",
  "𝒜da 👩‍👩‍👧 ".repeat(60),
  "\ud800 half",
  "=?utf-8?Q?=0D=0ABcc:_victim@example.com?=",
]

const order = orderWith({ id: 17, status: "paid" })
const contentWith = (value: string): ComposedContent => ({
  kind: "receipt",
  name: value,
  shippingAddress: {
    line1: value,
    line2: value,
    city: value,
    region: value,
    postalCode: value,
    country: value,
  },
  order: {
    ...order,
    productName: value,
    // The shop's own text may have lines of its own.
    content: { ...noProductContent, afterPurchase: value.replaceAll(/\s+/g, " ") },
    namedLines: [
      { variantId: 1, qty: 2, unitPriceMinor: 9_999, restockedQty: 0, name: value, sku: null, options: {} },
    ],
  },
  refund: null,
  orders: [],
})

const shopWith = (name: string) => ({
  ...noShopSettings,
  name,
  languages: ["en"] as const,
  linkTo: () => "https://shop.example/o/17#dbt1.1.2.3.proof",
})

const byText = (one = "", other = "") => (one < other ? -1 : 1)

describe("a hostile value", () => {
  test.each(hostile)("%j in every field begins no header, no tag and no line of its own", async (value) => {
    const mail = composeMail(contentWith(value), shopWith(value))
    const { content, envelope } = await buildMessage(mail, {
      from: { name: value, address: "orders@shop.example" },
      to: { name: value, address: "ada@example.com" },
      key: "key-1",
      date: new Date(0),
    })
    const raw = content.toString("utf8")
    const [head = ""] = raw.split("\r\n\r\n")
    const names = head
      .split("\r\n")
      .filter((line) => !/^\s/.test(line))
      .map((line) => line.split(":")[0])

    expect(names.toSorted(byText)).toEqual([
      "Auto-Submitted",
      "Content-Type",
      "Date",
      "From",
      "MIME-Version",
      "Message-ID",
      "Subject",
      "To",
    ])
    expect(envelope).toEqual({ from: "orders@shop.example", to: "ada@example.com" })
    const parsed = await simpleParser(content)
    const to = [parsed.to].flat().flatMap((one) => one?.value ?? [])
    expect(to.map(({ address }) => address)).toEqual(["ada@example.com"])
    expect(parsed.bcc).toBeUndefined()

    const tags = [...mail.html.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag)
    expect(tags).not.toContain("script")
    expect(tags).not.toContain("img")
    expect(mail.html.match(/<h1>/g)).toHaveLength(1)
    expect(mail.text.split("\n").filter((line) => /^(Subject|Bcc):/.test(line.trim()))).toEqual([])
    for (const odd of ["\u202e", "\u2028", "\u0000", "\u0007"]) expect(mail.text).not.toContain(odd)
  })
})

test("HTML and text tell the same", () => {
  const { subject, html, text } = composeMail(
    {
      ...contentWith("x"),
      name: "Ada Lovelace",
      shippingAddress: {
        line1: "Marktgasse 1",
        line2: null,
        city: "Bern",
        region: null,
        postalCode: "3011",
        country: "CH",
      },
      order: {
        ...order,
        currency: "CHF",
        totalMinor: 37_800,
        qty: 3,
        productName: "Runner",
        content: {
          ...noProductContent,
          afterPurchase: "Wear them [in the rain](https://shop.example/rain).\n\n- Or not.\n- Or <both>.",
          translations: { de: { name: "Läufer", description: null, afterPurchase: null } },
        },
        namedLines: [
          {
            variantId: 1,
            qty: 2,
            unitPriceMinor: 12_900,
            restockedQty: 0,
            name: "EU 42",
            sku: null,
            options: {},
          },
          {
            variantId: 2,
            qty: 1,
            unitPriceMinor: 12_000,
            restockedQty: 0,
            name: "EU 43",
            sku: null,
            options: {},
          },
        ],
      },
    },
    shopWith("Lamp & Co"),
  )
  expect(subject).toBe("Receipt for order 17 – Lamp & Co")
  expect(text).toBe(`Thank you for your order

Hello Ada Lovelace,

Order 17 is paid. This is your receipt.

2 × Runner, EU 42: CHF 258.00
1 × Runner, EU 43: CHF 120.00
Total: CHF 378.00

Shipping address:
  Ada Lovelace
  Marktgasse 1
  3011 Bern
  Switzerland

Wear them in the rain: https://shop.example/rain.

- Or not.
- Or <both>.

See your order:
https://shop.example/o/17#dbt1.1.2.3.proof

Anyone who has this link can see and change the order. Do not share it.

-- 
Lamp & Co
`)
  const shown = [
    "Hello Ada Lovelace,",
    "2 × Runner, EU 42",
    "CHF 258.00",
    "CHF 378.00",
    "Marktgasse 1",
    "3011 Bern",
    "Switzerland",
    'href="https://shop.example/o/17#dbt1.1.2.3.proof"',
    "Lamp &#38; Co",
    "<ul><li><bdi>Or not.</bdi></li><li><bdi>Or &#60;both&#62;.</bdi></li></ul>",
    "prefers-color-scheme: dark",
  ]
  for (const part of shown) expect(html).toContain(part)
})

test.each([
  [
    "550 5.1.1 <ada+x@example.com>: no ada@example.com; ask postmaster@example.com",
    "550 5.1.1 <[address]>: no [address]; ask [address]",
  ],
  ["550 no mailbox Ada+X (ada+x) here, nor ada", "550 no mailbox [address] ([address]) here, nor ada"],
  ["550 nada+x is not ada+xy", "550 nada+x is not ada+xy"],
])("an answer of a server is kept without the address in it: %s", (text, kept) => {
  expect(withoutAddresses(text, "ada+x@example.com")).toBe(kept)
})

test.each([
  ["receipt", "Ada Lovelace", "Ada Lovelace"],
  ["receipt", "J. R. R. O'Neill-Smith, jr.", "J. R. R. O'Neill-Smith, jr."],
  ["receipt", "Your account is locked, verify at https://evil.example/login", ""],
  ["receipt", "Visit evil.example now", ""],
  ["receipt", "Pay again at http://evil", ""],
  ["receipt", "www.evil", ""],
  ["receipt", "eve@evil", ""],
  ["receipt", "a".repeat(61), ""],
  ["receipt", null, ""],
  ["links", "Ada Lovelace", ""],
] as const)(
  "a %s calls %j %j: everybody can enter it beside the address of somebody else",
  (kind, name, called) => {
    expect(nameInMail({ kind, name })).toBe(called)
  },
)

describe("a mail carries the shop's", () => {
  const links = {
    ...noShopSettings.links,
    imprint: "https://lamp.example/i?a=1&b=2",
    terms: "https://lamp.example/t",
  }
  const lampShop = { ...shopWith("Lamp & Co"), support: "help@lamp.example", links }

  test("name, way to get help and links, in HTML and text", () => {
    const { html, text } = composeMail(contentWith("x"), lampShop)
    expect(text.split("-- \n")[1]).toBe(`Lamp & Co
Questions? help@lamp.example
Imprint: https://lamp.example/i?a=1&b=2
Terms: https://lamp.example/t
`)
    const [, footer = ""] = /<footer>(.*?)<\/footer>/s.exec(html) ?? []
    expect(footer).toContain("<bdi>Lamp &#38; Co</bdi>")
    expect([...footer.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, url, words]) => [url, words])).toEqual(
      [
        ["mailto:help@lamp.example", "help@lamp.example"],
        ["https://lamp.example/i?a=1&#38;b=2", "Imprint"],
        ["https://lamp.example/t", "Terms"],
      ],
    )
    const page = { ...lampShop, support: "https://lamp.example/help" }
    expect(composeMail(contentWith("x"), page).html).toContain('<a href="https://lamp.example/help">')
  })

  test.each(["#ffe600", "#000080", "#777777"])("colour %s, on buttons whose text can be read", (accent) => {
    const { html } = composeMail(contentWith("x"), { ...lampShop, accent })
    const buttons = [...html.matchAll(/\.button \{ background: (#\w+); border: [^;]*; color: (#\w+) \}/g)]
    expect(buttons.map(([, surface]) => surface)).toEqual([accent, accent])
    for (const [, surface = "", ink = ""] of buttons) {
      expect(contrastOf(surface, ink)).toBeGreaterThanOrEqual(4.5)
    }
    expect(html.indexOf(buttons[0]?.[0] ?? "no button")).toBeGreaterThan(html.indexOf(".button {"))
  })

  test("nothing where the shop has set nothing", () => {
    const { html, text } = composeMail(contentWith("x"), shopWith("Lamp"))
    expect(text.split("-- \n")[1]).toBe("Lamp\n")
    expect(/<footer>(.*?)<\/footer>/s.exec(html)?.[1]).toBe("<bdi>Lamp</bdi>")
    expect(html).not.toContain("border-top: 3px")
  })
})

describe("the words of options and variants in a mail", () => {
  const words = (name: string, red: string, days: string, more: Readonly<Record<string, string>> = {}) => ({
    name,
    description: null,
    afterPurchase: null,
    words: { Red: red, "Two days": days, ...more },
  })
  const content: ComposedContent = {
    ...contentWith("x"),
    shippingAddress: null,
    order: {
      ...order,
      productName: "Runner",
      content: {
        ...noProductContent,
        translations: {
          de: words("Läufer", "Rot", "Zwei Tage", { colour: "Farbe" }),
          fr: words("Coureur", "Rouge", "Deux jours"),
          ar: words("حذاء", "أحمر", "يومان"),
        },
      },
      namedLines: [
        {
          variantId: 1,
          qty: 2,
          unitPriceMinor: 9_999,
          restockedQty: 0,
          name: "Red / 42",
          sku: null,
          options: { size: "42", colour: "Red" },
        },
        {
          variantId: 2,
          qty: 1,
          unitPriceMinor: 9_999,
          restockedQty: 0,
          name: "Two days",
          sku: null,
          options: { colour: "Two days" },
        },
      ],
    },
    refund: { amountMinor: 100, currency: "EUR", reason: "requested" },
  }
  const kinds = ["receipt", "refund", "cancelled", "links"] as const

  test.each([
    ["de-CH", "Läufer, Farbe: Rot · Size: 42", "Läufer, Zwei Tage"],
    ["fr", "Coureur, Colour : Rouge · Size : 42", "Coureur, Deux jours"],
    ["ar", "حذاء, Colour: أحمر · Size: 42", "حذاء, يومان"],
    // A language without words of the product, one without words of mails, and none, where the shop's default is English.
    ["ja", "Runner, Colour：Red · Size：42", "Runner, Two days"],
    ["it", "Runner, Colour: Red · Size: 42", "Runner, Two days"],
    [null, "Runner, Colour: Red · Size: 42", "Runner, Two days"],
  ] as const)("are those of the order's language: %s", (language, ...lines) => {
    for (const kind of kinds) {
      const inLanguage = { ...content.order, language }
      const mail = composeMail(
        { ...content, kind, order: inLanguage, orders: [inLanguage] },
        shopWith("Lamp"),
      )
      for (const line of lines) {
        expect(mail.text).toContain(`× ${line}`)
        expect(mail.html).toContain(`× ${line}`)
      }
      const all = ["Red", "Rot", "Rouge", "أحمر", "Two days", "Zwei Tage", "Deux jours", "يومان"]
      const others = all.filter((word) => !lines.join().includes(word))
      expect(others.filter((word) => mail.text.includes(word))).toEqual([])
    }
  })
})
