import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { createPlan } from "../../src/simulator/plan.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { openScopedDatabase, type Row } from "../support/rows.ts"
import type { TestAnswer, TestClient } from "../support/http.ts"
import { startServerProcess } from "../support/server-process.ts"
import { offer, WEBHOOK_SECRET } from "../support/shop.ts"
import { createPayment, startTestSimulator, type TestSimulator } from "../support/simulator.ts"

/** With this seed, the first 150 payments include late, declined, too small, too large, early and forged ones. */
const SEED = 16
/** Few, because `npm test` must stay short; DOORBUSTER_REHEARSAL_PURCHASES sets another number. */
const PURCHASES = Number(process.env["DOORBUSTER_REHEARSAL_PURCHASES"] ?? 150)
const SHOWN_ORDERS = 1_000
/** How often the server is killed between purchases. */
const KILLS = PURCHASES > 150 ? 3 : 1
const CONCURRENT_BUYERS = 25
const ORDERS_WAIT_SECONDS = 3
/** Fewer than are wanted: some buyers get nothing, or units whose late payment is refunded. */
const SCARCE_UNITS = 30
/** Added to a hold's id, gives the id under which the shop pays for an order that does not exist yet. */
const SHOPS_OWN_IDS = 1_000_000

/** How long a buyer asks for units before giving up. */
const PATIENCE_MS = 2_000

interface Shop {
  readonly app: TestClient
  readonly simulator: TestSimulator
  readonly productIds: readonly number[]
}

/**
 * One buyer: a hold, then order and payment, in either sequence. Returns the payment's id; null: no units were left.
 */
async function purchase({ app, simulator, productIds }: Shop, number: number): Promise<string | null> {
  const product_id = productIds[number % 3 === 0 ? 1 : 0]
  const quantity = 1 + (number % 2)
  const hold_id = await holdPatiently(app, { product_id, qty: quantity })
  if (hold_id === null) return null
  const telling = product_id === productIds[0] ? (tellings[number % tellings.length] ?? "never") : null
  const details = telling === "with the order" ? all : telling === "in part" ? part : undefined
  const price = { amount_minor: 9_999 * quantity, currency: "EUR" }
  if (number % 4 < 2) {
    const names = { order_id: SHOPS_OWN_IDS + hold_id, hold_id, product_id, quantity }
    const { payment_id } = await createPayment(simulator, { ...names, ...price })
    const ordered = await app.post("/api/orders", { hold_id, details })
    expect(ordered.status).toBeLessThan(202)
    await tellLater(app, ordered.body.order_id, telling)
    return payment_id
  }
  const { order_id } = (await app.post("/api/orders", { hold_id, details })).body
  if (telling === "before paying") await tellLater(app, order_id, telling)
  const { payment_id } = await createPayment(simulator, { order_id, ...price })
  if (telling === "after paying") await tellLater(app, order_id, telling)
  return payment_id
}

/** When a buyer tells what the first product asks for. An odd number, so that each kind pays before and after ordering. */
const tellings = ["with the order", "before paying", "after paying", "in part", "never"] as const
const all = { email: "anna@example.ch", name: "Anna" }
const part = { email: "anna@example.ch" }

/** The payment may have come already; the shop, as which every caller of this server counts, may still tell. */
async function tellLater(app: TestClient, orderId: number, telling: string | null): Promise<void> {
  if (telling !== "before paying" && telling !== "after paying") return
  expect((await app.send("PUT", `/api/orders/${orderId}/details`, { json: all })).status).toBe(200)
}

async function holdPatiently(app: TestClient, wish: object): Promise<number | null> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const { status, body } = await app.post("/api/holds", wish)
    if (status === 201) return body.hold_id
    expect(body.code).toBe("out_of_stock")
    if (performance.now() > deadline) return null
    await sleep(100)
  }
}

/** Runs the purchases `from` to `to`, some at a time. Returns the ids of the payments. */
async function crowd(shop: Shop, from: number, to: number): Promise<string[]> {
  const payments: string[] = []
  let next = from
  async function buyer(): Promise<void> {
    while (next < to) {
      const payment = await purchase(shop, (next += 1))
      if (payment !== null) payments.push(payment)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_BUYERS }, buyer))
  return payments
}

