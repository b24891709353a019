import { setTimeout as sleep } from "node:timers/promises"
import type { Response, Invocation } from "./checker/operations.ts"
import type { NamedServer, Recorder } from "./recorder.ts"

/** What a crowd of shoppers goes on with. */
export interface Shop {
  readonly recorder: Recorder
  /** The servers that run now; asked anew for each call. */
  readonly servers: () => readonly NamedServer[]
  readonly productIds: readonly number[]
  /** Between 0 and 1. */
  readonly random: () => number
  /** Says when to go home. */
  readonly isOpen: () => boolean
}

/** Repetitions of a call without an answer. */
const PATIENCE = 4

/**
 * One shopper after the other: holds something and gives it back, lets it lapse, orders, pays, cancels,
 * or does two of these at once. Asks again when no answer comes, as clients should; some do not.
 */
export async function shopper(shop: Shop): Promise<void> {
  while (shop.isOpen()) {
    await sleep(shop.random() * 40)
    const productId = pick(shop, shop.productIds)
    if (shop.random() < 0.15) await ask(shop, { kind: "read_product", productId })
    else await shopFor(shop, productId)
  }
}

async function shopFor(shop: Shop, productId: number): Promise<void> {
  const key = shop.random() < 0.5 ? `wish-${shop.random()}` : null
  const request: Invocation = { kind: "hold", productId, qty: shop.random() < 0.8 ? 1 : 2, key }
  // Without a key, who asks again may get two holds.
  const response = key === null ? await ask(shop, request) : await askPatiently(shop, request)
  if (response.kind !== "hold") return
  const holdId = response.hold.id
  if (shop.random() < 0.3) await ask(shop, { kind: "read_hold", holdId })
  const wishes = shop.random()
  if (wishes < 0.25) return
  if (wishes < 0.5) return void (await askPatiently(shop, { kind: "release", holdId }))
  if (wishes < 0.6)
    return void (await Promise.all([ask(shop, { kind: "release", holdId }), buy(shop, holdId)]))
  if (wishes < 0.65) await sleep(900 + shop.random() * 200)
  await buy(shop, holdId)
}

async function buy(shop: Shop, holdId: number): Promise<void> {
  const response = await askPatiently(shop, { kind: "order", holdId })
  const orderId =
    response.kind === "order" ? response.order.id : response.kind === "refused" ? response.orderId : undefined
  if (orderId === undefined) return
  const pay: Invocation = { kind: "pay", orderId, key: `payment-${orderId}` }
  const cancel: Invocation = { kind: "cancel", orderId }
  const wishes = shop.random()
  if (wishes < 0.15) return
  if (wishes < 0.45) return void (await askPatiently(shop, cancel))
  if (wishes < 0.6) return void (await Promise.all([askPatiently(shop, cancel), askPatiently(shop, pay)]))
  await askPatiently(shop, pay)
  if (shop.random() < 0.3) await ask(shop, pay)
  if (shop.random() < 0.3) await ask(shop, { kind: "read_order", orderId })
}

function ask(shop: Shop, invocation: Invocation): Promise<Response> {
  return shop.recorder.ask(pick(shop, shop.servers()), invocation)
}

/** Any server will do. */
async function askPatiently(shop: Shop, invocation: Invocation): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await ask(shop, invocation)
    if (response.kind !== "unknown" || tries === PATIENCE) return response
    await sleep(50)
  }
}

function pick<T>({ random }: Shop, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error("there is nothing to choose from")
  return one
}
