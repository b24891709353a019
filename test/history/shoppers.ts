import { setTimeout as sleep } from "node:timers/promises"
import type { Answer, Asked } from "./checker/calls.ts"
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
    if (shop.random() < 0.15) await ask(shop, { what: "look_at_product", productId })
    else await shopFor(shop, productId)
  }
}

async function shopFor(shop: Shop, productId: number): Promise<void> {
  const key = shop.random() < 0.5 ? `wish-${shop.random()}` : null
  const wish: Asked = { what: "hold", productId, qty: shop.random() < 0.8 ? 1 : 2, key }
  // Without a key, who asks again may get two holds.
  const answer = key === null ? await ask(shop, wish) : await askPatiently(shop, wish)
  if (answer.is !== "hold") return
  const holdId = answer.hold.id
  if (shop.random() < 0.3) await ask(shop, { what: "look_at_hold", holdId })
  const wishes = shop.random()
  if (wishes < 0.25) return
  if (wishes < 0.5) return void (await askPatiently(shop, { what: "release", holdId }))
  if (wishes < 0.6)
    return void (await Promise.all([ask(shop, { what: "release", holdId }), buy(shop, holdId)]))
  if (wishes < 0.65) await sleep(900 + shop.random() * 200)
  await buy(shop, holdId)
}

async function buy(shop: Shop, holdId: number): Promise<void> {
  const answer = await askPatiently(shop, { what: "order", holdId })
  const orderId =
    answer.is === "order" ? answer.order.id : answer.is === "refused" ? answer.orderId : undefined
  if (orderId === undefined) return
  const pay: Asked = { what: "pay", orderId, key: `payment-${orderId}` }
  const cancel: Asked = { what: "cancel", orderId }
  const wishes = shop.random()
  if (wishes < 0.15) return
  if (wishes < 0.45) return void (await askPatiently(shop, cancel))
  if (wishes < 0.6) return void (await Promise.all([askPatiently(shop, cancel), askPatiently(shop, pay)]))
  await askPatiently(shop, pay)
  if (shop.random() < 0.3) await ask(shop, pay)
  if (shop.random() < 0.3) await ask(shop, { what: "look_at_order", orderId })
}

function ask(shop: Shop, asked: Asked): Promise<Answer> {
  return shop.recorder.ask(pick(shop, shop.servers()), asked)
}

/** Any server will do. */
async function askPatiently(shop: Shop, asked: Asked): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(shop, asked)
    if (answer.is !== "unknown" || tries === PATIENCE) return answer
    await sleep(50)
  }
}

function pick<T>({ random }: Shop, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error("there is nothing to choose from")
  return one
}
