import { setTimeout } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { noShopSettings } from "../../src/domain/shop.ts"
import { createLog } from "../../src/base/log.ts"
import { createSmtpSender, type SmtpOptions } from "../../src/mail/smtp.ts"
import { openConnection } from "../../src/store/connection.ts"
import { createErasure } from "../../src/store/reads/erasure.ts"
import { createDetailsRetention, createMailRetention } from "../../src/worker/retention.ts"
import { createMailing, type Mailing, type MailingParts } from "../../src/worker/mailing.ts"
import { createTestEngine, type TestEngine } from "../support/database.ts"
import { makeOrder, pay, tell, withEmail } from "../support/mailed-orders.ts"
import { startMailServer, type MailServer } from "../support/mail-server.ts"
import { newProduct } from "../support/products.ts"

const silent = createLog("silent")
const FAST = { hasMail: true, perSecond: 0 }

let engine: TestEngine
let productId: number
beforeAll(async () => {
  engine = await createTestEngine({}, undefined, FAST)
  productId = await newProduct(engine, { stock: 100_000, settings: { collect: withEmail } })
})
afterAll(() => engine[Symbol.asyncDispose]())

const shop = async () => ({
  ...noShopSettings,
  name: "Lamp Shop",
  languages: ["en"] as const,
  linkTo: ({ id }: { id: number }) => `https://shop.example/o/${id}#proof-${id}`,
})

function worker(
  server: Pick<MailServer, "settings">,
  { limits, ...parts }: Partial<MailingParts> & Pick<SmtpOptions, "limits"> = {},
): Mailing {
  return createMailing({
    queue: engine.mails.queue,
    contents: engine.mails.contents,
    log: silent,
    observer: engine.events,
    shop,
    from: { name: "Lamp Shop", address: "orders@shop.example" },
    sender: createSmtpSender(server.settings, { ...(limits && { limits }) }),
    random: () => 0,
    ...parts,
  })
}

/** Sends until nothing is under way or due. */
async function sendAll(...workers: readonly Mailing[]): Promise<void> {
  await Promise.all(
    workers.map(async (one) => {
      while (await one.begin()) await one.idle()
    }),
  )
}

const sql = <Row extends object>(text: string, values: unknown[] = []) =>
  engine.database.views.query<Row>(text, values).then(({ rows }) => rows)

const mailsOf = (orderId: number) => engine.mails.contents.ofOrder(orderId)
const dueNow = () => sql("update mails set not_before = now() where status = 'due'")

async function paidOrder(told: Parameters<typeof makeOrder>[2] = {}): Promise<number> {
  const orderId = await makeOrder(engine, productId, told)
  await pay(engine, orderId)
  return orderId
}

/** Seconds until the only due mail of the order is tried again. */
async function waitOf(orderId: number): Promise<number> {
  const [row] = await sql<{ wait: number }>(
    `select extract(epoch from not_before - clock_timestamp())::float8 as wait
       from mails
      where order_id = $1
        and status = 'due'`,
    [orderId],
  )
  return row?.wait ?? NaN
}

/** Waits for the beginning of a second in which codes have their turn (0) or not (1 to 3), by the database's clock. */
async function secondOfTurn(second: number): Promise<void> {
  const hasBegun = async () => {
    const [{ now } = { now: 0 }] = await sql<{ now: number }>(
      "select extract(epoch from clock_timestamp())::float8 as now",
    )
    return Math.floor(now) % 4 === second && now % 1 < 0.3
  }
  await expect.poll(hasBegun, { timeout: 10_000, interval: 20 }).toBe(true)
}