test(
  `${PURCHASES} wild purchases, ${KILLS} killed servers: no unit and no cent is missing`,
  { timeout: Math.max(120_000, PURCHASES * 200) },
  async () => {
    await using database = await createTestDatabase()
    let url = ""
    await using simulator = await startTestSimulator({
      plan: createPlan("wild", SEED),
      lateMs: (ORDERS_WAIT_SECONDS + 1) * 1_000,
      target: () => `${url}/api/payments/webhooks/simulator`,
    })
    const environment = {
      DATABASE_URL: database.url,
      SIMULATOR_URL: simulator.url,
      SIMULATOR_SECRET: WEBHOOK_SECRET,
      PAYMENT_TTL_SECONDS: String(ORDERS_WAIT_SECONDS),
    }
    await using rows = openScopedDatabase(database.url)
    const ask: Ask = async (text) => (await rows.views.query<Row>(text)).rows
    const books = async () => (await simulator.get("/books")).body
    const paymentIds: string[] = []

    const productIds: number[] = []
    const part = Math.ceil(PURCHASES / (KILLS + 1))
    for (let done = 0; done < KILLS * part; done += part) {
      await using app = await startServerProcess({ ...environment, ...portOf(url) })
      url = app.url
      if (done === 0) {
        const collect = { email: "required", name: "required" }
        productIds.push((await offer(app, { stock: 2 * PURCHASES, collect })).id)
        productIds.push((await offer(app, { stock: SCARCE_UNITS })).id)
      }
      paymentIds.push(...(await crowd({ app, simulator, productIds }, done, done + part)))
      // The provider goes on sending webhooks while no server listens.
      await app.end("SIGKILL")
    }
    await using app = await startServerProcess({ ...environment, ...portOf(url) })
    paymentIds.push(...(await crowd({ app, simulator, productIds }, KILLS * part, PURCHASES)))
    const settled = async () => {
      const [open] = await ask(`
      select (select count(*) from orders where status = 'pending_payment')
           + (select count(*) from refunds where status in ('due', 'sent'))
           + (select count(*) from disputes where status = 'open') as open`)
      const { totals, webhooks } = await books()
      return [
        Number(open?.["open"]),
        webhooks.waiting,
        totals[0].pending_minor,
        totals[0].refund_pending_minor,
      ]
    }
    await expect.poll(settled, { timeout: 40_000, interval: 200 }).toEqual([0, 0, 0, 0])

    // The operator handles refunds that were not sent because a bank had disputed the payment.
    await handleMoneyInbox(app)
    await expect.poll(settled, { timeout: 20_000, interval: 200 }).toEqual([0, 0, 0, 0])
    expect(await handleMoneyInbox(app)).toBe(0)

    // The shop refunds a part of some orders.
    const paid = await ask(`
      select id
        from orders
       where status = 'paid'
         and refund_count = 0
         and not exists (select from payments p where p.order_id = orders.id and p.disputed_minor > 0)
       order by id
       limit 5`)
    for (const { id } of paid) {
      expect((await app.post(`/api/admin/orders/${String(id)}/refunds`, { amount_minor: 77 })).status).toBe(
        201,
      )
    }
    await expect.poll(settled, { timeout: 20_000, interval: 200 }).toEqual([0, 0, 0, 0])

    expect(await differencesIn(database.url)).toEqual([])
    expect(simulator.givenUp).toEqual([])
    expect(await recordedPayments(ask)).toEqual(await simulatedPayments(simulator, paymentIds))
    await compareByOrder(ask, await books())
    await compareDetails(ask, app)
    await expectEveryKind(ask, await books())
  },
)

/** The port of the last server, so that the address stays the same; any free one at first. */
function portOf(url: string): { PORT?: string } {
  return url === "" ? {} : { PORT: new URL(url).port }
}

type Ask = (text: string) => Promise<Row[]>

/**
 * Takes the first action of each refund in the money inbox: sends it again, or confirms it. Returns how many there
 * were.
 */
async function handleMoneyInbox(app: TestClient): Promise<number> {
  const refunds = (await moneyInbox(app)).filter(({ kind }) => kind !== "details_missing")
  for (const { kind, actions } of refunds) {
    expect(kind).toBe("refund")
    expect((await app.post(actions[0]?.href ?? "")).status).toBe(200)
  }
  return refunds.length
}

interface InboxEntry {
  readonly kind: string
  readonly actions: readonly { readonly href: string }[]
  readonly order?: { readonly order_id: number }
}

async function moneyInbox(app: TestClient): Promise<InboxEntry[]> {
  const entries: InboxEntry[] = []
  for (let next: string | null = ""; next !== null;) {
    const { body }: TestAnswer = await app.get(`/api/admin/money?limit=100${next}`)
    entries.push(...body.data)
    next = body.has_more === true ? `&cursor=${body.next_cursor}` : null
  }
  return entries
}

