import { setTimeout as sleep } from "node:timers/promises"
import type { Response, Invocation } from "./checker/operations.ts"
import type { NamedServer, Recorder } from "./recorder.ts"

/** What a crowd of shoppers needs. */
export interface Shop {
  readonly recorder: Recorder
  /** The servers that run at the moment; read again for each request. */
  readonly servers: () => readonly NamedServer[]
  readonly productIds: readonly number[]
  /** The variants of each product that has some. */
  readonly variantIds: ReadonlyMap<number, readonly number[]>
  /** A number from 0 to below 1. */
  readonly random: () => number
  /** False as soon as the shoppers should stop. */
  readonly isOpen: () => boolean
}

/** Attempts at a request until a response comes. */
const MAX_ATTEMPTS = 4

/**
 * Plays one shopper after the other: holds units and releases them, lets them lapse, orders, pays, cancels,
 * or does two of these at once. Repeats most requests that get no response, as clients should.
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
  const request: Invocation = { kind: "hold", productId, key, ...unitsWanted(shop, productId) }
  // Without a key, a repeated request may create a second hold.
  const response = key === null ? await ask(shop, request) : await askWithRetries(shop, request)
  if (response.kind !== "hold") return
  const holdId = response.hold.id
  if (shop.random() < 0.3) await ask(shop, { kind: "read_hold", holdId })
  const wishes = shop.random()
  if (wishes < 0.25) return
  if (wishes < 0.5) return void (await askWithRetries(shop, { kind: "release", holdId }))
  if (wishes < 0.6)
    return void (await Promise.all([ask(shop, { kind: "release", holdId }), buy(shop, holdId)]))
  if (wishes < 0.65) await sleep(900 + shop.random() * 200)
  await buy(shop, holdId)
}

/** One or two units; of a product with variants one of the first, which most want, or a basket of two neighbours. */
function unitsWanted(shop: Shop, productId: number): Pick<HoldInvocation, "qty" | "lines"> {
  const variantIds = shop.variantIds.get(productId) ?? []
  if (variantIds.length === 0) return { qty: shop.random() < 0.8 ? 1 : 2 }
  const place = Math.floor(shop.random() ** 2 * variantIds.length)
  const wanted = [variantIds[place], ...(shop.random() < 0.4 ? [variantIds[place + 1]] : [])]
  const lines = wanted.flatMap((variantId) => (variantId === undefined ? [] : [{ variantId, qty: 1 }]))
  return { qty: lines.length, lines: shop.random() < 0.5 ? lines : lines.toReversed() }
}

type HoldInvocation = Extract<Invocation, { kind: "hold" }>

async function buy(shop: Shop, holdId: number): Promise<void> {
  const response = await askWithRetries(shop, { kind: "order", holdId })
  const orderId =
    response.kind === "order" ? response.order.id : response.kind === "refused" ? response.orderId : undefined
  if (orderId === undefined) return
  const pay: Invocation = { kind: "pay", orderId, key: `payment-${orderId}` }
  const cancel: Invocation = { kind: "cancel", orderId }
  const wishes = shop.random()
  if (wishes < 0.15) return
  if (wishes < 0.45) return void (await askWithRetries(shop, cancel))
  if (wishes < 0.6) return void (await Promise.all([askWithRetries(shop, cancel), askWithRetries(shop, pay)]))
  await askWithRetries(shop, pay)
  if (shop.random() < 0.3) await ask(shop, pay)
  if (shop.random() < 0.3) await ask(shop, { kind: "read_order", orderId })
}

function ask(shop: Shop, invocation: Invocation): Promise<Response> {
  return shop.recorder.ask(pick(shop, shop.servers()), invocation)
}

/** Repeats the request at any server until a response comes. */
async function askWithRetries(shop: Shop, invocation: Invocation): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await ask(shop, invocation)
    if (response.kind !== "unknown" || tries === MAX_ATTEMPTS) return response
    await sleep(50)
  }
}

function pick<T>({ random }: Shop, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error("there is nothing to choose from")
  return one
}
