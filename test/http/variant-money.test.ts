import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { startFakeStripe, stripeSettings, type FakeStripe } from "../support/fake-stripe.ts"
import { hold, offer, order, pay, productNow } from "../support/shop.ts"

let fake: FakeStripe
let app: TestApp
beforeAll(async () => {
  fake = await startFakeStripe()
  app = await startTestApp({ seed: false, config: { stripe: stripeSettings(fake.url) } })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await fake[Symbol.asyncDispose]()
})

interface Shoe {
  readonly id: number
  readonly small: number
  readonly large: number
}

/** Five units of size 41 at 129.00, and five of 43 at 149.00. */
async function offerShoe(): Promise<Shoe> {
  const variants = [
    { name: "41", sku: "R-41", stock: 5 },
    { name: "43", sku: "R-43", stock: 5, price_minor: 14_900 },
  ]
  const made = await offer(app, { name: "Runner", price_minor: 12_900, stock: undefined, variants })
  const [small, large] = made.variants.map(({ id }: Shoe) => id)
  return { id: made.id, small, large }
}

/** Two units of 41 and three of 43, for 258.00 + 447.00. */
async function orderBasket({ id, small, large }: Shoe, more: object = {}) {
  const lines = [
    { variant_id: small, qty: 2 },
    { variant_id: large, qty: 3 },
  ]
  const held = await app.post("/api/holds", { product_id: id, lines, ...more })
  expect(held.status).toBe(201)
  return order(app, held.body.hold_id)
}
const TOTAL = 2 * 12_900 + 3 * 14_900

const holdOf = (shoe: Shoe, variant_id: number, qty: number) => hold(app, shoe.id, qty, { variant_id })
const refund = (orderId: number, body: object) => app.post(`/api/admin/orders/${orderId}/refunds`, body)
const refundsOf = async (orderId: number) => (await app.get(`/api/admin/orders/${orderId}/refunds`)).body.data

/** The counters of each variant: `stock/held/sold`. */
async function counters({ id }: Shoe): Promise<string[]> {
  const { variants } = await productNow(app, id)
  return variants.map(
    (one: { stock: number; reserved_stock: number; sold_stock: number }) =>
      `${one.stock}/${one.reserved_stock}/${one.sold_stock}`,
  )
}

describe("a late payment of a basket", () => {
  test("takes all its lines again", async () => {
    const shoe = await offerShoe()
    const { order_id } = await orderBasket(shoe)
    await app.post(`/api/orders/${order_id}/cancel`)
    expect(await counters(shoe)).toEqual(["5/0/0", "5/0/0"])
    expect((await pay(app, { order_id })).body).toMatchObject({ outcome: "paid", late: true })
    expect(await counters(shoe)).toEqual(["5/0/2", "5/0/3"])
    expect(await refundsOf(order_id)).toEqual([])
  })

  test.each([
    ["its first line", "small", 4],
    ["its last line", "large", 3],
  ] as const)("of which another buyer has units of %s: all the money goes back", async (_, taken, qty) => {
    const shoe = await offerShoe()
    const { order_id } = await orderBasket(shoe)
    await app.post(`/api/orders/${order_id}/cancel`)
    await holdOf(shoe, shoe[taken], qty)
    const before = await counters(shoe)

    expect((await pay(app, { order_id })).body).toMatchObject({ outcome: "refund_due", status: "cancelled" })

    expect(await counters(shoe)).toEqual(before)
    expect(await refundsOf(order_id)).toMatchObject([
      { reason: "units_not_available", amount_minor: TOTAL, restock_qty: 0 },
    ])
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      status: "cancelled",
      lines: [{ restocked_qty: 0 }, { restocked_qty: 0 }],
    })
  })

  test("of which a variant is off sale: all the money goes back", async () => {
    const shoe = await offerShoe()
    const { order_id } = await orderBasket(shoe)
    await app.post(`/api/orders/${order_id}/cancel`)
    await app.send("PATCH", `/api/admin/products/${shoe.id}/variants/${shoe.large}`, {
      json: { enabled: false },
    })
    expect((await pay(app, { order_id })).body.outcome).toBe("refund_due")
    expect(await counters(shoe)).toEqual(["5/0/0", "5/0/0"])
    expect(await refundsOf(order_id)).toMatchObject([{ amount_minor: TOTAL }])
  })

  test("and a buyer of one line at the same time: one gets the units, and the money is accounted for", async () => {
    for (let round = 0; round < 20; round += 1) {
      const shoe = await offerShoe()
      const { order_id } = await orderBasket(shoe)
      await app.post(`/api/orders/${order_id}/cancel`)
      const [payment, other] = await Promise.all([
        pay(app, { order_id }),
        app.post("/api/holds", { product_id: shoe.id, variant_id: shoe.large, qty: 3 }),
      ])
      const isSold = payment.body.outcome === "paid"
      expect(`${payment.body.outcome} ${other.status}`).toBe(isSold ? "paid 409" : "refund_due 201")
      expect(await counters(shoe)).toEqual(isSold ? ["5/0/2", "5/0/3"] : ["5/0/0", "5/3/0"])
      expect(await refundsOf(order_id)).toHaveLength(isSold ? 0 : 1)
    }
  })
})

