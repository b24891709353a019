import { numberIn, textIn, type HttpAnswer, type HttpClient } from "../../base/http-client.ts"
import type { Timers } from "../../simulator/timers.ts"
import { detailsOf, emailOf, partOfDetails } from "./buyer-details.ts"
import type { Visitor } from "./crowd.ts"
import type { VisitLog, RequestKind } from "./visit-log.ts"

/** The products of a rehearsal. */
export interface OfferedProducts {
  readonly plainId: number
  readonly withSizes: {
    readonly id: number
    readonly variantIds: readonly number[]
    readonly codes: readonly string[]
  }
}

/** What visitors need to reach the shop. */
export interface Shop {
  readonly client: HttpClient
  readonly products: OfferedProducts
  /** The servers' addresses; a visitor whose server does not answer tries the next one. */
  readonly urls: readonly string[]
  readonly simulatorUrl: string
  readonly visitLog: VisitLog
  /**
   * Makes the visitors' pauses. Once the timers are cancelled, no pause resolves any more, so every visit ends at its
   * next pause. (An AbortSignal would be slow here: it would have a listener for each of tens of thousands of
   * visitors.)
   */
  readonly timers: Pick<Timers, "wait">
}

/** A visitor repeats a request that gets no answer, under the same key, for this long. */
const PATIENCE_MS = 20_000
const ASK_AGAIN_MS = 300
/** Percent of paying visitors who record a payment attempt first, as a page does that opens a payment form. */
const PERCENT_WITH_ATTEMPT = 2

/** Runs one visit to its end and logs the answers. Never throws for an answer of the shop. */
export async function visit(visitor: Visitor, shop: Shop): Promise<void> {
  const { visitLog } = shop
  await pause(shop, visitor.arrivesMs - visitLog.now())
  if (visitor.behaviour !== "bot")
    await ask(visitor, shop, "product", "GET", `/api/products/${productIdOf(visitor, shop)}`)
  const held = await holdPatiently(visitor, shop, visitor.sizes)
  const kept = held !== null && visitor.exchangedFor !== null ? await exchange(visitor, shop, held) : held
  if (kept !== null) await continueVisit(visitor, shop, kept)
  visitLog.visited()
}

interface Held {
  readonly holdId: number
  readonly token: string
}

function productIdOf({ sizes }: Visitor, { products }: Shop): number {
  return sizes === null ? products.plainId : products.withSizes.id
}

/** Gives the sizes back and holds others, one of which is the same. */
async function exchange(visitor: Visitor, shop: Shop, held: Held): Promise<Held | null> {
  await giveBack(visitor, shop, held)
  return holdPatiently(visitor, shop, visitor.exchangedFor)
}

/** Requests a hold as often as the visitor tries. `sizes`: their places in the list; null: the product has none. */
async function holdPatiently(
  visitor: Visitor,
  shop: Shop,
  sizes: readonly number[] | null,
): Promise<Held | null> {
  const productId = productIdOf(visitor, shop)
  const lines = sizes?.map((place) => ({
    variantId: shop.products.withSizes.variantIds[place] ?? 0,
    quantity: 1,
  }))
  const wanted = { quantity: visitor.quantity, ...(lines !== undefined && { lines }) }
  const body =
    lines === undefined
      ? { qty: visitor.quantity }
      : { lines: lines.map((line) => ({ variant_id: line.variantId, qty: line.quantity })) }
  const code = visitor.codePlace === null ? undefined : shop.products.withSizes.codes[visitor.codePlace]
  for (let attempt = 1; attempt <= visitor.tries; attempt += 1) {
    const askedAt = shop.visitLog.now()
    const answer = await ask(visitor, shop, "hold", "POST", "/api/holds", {
      body: { product_id: productId, ...body, customer_id: visitor.customerId, access_code: code },
      headers: visitor.keepsKeys
        ? { "idempotency-key": `${productId}-${visitor.number}-${attempt}${sizes?.join("-") ?? ""}` }
        : {},
    })
    if (answer === null) return null
    if (answer.status === 201) {
      const holdId = numberIn(answer.body, "hold_id")
      shop.visitLog.held(holdId, visitor.quantity, lines)
      return { holdId, token: textIn(answer.body, "token") }
    }
    if (codeOf(answer) === "out_of_stock") {
      shop.visitLog.refusedForStock({ askedAt, answeredAt: shop.visitLog.now(), ...wanted })
    }
    await pause(shop, visitor.pauseMs)
  }
  return null
}

async function continueVisit(visitor: Visitor, shop: Shop, held: Held): Promise<void> {
  const { behaviour, thinkMs } = visitor
  if (behaviour === "walks away" || behaviour === "bot") return
  await pause(shop, thinkMs)
  if (behaviour === "gives back") return giveBack(visitor, shop, held)
  const clicks = behaviour === "clicks twice" ? 2 : 1
  const orders = await Promise.all(Array.from({ length: clicks }, () => order(visitor, shop, held)))
  const made = orders.filter((one) => one !== null)
  if (new Set(made.map(({ orderId }) => orderId)).size > 1) {
    shop.visitLog.wrong(
      `hold ${held.holdId} became orders ${made.map(({ orderId }) => orderId).join(" and ")}`,
    )
  }
  const [first] = made
  if (first === undefined) return
  shop.visitLog.ordered(first.orderId, held.holdId)
  await pause(shop, thinkMs)
  if (visitor.tells === "before paying") await giveDetails(visitor, shop, held, first)
  await pay(visitor, shop, held, first)
  if (visitor.tells !== "after paying") return
  await pause(shop, thinkMs)
  await giveDetails(visitor, shop, held, first)
}

