import { randomBytes } from "node:crypto"
import { inject } from "vitest"
import { isRefusal } from "../../src/domain/refusals.ts"
import type { Engine } from "../../src/engine.ts"
import { eventWith } from "./builders.ts"
import { createTestEngine, onServer, type TestDatabase } from "./database.ts"

const settings = {
  name: "Lamp",
  description: null,
  imageUrl: null,
  priceMinor: 9_999,
  currency: "EUR",
  opensAt: null,
  closesAt: null,
  paused: false,
  maxPerHold: null,
  maxPerCustomer: 12,
  holdTtlSeconds: null,
  status: "listed" as const,
  sku: null,
  externalId: null,
  stockDisplay: "exact" as const,
  customer: "any" as const,
  phases: null,
  collect: null,
}

/**
 * Runs a sale that leaves a row of every kind behind: holds 1 active, 2 released, 3–6 converted into
 * orders: 1 waiting, 2 paid (and paid once more by pay-2), 3 cancelled, 4 made and paid by an event.
 */
export async function playBusySale({
  lanes,
  paymentEvents,
}: Pick<Engine, "lanes" | "paymentEvents">): Promise<void> {
  const productId = 1
  await lanes.submit({ kind: "create_product", productId, settings, stock: 20, adjustmentId: 1 })
  for (const holdId of [1, 2, 3, 4, 5, 6]) {
    await succeed(lanes.submit({ kind: "place_hold", productId, holdId, qty: 2, customerId: "anna" }))
  }
  await succeed(lanes.submit({ kind: "release_hold", productId, holdId: 2 }))
  for (const orderId of [1, 2, 3]) {
    await succeed(lanes.submit({ kind: "place_order", productId, orderId, holdId: orderId + 2 }))
  }
  await succeed(lanes.submit({ kind: "cancel_order", productId, orderId: 3 }))
  await paymentEvents.receive(eventWith({ key: "first", orderId: 2, paymentId: "pay-1" }))
  await paymentEvents.receive(eventWith({ key: "again", orderId: 2, paymentId: "pay-2" }))
  await paymentEvents.receive(eventWith({ key: "failure", orderId: 2, kind: "failed" }))
  await paymentEvents.receive(
    eventWith({ key: "early", orderId: 4, paymentId: "pay-3", holdId: 6, productId, quantity: 2 }),
  )
  await paymentEvents.receive(eventWith({ key: "parked", orderId: 999 }))
  await succeed(lanes.submit({ kind: "adjust_stock", productId, stock: 30, expected: 20, adjustmentId: 2 }))
}

/** Waits for a command, which must not be refused. */
export async function succeed(answer: Promise<{ outcome: object }>): Promise<void> {
  const { outcome } = await answer
  if (isRefusal(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
}

/** A database with a sale in it. A copy of it takes milliseconds. */
export interface BusyDatabase extends AsyncDisposable {
  copy(): Promise<TestDatabase>
}

/** Plays a sale in a database of its own. `play`: another sale than {@link playBusySale}. */
export async function createBusyDatabase(
  play: (engine: Engine) => Promise<void> = playBusySale,
): Promise<BusyDatabase> {
  const name = `busy_${randomBytes(8).toString("hex")}`
  await onServer(`create database ${name} template doorbuster_template`)
  const engine = await createTestEngine({}, urlOf(name))
  await play(engine)
  await engine[Symbol.asyncDispose]()
  return {
    async copy() {
      const copy = `copy_${randomBytes(8).toString("hex")}`
      await onServer(`create database ${copy} template ${name}`)
      return {
        url: urlOf(copy),
        [Symbol.asyncDispose]: () => onServer(`drop database if exists ${copy} with (force)`),
      }
    },
    [Symbol.asyncDispose]: () => onServer(`drop database if exists ${name} with (force)`),
  }
}

function urlOf(name: string): string {
  const url = new URL(inject("serverUrl"))
  url.pathname = `/${name}`
  return url.href
}