describe("a paid order", () => {
  test("gets one receipt, to its buyer, with a link that proves who owns it", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder({ email: "ada@example.com", name: "Ada" })
    await sendAll(worker(server))
    await dueNow()
    await sendAll(worker(server))

    expect(server.received).toHaveLength(1)
    const [{ mail, to } = { mail: null, to: [] }] = server.received
    expect(to).toEqual(["ada@example.com"])
    expect(mail).toMatchObject({
      subject: `Receipt for order ${orderId} – Lamp Shop`,
      from: { value: [{ name: "Lamp Shop", address: "orders@shop.example" }] },
      to: { value: [{ name: "Ada", address: "ada@example.com" }] },
    })
    expect(mail?.messageId).toMatch(/^<[0-9a-f-]{36}@shop\.example>$/)
    expect(mail?.text).toContain(`https://shop.example/o/${orderId}#proof-${orderId}`)
    expect(mail?.html).toContain("€99.99")
    expect(await mailsOf(orderId)).toMatchObject([
      { id: `receipt-${orderId}`, kind: "receipt", status: "sent", attempts: 1, lastError: null },
    ])
  })

  test("without an address waits for one, and is then skipped", async () => {
    await using server = await startMailServer()
    const without = await paidOrder({ email: null })
    const late = await paidOrder({ email: null })
    await sendAll(worker(server))
    expect(await waitOf(without)).toBeGreaterThan(3)
    await tell(engine, { productId, orderId: late }, { email: "late@example.com" })
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await dueNow()
      await sendAll(worker(server))
    }
    expect(server.received.map(({ to }) => to)).toEqual([["late@example.com"]])
    expect(await mailsOf(without)).toMatchObject([{ status: "skipped", attempts: 6, lastError: null }])
  })

  test("whose address no mail can be sent to fails, and reaches no server", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder({ email: "ada@example.com\nRCPT TO:<eve@example.com>" })
    await sendAll(worker(server))
    expect(server.connections()).toBe(0)
    const [mail] = await mailsOf(orderId)
    expect(mail).toMatchObject({ status: "failed" })
    expect(mail?.lastError).not.toContain("@")
  })

  test("of a product that asks for no address causes no mail, and no statement", async () => {
    const other = await newProduct(engine, { stock: 10 })
    const orderId = await makeOrder(engine, other, {})
    await pay(engine, orderId)
    expect(await mailsOf(orderId)).toEqual([])
  })

  test("causes no mail while mail is off", async () => {
    await using off = await createTestEngine({}, engine.url)
    const orderId = await makeOrder(off, productId, {})
    await pay(off, orderId)
    expect(await mailsOf(orderId)).toEqual([])
  })
})

describe("money that goes back", () => {
  async function refund(orderId: number, amountMinor: number): Promise<void> {
    const { outcome } = await engine.lanes.submit({
      kind: "refund_order",
      productId,
      orderId,
      amountMinor,
      restockQty: 0,
    })
    if (!("number" in outcome)) throw new Error("the test's refund was refused")
    await confirm(orderId, outcome.number)
  }
  const settle = (orderId: number, number: number, status: "sent" | "confirmed") =>
    engine.lanes.submit({
      kind: "settle_refund",
      productId,
      orderId,
      number,
      result: { status, providerRefundId: `re-${orderId}-${number}` },
    })
  const confirm = (orderId: number, number: number) => settle(orderId, number, "confirmed")

  test("is reported once it has really gone, in part and whole", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder()
    await refund(orderId, 4_000)
    await refund(orderId, 5_999)
    await sendAll(worker(server))
    await server.has(3)
    const about = (amount: string) =>
      server.received.find(
        ({ mail }) => mail.subject === `Refund of ${amount} for order ${orderId} – Lamp Shop`,
      )
    expect(about("€40.00")?.mail.text).toContain("the shop has refunded a part of the price")
    expect(about("€59.99")).toBeDefined()
    expect((await mailsOf(orderId)).map(({ id }) => id)).toEqual([
      `receipt-${orderId}`,
      `refund-${orderId}-1`,
      `refund-${orderId}-2`,
    ])
  })

  test("because the order was paid twice says so", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder()
    await pay(engine, orderId, { paymentId: `second-${orderId}`, amountMinor: 9_999 })
    expect((await mailsOf(orderId)).map(({ kind }) => kind)).toEqual(["receipt"])
    await settle(orderId, 1, "sent")
    expect((await mailsOf(orderId)).map(({ kind }) => kind)).toEqual(["receipt"])
    await confirm(orderId, 1)
    await sendAll(worker(server))
    await server.has(2)
    const texts = server.received.map(({ mail }) => mail.text)
    expect(texts.join()).toContain("it was already paid, so the second payment was refunded")
  })
})

