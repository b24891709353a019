import { numberIn, textIn, type HttpAnswer, type HttpClient } from "../../base/http-client.ts"
import type { Alarms } from "../../simulator/alarms.ts"
import type { Visitor } from "./crowd.ts"
import type { Ledger, Question } from "./ledger.ts"

/** Where visitors go. */
export interface Shop {
  readonly client: HttpClient
  readonly productId: number
  /** The servers at their last addresses; a visitor whose server is gone tries another one. */
  readonly urls: readonly string[]
  readonly simulatorUrl: string
  readonly ledger: Ledger
  /**
   * The visitors' pauses. Called off, they never end: everybody is left where they are. (A signal that tens
   * of thousands listen to takes longer for each of them.)
   */
  readonly alarms: Pick<Alarms, "wait">
}

/** Where an answer does not come, a visitor asks again under the same key, for so long. */
const PATIENCE_MS = 20_000
const ASK_AGAIN_MS = 300
/** Of those who pay, so many in a hundred say so before, as a page does when it opens a payment form. */
const SAY_THAT_THEY_PAY = 2

/** Acts out one visit to its end. What it is promised is written down; it never throws for what a shop does. */
export async function visit(visitor: Visitor, shop: Shop): Promise<void> {
  const { ledger } = shop
  await pause(shop, visitor.arrivesMs - ledger.now())
  if (visitor.behaviour !== "bot")
    await ask(visitor, shop, "product", "GET", `/api/products/${shop.productId}`)
  const held = await holdPatiently(visitor, shop)
  if (held !== null) await goOn(visitor, shop, held)
  ledger.visited()
}

interface Held {
  readonly holdId: number
  readonly token: string
}

async function holdPatiently(visitor: Visitor, shop: Shop): Promise<Held | null> {
  for (let attempt = 1; attempt <= visitor.tries; attempt += 1) {
    const askedAt = shop.ledger.now()
    const { productId } = shop
    const answer = await ask(visitor, shop, "hold", "POST", "/api/holds", {
      body: { product_id: productId, qty: visitor.quantity, customer_id: visitor.customerId },
      headers: visitor.keepsKeys ? { "idempotency-key": `${productId}-${visitor.number}-${attempt}` } : {},
    })
    if (answer === null) return null
    if (answer.status === 201) {
      const holdId = numberIn(answer.body, "hold_id")
      shop.ledger.held(holdId, visitor.quantity)
      return { holdId, token: textIn(answer.body, "token") }
    }
    if (codeOf(answer) === "out_of_stock") {
      shop.ledger.wanted({ askedAt, answeredAt: shop.ledger.now(), quantity: visitor.quantity })
    }
    await pause(shop, visitor.pauseMs)
  }
  return null
}

async function goOn(visitor: Visitor, shop: Shop, held: Held): Promise<void> {
  const { behaviour, thinkMs } = visitor
  if (behaviour === "walks away" || behaviour === "bot") return
  await pause(shop, thinkMs)
  if (behaviour === "gives back") return giveBack(visitor, shop, held)
  const clicks = behaviour === "clicks twice" ? 2 : 1
  const orders = await Promise.all(Array.from({ length: clicks }, () => order(visitor, shop, held)))
  const made = orders.filter((one) => one !== null)
  if (new Set(made.map(({ orderId }) => orderId)).size > 1) {
    shop.ledger.wrong(`hold ${held.holdId} became orders ${made.map(({ orderId }) => orderId).join(" and ")}`)
  }
  const [first] = made
  if (first === undefined) return
  shop.ledger.ordered(first.orderId, held.holdId)
  await pause(shop, thinkMs)
  await pay(visitor, shop, held, first)
}

async function giveBack(visitor: Visitor, shop: Shop, { holdId, token }: Held): Promise<void> {
  const answer = await ask(visitor, shop, "release", "DELETE", `/api/holds/${holdId}`, { token })
  if (answer?.status === 200) shop.ledger.released(holdId)
}

interface Ordered {
  readonly orderId: number
  readonly amountMinor: number
  readonly currency: string
}

async function order(visitor: Visitor, shop: Shop, { holdId, token }: Held): Promise<Ordered | null> {
  const answer = await ask(visitor, shop, "order", "POST", "/api/orders", {
    token,
    body: { hold_id: holdId },
  })
  if (answer === null || answer.status >= 300) return null
  return {
    orderId: numberIn(answer.body, "order_id"),
    amountMinor: numberIn(answer.body, "total_minor"),
    currency: textIn(answer.body, "currency"),
  }
}

async function pay(visitor: Visitor, shop: Shop, { holdId, token }: Held, ordered: Ordered): Promise<void> {
  const { orderId, amountMinor, currency } = ordered
  if (visitor.number % 100 < SAY_THAT_THEY_PAY) {
    await ask(visitor, shop, "attempt", "POST", `/api/orders/${orderId}/payment-attempts`, {
      token,
      body: {},
    })
  }
  await ask(visitor, { ...shop, urls: [shop.simulatorUrl] }, "payment", "POST", "/payments", {
    body: {
      order_id: orderId,
      amount_minor: amountMinor,
      currency,
      hold_id: holdId,
      product_id: shop.productId,
      quantity: visitor.quantity,
    },
  })
}

type Asked = Parameters<HttpClient["send"]>[2]

/** Asks until there is an answer that says more than "not now". Null: the visitor has lost patience. */
async function ask(
  visitor: Visitor,
  shop: Shop,
  question: Question,
  method: string,
  path: string,
  options: Asked = {},
): Promise<HttpAnswer | null> {
  const { urls, client, ledger } = shop
  const askedAt = ledger.now()
  for (let attempt = 0; ledger.now() - askedAt < PATIENCE_MS; attempt += 1) {
    const url = urls[(visitor.number + attempt) % urls.length] ?? ""
    try {
      const answer = await client.send(method, `${url}${path}`, options)
      if (answer.status !== 503) {
        ledger.answered(question, askedAt, answer.status < 300 ? null : codeOf(answer))
        if (!isExpected(answer))
          ledger.wrong(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        return answer
      }
      ledger.unanswered(question, codeOf(answer))
    } catch (error) {
      ledger.unanswered(
        question,
        error instanceof Error && "code" in error ? String(error.code) : String(error),
      )
    }
    await pause(shop, ASK_AGAIN_MS)
  }
  return null
}

function pause({ alarms }: Shop, milliseconds: number): Promise<void> {
  return alarms.wait(Math.max(0, milliseconds))
}

/** Granted, or refused because of what others did or how late it is: never a fault, of either side. */
function isExpected({ status }: HttpAnswer): boolean {
  return status < 300 || status === 409 || status === 410
}

/** Why it was refused. */
function codeOf({ status, body }: HttpAnswer): string {
  return textIn(body, "code") || `status ${status}`
}
