import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { expect, test } from "vitest"
import { isRefusal } from "../../src/domain/refusals.ts"
import { throwAwayPostgres } from "../../src/proof/rehearsal/throw-away-postgres.ts"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { eventWith } from "../support/builders.ts"
import { createTestEngine, differencesIn, type TestEngine } from "../support/database.ts"
import { newProduct } from "../support/products.ts"

const forAMinute = { timeout: 90_000 }

// COMMIT waits for a standby that does not exist. The server must not acknowledge a write that no standby has.

/** Makes COMMIT wait for a standby that does not exist, until disposed. */
async function missStandby(url: string) {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  async function name(standby: string): Promise<void> {
    await admin.query(`alter system set synchronous_standby_names = '${standby}'`)
    await admin.query("select pg_reload_conf()")
  }
  await name("ghost")
  // COMMIT waits only after the background processes have read the setting, a moment later.
  await sleep(500)
  return {
    /** Terminates or cancels each COMMIT that waits, until `answer` resolves. */
    async interruptUntil<T>(interrupt: Interrupt, answer: Promise<T>): Promise<{ value: T; times: number }> {
      let value: { value: T } | null = null
      let times = 0
      void answer.then((answered) => (value = { value: answered }))
      while (value === null) {
        const { rowCount } = await admin.query(
          `select ${interrupt}(pid) from pg_stat_activity where wait_event = 'SyncRep'`,
        )
        times += rowCount ?? 0
        await sleep(50)
      }
      return { ...(value as { value: T }), times }
    },
    async [Symbol.asyncDispose]() {
      await name("")
      await admin.end()
    },
  }
}

type Interrupt = "pg_terminate_backend" | "pg_cancel_backend"
const interrupts: readonly Interrupt[] = ["pg_terminate_backend", "pg_cancel_backend"]

async function placeHold(engine: TestEngine, productId: number) {
  const holdId = await engine.ids.next("holds")
  const command = { kind: "place_hold", productId, holdId, qty: 1, customerId: null } as const
  return (await engine.lanes.submit(command)).outcome
}

test.each(interrupts)(
  "a hold whose COMMIT waits for the synchronous standby and is interrupted by %s is not acknowledged",
  forAMinute,
  async (interrupt) => {
    await using ground = await throwAwayPostgres()
    await migrate(ground.url)
    await using engine = await createTestEngine({}, ground.url)
    const productId = await newProduct(engine, { stock: 10 })
    expect(isRefusal(await placeHold(engine, productId))).toBe(false)

    {
      await using standby = await missStandby(ground.url)
      const { value, times } = await standby.interruptUntil(interrupt, placeHold(engine, productId))
      expect(value).toMatchObject({ code: "unavailable" })
      expect(times).toBeGreaterThan(1)
    }

    // Without a standby to wait for, sales continue, and the hold that was not acknowledged expires.
    expect(isRefusal(await placeHold(engine, productId))).toBe(false)
    expect(await differencesIn(ground.url)).toEqual([])
  },
)

test.each(interrupts)(
  "an event without an order whose COMMIT is interrupted by %s is not acknowledged when it is repeated",
  forAMinute,
  async (interrupt) => {
    await using ground = await throwAwayPostgres()
    await migrate(ground.url)
    await using engine = await createTestEngine({}, ground.url)
    const event = eventWith({ orderId: 4_711 })
    const receive = () => engine.paymentEvents.receive(event).catch(() => "a fault" as const)
    await using standby = await missStandby(ground.url)

    const first = await standby.interruptUntil(interrupt, receive())
    const again = await standby.interruptUntil(interrupt, receive())

    expect([first.value, again.value]).toEqual(["a fault", "a fault"])
    expect(again.times).toBeGreaterThan(0)
  },
)