test("an order that the shop cancels is reported, one that its buyer cancels is not", async () => {
  await using server = await startMailServer()
  const [byShop, byBuyer] = [await makeOrder(engine, productId, {}), await makeOrder(engine, productId, {})]
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId: byShop, byShop: true })
  await engine.lanes.submit({ kind: "cancel_order", productId, orderId: byBuyer })
  await sendAll(worker(server))
  expect(server.received.map(({ mail }) => mail.subject)).toEqual([
    `Order ${byShop} is cancelled – Lamp Shop`,
  ])
  expect(await mailsOf(byBuyer)).toEqual([])
})

describe("a mail server that", () => {
  test("refuses a mail for good ends it, with its answer but without the address", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder({ email: "gone@example.com" })
    server.behave({ recipient: (address) => `550 5.1.1 ${address} is not here, Gone is unknown` })
    await sendAll(worker(server))
    expect(await mailsOf(orderId)).toMatchObject([
      { status: "failed", attempts: 1, lastError: "550 5.1.1 [address] is not here, [address] is unknown" },
    ])
  })

  test("refuses a mail for now gets it again, later each time, and never more than ten times", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder()
    server.behave({ recipient: () => "450 4.2.0 come back" })
    const waits: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await sendAll(worker(server))
      waits.push(Math.round(await waitOf(orderId)))
      await dueNow()
    }
    expect(waits).toEqual([10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400])
    await sendAll(worker(server))
    expect(await mailsOf(orderId)).toMatchObject([
      { status: "failed", attempts: 10, lastError: "450 4.2.0 come back" },
    ])
  })

  test("is away uses up no attempt, is tried by one mail at a time, and gets all when it is back", async () => {
    await using server = await startMailServer()
    const orders = await Promise.all(Array.from({ length: 8 }, () => paidOrder()))
    await server.kill()
    const mailing = worker(server)
    await mailing.begin()
    await mailing.idle()
    expect(await mailing.begin()).toBe(false)
    const rows = await sql<{ attempts: number; status: string }>(
      "select distinct attempts, status from mails where order_id = any($1)",
      [orders],
    )
    expect(rows).toEqual([{ attempts: 0, status: "due" }])

    await server.restart()
    const connectionsBefore = server.connections()
    await expect.poll(() => mailing.begin(), { timeout: 10_000 }).toBe(true)
    expect(server.connections() - connectionsBefore).toBeLessThanOrEqual(1)
    await expect
      .poll(async () => {
        await mailing.begin()
        return server.received.length
      })
      .toBe(8)
    await mailing.idle()
  })

  test("hangs delays no sale and no other mail", async () => {
    await using server = await startMailServer()
    server.behave({
      recipient: (address) => (address === "slow@example.com" ? new Promise(() => undefined) : null),
    })
    const slow = await paidOrder({ email: "slow@example.com" })
    const quick = await paidOrder({ email: "quick@example.com" })
    const mailing = worker(server, { limits: { wholeMs: 1_500 } })
    const startedAt = performance.now()
    await mailing.begin()
    await server.has(1)
    await paidOrder({ email: "after@example.com" })
    expect(performance.now() - startedAt).toBeLessThan(1_400)
    await mailing.idle()
    expect(await mailsOf(quick)).toMatchObject([{ status: "sent" }])
    expect(await mailsOf(slow)).toMatchObject([{ status: "due", attempts: 1 }])
    server.behave({})
    await dueNow()
    await sendAll(worker(server))
  })
})