async function giveBack(visitor: Visitor, shop: Shop, { holdId, token }: Held): Promise<void> {
  const answer = await ask(visitor, shop, "release", "DELETE", `/api/holds/${holdId}`, { token })
  if (answer?.status === 200) shop.visitLog.released(holdId)
}

interface Ordered {
  readonly orderId: number
  readonly amountMinor: number
  readonly currency: string
}

async function order(visitor: Visitor, shop: Shop, { holdId, token }: Held): Promise<Ordered | null> {
  const answer = await ask(visitor, shop, "order", "POST", "/api/orders", {
    token,
    body: { hold_id: holdId, ...detailsWithOrder(visitor) },
  })
  if (answer === null || answer.status >= 300) return null
  const orderId = numberIn(answer.body, "order_id")
  const lacksSome = visitor.tells !== null && visitor.tells !== "with the order"
  if (lacksSome !== saysMissing(answer))
    shop.visitLog.wrong(`order ${orderId} was answered ${lacksSome ? "without" : "with"} missing_details`)
  if (visitor.tells === "with the order" || visitor.tells === "in part")
    shop.visitLog.gaveDetails(orderId, emailOf(visitor))
  return {
    orderId,
    amountMinor: numberIn(answer.body, "total_minor"),
    currency: textIn(answer.body, "currency"),
  }
}

function detailsWithOrder(visitor: Visitor): object {
  if (visitor.tells === "with the order") return { details: detailsOf(visitor) }
  return visitor.tells === "in part" ? { details: partOfDetails(visitor) } : {}
}

function saysMissing({ body }: HttpAnswer): boolean {
  return typeof body === "object" && body !== null && "missing_details" in body
}

async function giveDetails(
  visitor: Visitor,
  shop: Shop,
  { token }: Held,
  { orderId }: Ordered,
): Promise<void> {
  const path = `/api/orders/${orderId}/details`
  const answer = await ask(visitor, shop, "details", "PUT", path, { token, body: detailsOf(visitor) })
  if (answer?.status !== 200) return
  shop.visitLog.gaveDetails(orderId, emailOf(visitor))
  if (saysMissing(answer))
    shop.visitLog.wrong(`order ${orderId} got all details and says that some are missing`)
}

/** Pays at the provider, whatever is missing: a provider knows nothing of details, and no money is refused for them. */
async function pay(visitor: Visitor, shop: Shop, { holdId, token }: Held, ordered: Ordered): Promise<void> {
  const { orderId, amountMinor, currency } = ordered
  const lacksSome =
    visitor.tells === "after paying" || visitor.tells === "in part" || visitor.tells === "never"
  if (lacksSome || visitor.number % 100 < PERCENT_WITH_ATTEMPT) {
    const path = `/api/orders/${orderId}/payment-attempts`
    const answer = await ask(visitor, shop, "attempt", "POST", path, { token, body: {} })
    if (lacksSome && answer?.status === 200)
      shop.visitLog.wrong(`a payment of order ${orderId} was opened although details are missing`)
  }
  await ask(visitor, { ...shop, urls: [shop.simulatorUrl] }, "payment", "POST", "/payments", {
    body: {
      order_id: orderId,
      amount_minor: amountMinor,
      currency,
      hold_id: holdId,
      product_id: productIdOf(visitor, shop),
      quantity: visitor.quantity,
    },
  })
}

type Asked = Parameters<HttpClient["send"]>[2]

/** Repeats a request until the answer is not 503. Null if there is no answer within the visitor's patience. */
async function ask(
  visitor: Visitor,
  shop: Shop,
  kind: RequestKind,
  method: string,
  path: string,
  options: Asked = {},
): Promise<HttpAnswer | null> {
  const { urls, client, visitLog } = shop
  const askedAt = visitLog.now()
  for (let attempt = 0; visitLog.now() - askedAt < PATIENCE_MS; attempt += 1) {
    const url = urls[(visitor.number + attempt) % urls.length] ?? ""
    try {
      const answer = await client.send(method, `${url}${path}`, options)
      if (answer.status !== 503) {
        visitLog.answered(kind, askedAt, answer.status < 300 ? null : codeOf(answer))
        if (!isExpected(answer))
          visitLog.wrong(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        return answer
      }
      visitLog.unanswered(kind, codeOf(answer))
    } catch (error) {
      visitLog.unanswered(
        kind,
        error instanceof Error && "code" in error ? String(error.code) : String(error),
      )
    }
    await pause(shop, ASK_AGAIN_MS)
  }
  return null
}

function pause({ timers }: Shop, milliseconds: number): Promise<void> {
  return timers.wait(Math.max(0, milliseconds))
}

/** True for a success, and for a refusal that other visitors or the time cause (409, 410, and the presale's 403). */
function isExpected(answer: HttpAnswer): boolean {
  const { status } = answer
  return status < 300 || status === 409 || status === 410 || codeOf(answer) === "access_required"
}

/** The code of a refusal, or its HTTP status if the answer has no code. */
function codeOf({ status, body }: HttpAnswer): string {
  return textIn(body, "code") || `status ${status}`
}