/** Every paid order of the product that asks for details has them, or stands in the money inbox, and no other does. */
async function compareDetails(ask: Ask, app: TestClient): Promise<void> {
  const rows = await ask(`
    select o.id, d.email is not null and d.name is not null as complete
      from orders o
      join products p on p.id = o.product_id
      left join order_details d on d.product_id = o.product_id and d.order_id = o.id
     where p.collect is not null
       and o.status = 'paid'
     order by o.id`)
  const lacking = rows.filter(({ complete }) => complete !== true).map(({ id }) => Number(id))
  const waitedFor = (await moneyInbox(app)).flatMap(({ kind, order }) =>
    kind === "details_missing" && order !== undefined ? [order.order_id] : [],
  )
  expect(waitedFor).toEqual(lacking)
  expect(lacking.length, "no paid order lacks details").toBeGreaterThan(0)
  expect(lacking.length, "no paid order has its details").toBeLessThan(rows.length)
}

/**
 * By payment: the amount that Doorbuster recorded, how much of it is refunded or disputed, and the dispute's status.
 */
async function recordedPayments(ask: Ask) {
  const rows = await ask(`
    select p.payment_id, p.amount_minor, p.refunded_minor + p.disputed_minor as gone,
           p.disputed_minor + coalesce((
             select sum(amount_minor)
               from refunds r
              where r.provider = p.provider
                and r.event_key = p.event_key
                and r.status = 'confirmed'), 0) as back,
           (select status from disputes d where d.provider = p.provider and d.event_key = p.event_key) as dispute
      from payments p
     where p.provider = 'simulator'`)
  return new Map(
    rows.map((row) => [
      row["payment_id"],
      [...[row["amount_minor"], row["gone"], row["back"]].map(Number), row["dispute"]],
    ]),
  )
}

/** The same numbers, as the simulator has them. */
async function simulatedPayments(simulator: TestSimulator, paymentIds: readonly string[]) {
  const payments = await Promise.all(paymentIds.map((id) => simulator.get(`/payments/${id}`)))
  return new Map(
    payments.flatMap(({ body }) => {
      const { status, payment_id, captured_minor, refunded_minor, disputed_minor, dispute } = body
      const gone = refunded_minor + disputed_minor
      const numbers = [captured_minor, gone, gone, dispute?.status ?? null]
      return status === "succeeded" ? [[payment_id, numbers] as const] : []
    }),
  )
}

interface WireAccount {
  readonly order_id: number
  readonly captured_minor: number
  readonly refunded_minor: number
  readonly disputed_minor: number
}

/** For each order, what was captured is the price if it is paid, and beside it what is refunded without a request. */
async function compareByOrder(ask: Ask, { orders }: { orders: readonly WireAccount[] }) {
  const rows = await ask(`
    select distinct e.order_id as named, o.id,
           case when o.paid_at is null then 0 else o.total_minor end as price,
           coalesce((select sum(amount_minor) from refunds r where r.order_id = o.id), 0) as refunds,
           coalesce((select sum(amount_minor) from refunds r
                      where r.order_id = o.id and r.reason = 'requested'), 0) as requested,
           (select coalesce(sum(disputed_minor), 0) from payments p where p.order_id = o.id) as disputed
      from payment_events e
      join orders o on o.id = e.applied_order_id
     where e.provider = 'simulator'
       and e.order_id is not null`)
  const byName = new Map(rows.map((row) => [Number(row["named"]), row]))
  // GET /books shows one page of orders; all payments were compared above.
  expect(orders.length).toBe(Math.min(rows.length, SHOWN_ORDERS))
  const differences = orders.filter(({ order_id, captured_minor, refunded_minor, disputed_minor }) => {
    const row = byName.get(order_id)
    const number = (name: string) => Number(row?.[name])
    const [refunds, disputed] = [number("refunds"), number("disputed")]
    if (captured_minor !== number("price") + refunds - number("requested")) return true
    return refunded_minor + disputed_minor !== refunds + disputed
  })
  expect(differences).toEqual([])
}

/** Every kind of fault must have happened, or the run proves less than its name says. */
async function expectEveryKind(ask: Ask, { webhooks }: { webhooks: { refused_forgeries: number } }) {
  const [seen] = await ask(`
    select (select count(*) from orders where origin = 'payment_event') as early,
           (select count(*) from orders where late) as late,
           (select count(*) from orders where status = 'cancelled') as declined,
           (select count(*) from payment_events where outcome = 'ignored_final') as ignored,
           (select count(*) from refunds where reason = 'amount_too_low') as low,
           (select count(*) from refunds where reason = 'amount_too_high') as high,
           (select count(*) from disputes where status = 'won') as won,
           (select count(*) from disputes where status = 'lost') as lost,
           (select count(*) from refunds where reason = 'requested') as requested`)
  for (const [what, count] of Object.entries({ ...seen, forged: webhooks.refused_forgeries })) {
    expect.soft(count, `${what} did not happen`).toBeGreaterThan(0)
  }
}