describe("a refund of a part of a basket", () => {
  test("restocks the units of its line and of no other, and never more than were bought", async () => {
    const shoe = await offerShoe()
    const { order_id } = await orderBasket(shoe, { customer_id: "ann" })
    await pay(app, { order_id })

    const part = { amount_minor: 14_900, restock_lines: [{ variant_id: shoe.large, qty: 1 }] }
    expect((await refund(order_id, part)).body).toMatchObject({ amount_minor: 14_900, restock_qty: 1 })
    expect(await counters(shoe)).toEqual(["5/0/2", "5/0/2"])
    expect(await productNow(app, shoe.id)).toMatchObject({ stock: 10, available_stock: 6, sold_stock: 4 })
    expect((await app.get(`/api/orders/${order_id}`)).body).toMatchObject({
      restocked_qty: 1,
      total_minor: TOTAL,
      lines: [
        { variant_id: shoe.small, quantity: 2, restocked_qty: 0 },
        { variant_id: shoe.large, quantity: 3, restocked_qty: 1, total_minor: 3 * 14_900 },
      ],
    })

    // Two of each are left; the fifth unit of the order is restocked already.
    const tooMany = await refund(order_id, { restock_lines: [{ variant_id: shoe.large, qty: 3 }] })
    expect(tooMany.body).toMatchObject({ code: "restock_over_order", restockable_qty: 2 })
    expect((await refund(order_id, { amount_minor: 0 })).body.errors).toEqual([
      {
        pointer: "/amount_minor",
        detail: "must be more than 0 unless restock_qty or restock_lines restocks units",
      },
    ])
    const oneTooMany = [
      { variant_id: shoe.small, qty: 2 },
      { variant_id: shoe.large, qty: 3 },
    ]
    expect((await refund(order_id, { restock_lines: oneTooMany })).body.code).toBe("restock_over_order")
    expect((await refund(order_id, { amount_minor: TOTAL })).body).toMatchObject({
      code: "refund_over_payment",
      refundable_minor: TOTAL - 14_900,
    })
    expect(await counters(shoe)).toEqual(["5/0/2", "5/0/2"])

    const rest = [
      { variant_id: shoe.large, qty: 2 },
      { variant_id: shoe.small, qty: 2 },
    ]
    expect((await refund(order_id, { amount_minor: null, restock_lines: rest })).body).toMatchObject({
      amount_minor: TOTAL - 14_900,
      restock_qty: 4,
    })
    expect(await counters(shoe)).toEqual(["5/0/0", "5/0/0"])
  })

  test("is restocked once under one Idempotency-Key, and recorded with its lines", async () => {
    const shoe = await offerShoe()
    const { order_id } = await orderBasket(shoe)
    await pay(app, { order_id })
    const body = { restock_lines: [{ variant_id: shoe.small, qty: 1 }] }
    const headers = { "idempotency-key": `refund-${order_id}` }
    const answers = await Promise.all(
      [1, 2, 3].map(() => app.send("POST", `/api/admin/orders/${order_id}/refunds`, { json: body, headers })),
    )
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(await counters(shoe)).toEqual(["5/0/1", "5/0/3"])
    await expect
      .poll(async () => (await app.get(`/api/admin/actions?limit=3`)).body.data)
      .toMatchObject([1, 2, 3].map(() => ({ order_id, content: body })))
  })
})

test("the shop reads orders and holds with their lines", async () => {
  const shoe = await offerShoe()
  const { order_id, hold_id, lines } = await orderBasket(shoe)
  const list = async (path: string) => (await app.get(`${path}?product_id=${shoe.id}`)).body.data
  expect(await list("/api/admin/orders")).toMatchObject([{ order_id, lines }])
  expect(await list("/api/admin/holds")).toMatchObject([
    {
      hold_id,
      lines: [
        { variant_id: shoe.small, qty: 2, unit_price_minor: 12_900 },
        { variant_id: shoe.large, qty: 3, unit_price_minor: 14_900 },
      ],
    },
  ])
  expect(lines).toMatchObject([{ quantity: 2 }, { quantity: 3 }])
})