describe("erasing the buyer's details", () => {
  /** A mail that the server has refused for good, and one that it takes later. Both answers name the buyer. */
  async function refusedMails(server: MailServer): Promise<readonly [number, number]> {
    const orders = [
      await paidOrder({ email: "mia@example.com" }),
      await paidOrder({ email: "mia@example.com" }),
    ] as const
    let answers = 0
    server.behave({ recipient: () => `${(answers += 1) === 1 ? 550 : 450} Mia Muster is not here` })
    await sendAll(worker(server))
    expect((await errorsOf(orders)).filter((error) => error?.includes("Muster"))).toHaveLength(2)
    return orders
  }
  const errorsOf = async (orders: readonly number[]) =>
    (await Promise.all(orders.map(mailsOf))).flat().map(({ lastError }) => lastError)

  test("by address takes the mail server's answers along", async () => {
    await using server = await startMailServer()
    const orders = await refusedMails(server)
    expect(await createErasure(engine.database.views).erase({ email: "MIA@example.com" })).toBe(2)
    expect(await errorsOf(orders)).toEqual([null, null])
    await sendAll(worker(server))
  })

  test("by customer takes them along, and no others", async () => {
    await using server = await startMailServer()
    const [mine, other] = await refusedMails(server)
    await sql("update orders set customer_id = 'mia' where id = $1", [mine])
    expect(await createErasure(engine.database.views).erase({ customerId: "mia" })).toBe(1)
    expect(await errorsOf([mine, other])).toEqual([null, expect.stringContaining("Muster")])
    await sql("update mails set status = 'skipped' where status = 'due'")
  })

  test("when they are old takes them along", async () => {
    await using server = await startMailServer()
    const orders = await refusedMails(server)
    await sql(
      "update orders set created_at = now() - interval '9 days', updated_at = now() - interval '9 days'",
    )
    await sql("update order_details set updated_at = now() - interval '9 days' where order_id = any($1)", [
      orders,
    ])
    const remove = createDetailsRetention(engine.database, 8)
    while (await remove());
    expect(await errorsOf(orders)).toEqual([null, null])
    await sendAll(worker(server))
  })

  test("while a mail is under way keeps no answer that comes later", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder({ email: "late@example.com" })
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<string>()
    server.behave({
      recipient: () => {
        asked.resolve()
        return answer.promise
      },
    })
    const mailing = worker(server)
    await mailing.begin()
    await asked.promise
    await createErasure(engine.database.views).erase({ email: "late@example.com" })
    answer.resolve("550 Lara Late is not here")
    await mailing.idle()
    expect(await mailsOf(orderId)).toMatchObject([{ status: "due", lastError: null }])
    await sendAll(worker(server))
  })
})

