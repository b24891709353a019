import { vi } from "vitest"
import type { NewProductBody } from "../../client/src/admin.ts"
import type { NewHold, Order, Product } from "../../client/src/index.ts"
import { languageTags } from "../../client/src/languages.ts"
import type { BrowserShop } from "../support/browser.ts"
import { runSql } from "../support/rows.ts"
import { pay } from "../support/shop.ts"

/** Where pictures are; the test answers for it. One of them is lost. */
export const PICTURES = "https://pictures.example"
/** A page of the shop's own site. */
export const ownPage = (page: string) => `https://lamp.example/${page}`
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString()

/** A long name and many links are the hardest to show, and a light colour to read. */
export const shopSettings = {
  name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  accent: "#ffe600",
  support: "a-rather-long-address-for-all-questions-about-orders@lamp.example",
  links: {
    imprint: ownPage("imprint"),
    privacy: ownPage("privacy"),
    terms: ownPage("terms"),
    returns: ownPage("returns"),
    accessibility: ownPage("accessibility"),
  },
  languages: languageTags,
}

const texts = {
  description: `Spun steel, **brass** joint:\n- two metres of cable\n- [care](${ownPage("care")})\nhttps://lamp.example/a/rather/long/address/without/any/place/to/break`,
  image_url: `${PICTURES}/front.svg`,
}

/** The product's texts, with a name that is longer than a phone is wide, and words for its sizes. */
export const translations = {
  de: {
    name: "Donaudampfschifffahrtskapitänsschreibtischlampe",
    description: texts.description,
    words: {
      size: "Konfektionsgröße",
      "40": "Grundschullehrerinnengröße",
      colour: "Donaudampfschifffahrtsfarbe",
      Black: "Mitternachtsschieferschwarz",
    },
  },
  ja: { name: "卓上ランプ 四号 限定版", description: "鋼と真鍮の卓上ランプです。一度だけ作られました。" },
  ar: {
    name: "مصباح مكتب رقم 4",
    description: "فولاذ ونحاس، صُنع مرة واحدة.",
    words: { size: "المقاس", "40": "٤٠ أو ما يقاربها", colour: "اللون", Black: "أسود منتصف الليل" },
  },
}

/** Everything that a product can ask of its buyers. */
const asking = {
  collect: { email: "required", name: "required", phone: "optional", shipping_address: "required" },
  questions: [
    { key: "paper", kind: "choice", label: "Paper", choices: ["Matt", "Glossy"], required: true },
    { key: "words", kind: "text", label: "Dedication", help: "Up to ten words, by hand." },
    { key: "terms", kind: "checkbox", label: "I accept the terms", link: ownPage("terms"), required: true },
  ],
} as const

/** Long, and without a place to break. */
export const details = {
  email: "adelheid.von-droste-huelshoff-und-zu-vischering@burg.example",
  name: "Adelheid von Droste-Hülshoff und zu Vischering",
  phone: "+41446681800",
  shipping_address: {
    line1: "Donaudampfschifffahrtsgesellschaftsstrasse 1234",
    city: "Bern",
    postal_code: "3011",
    country: "CH",
  },
  answers: { paper: "Matt", terms: true },
}