describe("the lists of orders and holds", () => {
  test("are searched by variant and by its number", async () => {
    const shoe = await offerShoe()
    const other = await offerShoe()
    const basket = await orderBasket(shoe)
    const single = await order(app, (await holdOf(shoe, shoe.small, 1)).hold_id)
    const elsewhere = await order(app, (await holdOf(other, other.large, 1)).hold_id)
    const product = `product_id=${shoe.id}`
    const found = async (query: string, kind = "orders") =>
      (await app.get(`/api/admin/${kind}?${query}`)).body.data.map((row: { hold_id: number }) => row.hold_id)

    expect(await found(`variant_id=${shoe.small}`)).toEqual([basket.hold_id, single.hold_id])
    expect(await found(`variant_id=${shoe.large}`)).toEqual([basket.hold_id])
    expect(await found(`variant_id=${shoe.large}`, "holds")).toEqual([basket.hold_id])
    expect(await found(`sku=R-41&${product}`)).toEqual([basket.hold_id, single.hold_id])
    expect(await found(`sku=R-41&${product}`, "holds")).toEqual([basket.hold_id, single.hold_id])
    const anywhere = await found("sku=R-43&limit=100")
    expect(anywhere).toEqual(expect.arrayContaining([basket.hold_id, elsewhere.hold_id]))
    expect(anywhere).not.toContain(single.hold_id)
    expect(await found(`sku=R-43&variant_id=${shoe.small}`)).toEqual([])
    expect(await found("sku=r-43")).toEqual([])
    expect((await app.get("/api/admin/orders?variant_id=x")).body.code).toBe("invalid_request")
    expect((await app.get("/api/admin/orders?sku=%00")).body.code).toBe("invalid_request")
  })
})

describe("the CSV file", () => {
  test("has a row for each line, whose sums are those of the orders", async () => {
    const shoe = await offerShoe()
    const basket = await orderBasket(shoe)
    await pay(app, { order_id: basket.order_id })
    await refund(basket.order_id, { restock_lines: [{ variant_id: shoe.large, qty: 1 }] })
    await app.send("PATCH", `/api/admin/products/${shoe.id}/variants/${shoe.small}`, {
      json: { name: '=HYPERLINK("x")', sku: "@R;41" },
    })
    const single = await order(app, (await holdOf(shoe, shoe.small, 1)).hold_id)

    const { body } = await app.get(`/api/admin/orders.csv?product_id=${shoe.id}`)

    const [heading, ...rows] = String(body).trimEnd().split("\r\n")
    expect(heading).toBe(
      "\uFEFForder_id,hold_id,product_id,customer_id,status,quantity,unit_price,total_price,currency," +
        "restocked_qty,late,created_at,expires_at,paid_at,updated_at,variant_id,sku,variant_name,reference,metadata,order_refunded",
    )
    // Without the times.
    const cells = rows.map((row) => row.replaceAll(/\d{4}-[^,]*Z/g, "T"))
    const ofBasket = `${basket.order_id},${basket.hold_id},${shoe.id},,paid`
    const small = `${shoe.small},"'@R;41","'=HYPERLINK(""x"")"`
    expect(cells).toEqual([
      `${ofBasket},2,129.00,258.00,EUR,0,false,T,T,T,T,${small},,,`,
      `${ofBasket},3,149.00,447.00,EUR,1,false,T,T,T,T,${shoe.large},R-43,43,,,`,
      `${single.order_id},${single.hold_id},${shoe.id},,pending_payment,` +
        `1,129.00,129.00,EUR,0,false,T,T,,T,${small},,,`,
    ])
  })

  test("has empty cells at the end of the row of an order without lines", async () => {
    const plain = await offer(app)
    const { order_id } = await order(app, (await hold(app, plain.id, 2)).hold_id)
    const { body } = await app.get(`/api/admin/orders.csv?product_id=${plain.id}`)
    expect(String(body).split("\r\n")[1]).toMatch(
      new RegExp(`^${order_id},\\d+,${plain.id},,pending_payment,2,99.99,199.98,EUR,0,false,.*Z,,,,,,$`),
    )
  })
})

test("Stripe is told the lines with their numbers", async () => {
  const shoe = await offerShoe()
  const { order_id } = await orderBasket(shoe)
  expect((await app.post(`/api/orders/${order_id}/payments`)).status).toBe(201)
  expect([...fake.intents.values()].at(-1)).toMatchObject({
    amount: TOTAL,
    description: "Runner: 2 × 41 (R-41), 3 × 43 (R-43)",
    metadata: {
      quantity: "5",
      line_1: `2 × 41 at 129.00 EUR (variant ${shoe.small})`,
      line_1_sku: "R-41",
      line_2: `3 × 43 at 149.00 EUR (variant ${shoe.large})`,
      line_2_sku: "R-43",
    },
  })
})

test("the rows agree after all of it", async () => {
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