describe("several workers", () => {
  test("send each mail once", async () => {
    await using server = await startMailServer()
    const orders = await Promise.all(Array.from({ length: 60 }, () => paidOrder()))
    await sendAll(worker(server), worker(server), worker(server))
    expect(server.received).toHaveLength(60)
    const subjects = server.received.map(({ mail }) => mail.subject)
    expect(new Set(subjects)).toEqual(new Set(orders.map((id) => `Receipt for order ${id} – Lamp Shop`)))
  })

  test("a mail of a worker that died is sent again under the same Message-ID", async () => {
    await using server = await startMailServer()
    await paidOrder()
    // Dead between the server's answer and the note of it.
    const queue = { ...engine.mails.queue, note: async () => undefined }
    await sendAll(worker(server, { queue }))
    await sendAll(worker(server))
    expect(server.received).toHaveLength(1)
    await dueNow()
    await sendAll(worker(server))
    const [first, second] = server.received.map(({ mail }) => mail.messageId)
    expect(server.received).toHaveLength(2)
    expect(second).toBe(first)
  })

  test("keep to MAIL_PER_SECOND together", async () => {
    await using server = await startMailServer()
    await using slow = await createTestEngine({}, engine.url, { hasMail: true, perSecond: 20 })
    await Promise.all(Array.from({ length: 30 }, () => paidOrder()))
    const startedAt = performance.now()
    const workers = [1, 2, 3].map(() => worker(server, { queue: slow.mails.queue }))
    await expect
      .poll(
        async () => {
          await Promise.all(workers.map((one) => one.begin()))
          return server.received.length
        },
        { timeout: 15_000, interval: 10 },
      )
      .toBe(30)
    const seconds = (performance.now() - startedAt) / 1_000
    // 30 mails at 20 a second, of which a quarter of a second's worth goes out at once.
    expect(seconds).toBeGreaterThan(1.2)
    await Promise.all(workers.map((one) => one.idle()))
  })

  test("go before codes that everybody can ask for, within MAIL_PER_SECOND", async () => {
    await using slow = await createTestEngine({}, engine.url, { hasMail: true, perSecond: 20 })
    const { codes, mails } = slow
    await sql("update mails set status = 'skipped' where status = 'due'")
    for (let index = 0; index < 20; index += 1) {
      await codes.ask({ customerId: `mailbox:${index}`, email: `flood${index}@example.com`, language: null })
    }
    await Promise.all(Array.from({ length: 6 }, () => paidOrder()))
    await secondOfTurn(1)
    const taken: string[] = []
    await expect
      .poll(
        async () => {
          // The codes ask first each time.
          taken.push(...(await codes.take(5)).map(() => "code"))
          const orders = await mails.queue.take(5)
          taken.push(...orders.map(() => "order"))
          for (const mail of orders) await mails.queue.note(mail, { kind: "sent" })
          return taken.length
        },
        { timeout: 15_000, interval: 10 },
      )
      .toBe(26)
    // Five mails go out at once. What is left beside the last order's may be a code.
    expect(taken.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "order"))
    expect(taken.lastIndexOf("order")).toBeLessThan(10)
  })

  test("leave codes one second of four", async () => {
    await using slow = await createTestEngine({}, engine.url, { hasMail: true, perSecond: 2 })
    await sql("update mails set status = 'skipped' where status = 'due'")
    await Promise.all(Array.from({ length: 40 }, () => paidOrder()))
    await slow.codes.ask({ customerId: "mailbox:turn", email: "turn@example.com", language: null })
    await secondOfTurn(1)
    let orders = 0
    await expect
      .poll(
        async () => {
          const codes = await slow.codes.take(5)
          if (codes.length === 0) orders += (await slow.mails.queue.take(5)).length
          return codes.length
        },
        { timeout: 15_000, interval: 10 },
      )
      .toBe(1)
    // Two mails a second, for three seconds, or for seven where a slow machine misses the code's turn. Others still wait.
    expect(orders).toBeGreaterThan(3)
    expect(orders).toBeLessThan(40)
    await sql("update mails set status = 'skipped' where status = 'due'")
  })

  test("that are to be tried later hold back no code", async () => {
    // One mail at a time: a single receipt that counted as due would take the place of the code.
    await using slow = await createTestEngine({}, engine.url, { hasMail: true, perSecond: 2 })
    await sql("update mails set status = 'skipped' where status = 'due'")
    const orderId = await paidOrder()
    await sql("update mails set not_before = now() + interval '1 hour' where order_id = $1", [orderId])
    await slow.codes.ask({ customerId: "mailbox:later", email: "later@example.com", language: null })
    // Not in the second that codes have anyway.
    await secondOfTurn(1)
    await expect.poll(() => slow.codes.take(5), { timeout: 1_500 }).toHaveLength(1)
    await sql("update mails set status = 'skipped' where order_id = $1", [orderId])
  })

  test("a worker that stops gives back what it could not send", async () => {
    await using server = await startMailServer()
    const orderId = await paidOrder()
    server.behave({ content: () => new Promise(() => undefined) })
    const mailing = worker(server)
    await mailing.begin()
    await mailing.stop()
    expect(await mailsOf(orderId)).toMatchObject([{ status: "due", attempts: 0 }])
    expect(await waitOf(orderId)).toBeLessThanOrEqual(0)
    server.behave({})
    await sendAll(worker(server))
  })
})

test("the links of an address's orders come in one mail, whatever the case of its letters, three times an hour", async () => {
  await using server = await startMailServer()
  const mine = [await paidOrder({ email: "Bob@Example.com" }), await paidOrder({ email: "bob@example.com" })]
  const other = await paidOrder({ email: "eve@example.com" })
  await sendAll(worker(server))
  for (let count = 0; count < 5; count += 1) await engine.mails.queue.askForLinks("BOB@example.com")
  await engine.mails.queue.askForLinks("nobody@example.com")
  await sendAll(worker(server))

  const links = server.received.filter(({ mail }) => mail.subject === "The links to your orders – Lamp Shop")
  expect(links).toHaveLength(3)
  for (const { to, mail } of links) {
    expect(to).toEqual(["bob@example.com"])
    for (const id of mine) expect(mail.text).toContain(`https://shop.example/o/${id}#proof-${id}`)
    expect(mail.text).not.toContain(`#proof-${other}`)
  }
})

