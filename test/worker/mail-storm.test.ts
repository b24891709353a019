import { expect, test } from "vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { noShopSettings } from "../../src/domain/shop.ts"
import { createLog } from "../../src/base/log.ts"
import { createSmtpSender } from "../../src/mail/smtp.ts"
import { createMailing, type Mailing } from "../../src/worker/mailing.ts"
import { startLoop } from "../../src/worker/loop.ts"
import { createTestEngine } from "../support/database.ts"
import { makeOrder, pay, withEmail } from "../support/mailed-orders.ts"
import { startMailServer, type MailServer } from "../support/mail-server.ts"
import { newProduct } from "../support/products.ts"

/** DOORBUSTER_MAIL_ORDERS sets another number; with 2,000 orders and 5 mails a second it takes seven minutes. */
const ORDERS = Number(process.env["DOORBUSTER_MAIL_ORDERS"] ?? 60)
/** What the server takes of one sender in a second; it refuses the rest for now. DOORBUSTER_MAILS_TAKEN sets another. */
const TAKEN_PER_SECOND = Number(process.env["DOORBUSTER_MAILS_TAKEN"] ?? 20)
/** Long enough for retries after the longest pauses that a mail gets here. */
const ARRIVED_WITHIN_MS = 120_000 + (ORDERS / TAKEN_PER_SECOND) * 2_000

// A sale pays many orders at once, the mail server takes few mails a second and dies twice meanwhile.
test(
  "every receipt arrives through a mail server that is slow and dies twice, and no sale waits for it",
  async () => {
    await using engine = await createTestEngine({}, undefined, {
      hasMail: true,
      perSecond: ORDERS > 100 ? TAKEN_PER_SECOND : 50,
    })
    await using server = await startMailServer()
    const productId = await newProduct(engine, { stock: ORDERS, settings: { collect: withEmail } })
    limitRate(server)
    await server.kill()
    const silent = createLog("silent")
    const mailings = [1, 2].map(() =>
      createMailing({
        ...engine.mails,
        log: silent,
        observer: engine.events,
        shop: async () => ({
          ...noShopSettings,
          languages: ["en"] as const,
          name: "Lamp Shop",
          linkTo: ({ id }) => `https://shop.example/o/${id}`,
        }),
        from: { name: "Lamp Shop", address: "orders@shop.example" },
        sender: createSmtpSender(server.settings),
      }),
    )
    const loops = mailings.map((mailing: Mailing) =>
      startLoop({ pauseMs: 100, busyPauseMs: 20 }, () => mailing.begin(), fail),
    )

    const startedAt = performance.now()
    const orders = await Promise.all(
      Array.from({ length: ORDERS }, (_, index) =>
        makeOrder(engine, productId, { email: `buyer-${index}@example.com` }),
      ),
    )
    await Promise.all(orders.map((orderId) => pay(engine, orderId)))
    const { rows } = await engine.database.views.query<{ paid: number }>(
      "select count(*)::integer as paid from orders where status = 'paid'",
    )
    if (ORDERS > 100) console.log(`${ORDERS} orders paid in ${Math.round(performance.now() - startedAt)} ms`)
    // All are paid although there is no mail server yet.
    expect([rows, server.received.length]).toEqual([[{ paid: ORDERS }], 0])
    await server.restart()

    for (const killedAt of [20, 50]) {
      await server.has(killedAt)
      await server.kill()
      await sleep(1_500)
      await server.restart()
    }
    const arrived = () => new Set(server.received.map(({ mail }) => mail.subject)).size
    await expect.poll(arrived, { timeout: ARRIVED_WITHIN_MS, interval: 100 }).toBe(ORDERS)

    if (ORDERS > 100)
      console.log(`${server.received.length} mails in ${Math.round(performance.now() - startedAt)} ms`)
    const idsByOrder = new Map<string, Set<string>>()
    for (const { mail } of server.received) {
      const ids = idsByOrder.get(mail.subject ?? "") ?? new Set()
      idsByOrder.set(mail.subject ?? "", ids.add(mail.messageId ?? ""))
    }
    expect([...idsByOrder.values()].filter((ids) => ids.size !== 1)).toEqual([])
    await Promise.all(loops.map((loop) => loop.stop()))
    await Promise.all(mailings.map((mailing) => mailing.idle()))
  },
  60_000 + ARRIVED_WITHIN_MS,
)

function limitRate(server: MailServer): void {
  let second = { startedAt: 0, taken: 0 }
  server.behave({
    recipient() {
      const now = performance.now()
      if (now - second.startedAt >= 1_000) second = { startedAt: now, taken: 0 }
      second.taken += 1
      return second.taken > TAKEN_PER_SECOND ? "450 4.7.1 too many mails" : null
    },
  })
}

function fail(error: unknown): void {
  throw error instanceof Error ? error : new Error(String(error))
}