/** A shop with a product, hold and order in each state. `stored`: what the buyer's browser has stored of them. */
export async function everyState(app: BrowserShop) {
  const stored = new Map<string, unknown>()
  await app.shop.shop.change(shopSettings)

  async function offer(more: Partial<NewProductBody> = {}): Promise<Product> {
    const plain = { name: "Desk lamp No. 4", price_minor: 1_234_567_00, currency: "EUR" }
    const stock = more.variants === undefined && { stock: 1_000 }
    const product = await app.shop.products.create({ ...plain, ...stock, ...more })
    await app.shop.products.changeContent(product.id, {
      translations,
      after_purchase: `Your code: ${ownPage("code")}`,
    })
    return product
  }

  async function hold({ id, variants = [] }: Product, qty = 1): Promise<NewHold> {
    const wanted = variants[0] === undefined ? { qty } : { qty, variant_id: variants[0].id }
    return app.crowd.holds.create({ product_id: id, ...wanted })
  }

  async function keptHold(product: Product): Promise<void> {
    const { token, ...held } = await hold(product, 2)
    const endsAtMs = Date.parse(held.expires_at)
    stored.set(`hold:${product.id}`, { hold: held, token, orderId: null, name: product.name, endsAtMs })
  }

  async function order(product: Product, told: object = {}): Promise<Order> {
    const held = await hold(product, 2)
    const made = await app.crowd.orders.create({ ...held, ...told })
    stored.set(`order:${made.order_id}`, { token: held.token, payment: null })
    return made
  }

  /** Starts a payment at the simulator, and lets it go on as `action` says. */
  async function paying({ order_id, total_minor, currency }: Order, action: string, body: object = {}) {
    const content = { order_id, amount_minor: total_minor, currency, return_url: "/" }
    const { body: payment } = await app.post("/simulator/payments", content)
    await app.post(`/simulator/payments/${payment.payment_id}/${action}`, body)
    const kept = stored.get(`order:${order_id}`) as object
    stored.set(`order:${order_id}`, {
      ...kept,
      payment: { id: payment.payment_id, url: payment.pay_url, isConfirmed: false },
    })
    return String(payment.payment_id)
  }

  const paid = async (made: Order) => {
    await pay(app, { order_id: made.order_id })
    return made
  }
  const sizes = [
    { name: "40", stock: 1_000, options: { size: "40" } },
    { name: "41", stock: 0, options: { size: "41" } },
    {
      name: "Donaudampfschifffahrtskapitän",
      stock: 1_000,
      options: { size: "Donaudampfschifffahrtskapitän" },
    },
    { name: "43", stock: 1_000, options: { size: "43" }, price_minor: 99_00 },
  ]

  /** Of white there is only 40, and of black 41 is sold out. */
  const colours = ["Black / 40", "Black / 41", "White / 40", "Red / 41"].map((name, index) => {
    const [colour = "", size = ""] = name.split(" / ")
    return { name, stock: index === 1 ? 0 : 1_000, options: { colour, size } }
  })

  const plain = await offer()
  const [rich, shoe, basket, shirt, limited, paused, scheduled, over, none, sold, asked, kept] =
    await Promise.all([
      offer(texts),
      offer({ variants: sizes, max_per_hold: 1 }),
      offer({ variants: sizes }),
      offer({ variants: colours }),
      offer({ max_per_customer: 2 }),
      offer({ paused: true }),
      offer({ ...texts, opens_at: hours(20) }),
      offer({ opens_at: hours(-50), closes_at: hours(-40) }),
      offer({ stock: 1 }),
      offer({ stock: 1 }),
      offer(asking),
      offer(),
      offer({ opens_at: hours(200), name: "Later" }),
      offer({ status: "archived" }),
    ])
  const gone = await offer({ stock: 2 })
  await app.shop.products.changeContent(rich.id, {
    image_alt: "The lamp from the front",
    pictures: ["side", "lost", "back", "night"].map((name) => ({
      url: `${PICTURES}/${name}.svg`,
      alt: `The lamp: ${name}`,
    })),
  })
  await hold(none)
  await paid(await app.crowd.orders.create(await hold(sold)))
  await keptHold(asked)
  await keptHold(kept)

  const orders = {
    to_pay: await order(plain),
    needs_details: await order(asked),
    with_details: await order(asked, { details }),
    under_way: await order(plain),
    paid: await paid(await order(asked, { details })),
    basket_paid: await paid(await order(basket)),
    shirt_paid: await paid(await order(shirt)),
    declined: await order(plain),
    cancelled: await order(plain),
    expired: await order(plain),
    late: await order(plain),
    returned: await order(gone),
    refunded: await order(plain),
    part_refunded: await paid(await order(plain)),
  }
  const longer = { delay_ms: 3_600_000 }
  await paying(orders.under_way, "succeed", longer)
  await paying(orders.late, "succeed", longer)
  const declinedPayment = await paying(orders.declined, "decline")
  for (const { order_id } of [orders.cancelled, orders.returned]) await app.shop.orders.cancel(order_id)
  await paid(await app.crowd.orders.create(await hold(gone, 2)))
  await paying(orders.returned, "succeed")
  await paying(orders.refunded, "succeed")
  const refunded = (status: string) => async () =>
    (await app.shop.orders.get(orders.refunded.order_id)).order.status === status
  await vi.waitUntil(refunded("paid"), 10_000)
  await app.post(`/api/admin/orders/${orders.refunded.order_id}/refunds`, {
    amount_minor: orders.refunded.total_minor,
  })
  await vi.waitUntil(refunded("refunded"), 10_000)
  await app.post(`/api/admin/orders/${orders.part_refunded.order_id}/refunds`, { amount_minor: 500 })
  const ends = [orders.expired.order_id, orders.late.order_id].join(", ")
  await runSql(
    app.databaseUrl,
    `update orders set expires_at = clock_timestamp() + interval '1 millisecond' where id in (${ends})`,
  )
  const { order_id, total_minor: amount_minor, currency } = orders.to_pay
  const lines = [{ name: translations.de.name, sku: "LAMP-4", quantity: 2, unit_price_minor: 1_234 }]
  const open = { order_id, amount_minor, currency, lines, return_url: "/" }
  const { body } = await app.post("/simulator/payments", open)
  return {
    stored,
    products: { plain, rich, shoe, basket, shirt, limited, paused, scheduled, over, none, sold, asked, kept },
    orders,
    payments: { open: String(body.payment_id), declined: declinedPayment },
  }
}