test("the links of paid orders come first, because everybody can make orders with an address", async () => {
  await using server = await startMailServer()
  const paid = await paidOrder({ email: "first@example.com" })
  for (let count = 0; count < 20; count += 1)
    await makeOrder(engine, productId, { email: "first@example.com" })
  await sendAll(worker(server))
  await engine.mails.queue.askForLinks("first@example.com")
  await sendAll(worker(server))

  const links = server.received.find(({ mail }) => mail.subject === "The links to your orders – Lamp Shop")
  expect(links?.mail.text).toContain(`https://shop.example/o/${paid}#proof-${paid}`)
})

test("requests for one address at the same moment cause no more mails than one after the other", async () => {
  await paidOrder({ email: "crowd@example.com" })
  const gate = await openConnection(engine.url, "tools")
  await gate.query("begin")
  await gate.query("lock table mails in share mode")
  // A process serves few of them at once.
  await using second = await createTestEngine({}, engine.url, FAST)
  await using third = await createTestEngine({}, engine.url, FAST)
  const asked = [engine, second, third].flatMap(({ mails }) =>
    Array.from({ length: 20 }, () => mails.queue.askForLinks("crowd@example.com")),
  )
  // None of them writes before as many as can have begun.
  await setTimeout(500)
  await gate.query("commit")
  await gate.end()
  await Promise.all(asked)
  const [row] = await sql<{ count: number }>(
    `select count(*)::integer as count
       from mails
       join order_details using (product_id, order_id)
      where kind = 'links'
        and email = 'crowd@example.com'`,
  )
  expect(row?.count).toBeGreaterThanOrEqual(1)
  expect(row?.count).toBeLessThanOrEqual(3)
})

test("the shop sends a mail again: after a failure under the same Message-ID, a second time under another", async () => {
  await using server = await startMailServer()
  const orderId = await paidOrder()
  const id = `receipt-${orderId}`
  server.behave({ recipient: () => "550 no" })
  await sendAll(worker(server))
  const key = () => sql("select message_key from mails where id = $1", [id])
  const first = await key()

  await engine.mails.queue.sendAgain(orderId, id)
  expect(await mailsOf(orderId)).toMatchObject([{ id, status: "due", attempts: 0, lastError: null }])
  expect(await key()).toEqual(first)
  server.behave({})
  await sendAll(worker(server))
  await engine.mails.queue.sendAgain(orderId, id)
  // It is due already.
  await engine.mails.queue.sendAgain(orderId, id)
  await sendAll(worker(server))

  expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(2)
  expect(server.received).toHaveLength(2)
  expect(await mailsOf(orderId)).toMatchObject([{ status: "sent", attempts: 1 }])
})

test("a mail of another order is not sent again", async () => {
  await using server = await startMailServer()
  const [orderId, other] = [await paidOrder(), await paidOrder()]
  await sendAll(worker(server))
  await engine.mails.queue.sendAgain(orderId, `receipt-${other}`)
  expect(await mailsOf(other)).toMatchObject([{ status: "sent" }])
})

test("a mail is removed when it is old, unless it still waits", async () => {
  const [sent, due, young] = [await paidOrder(), await paidOrder(), await paidOrder()]
  await sql("update mails set created_at = now() - interval '31 days' where order_id = any($1)", [
    [sent, due],
  ])
  await sql("update mails set status = 'sent' where order_id = any($1)", [[sent, young]])
  const removeSome = createMailRetention(engine.database, 30)
  while (await removeSome());
  const left = await Promise.all([sent, due, young].map(mailsOf))
  expect(left.map((mails) => mails.length)).toEqual([0, 1, 1])
  await sql("update mails set status = 'sent' where order_id = $1", [due])
})

test("a mail that stands there already does not fail the batch, and keeps its Message-ID", async () => {
  const orderId = await makeOrder(engine, productId, {})
  await sql(
    `insert into mails (id, product_id, order_id, kind, not_before, created_at, updated_at)
     values ('receipt-' || $1::bigint, $2, $1, 'receipt', now(), now(), now())`,
    [orderId, productId],
  )
  const keyOf = () => sql("select message_key from mails where order_id = $1", [orderId])
  const before = await keyOf()
  await pay(engine, orderId)
  expect(await keyOf()).toEqual(before)
  const { rows } = await engine.database.views.query("select status from orders where id = $1", [orderId])
  expect(rows).toEqual([{ status: "paid" }])
})
