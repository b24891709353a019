import { batch, computed, signal } from "@preact/signals"
import { ProblemError, randomKey, type Hold, type Product } from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { saleStateAt, whatBuyerSees, type Known, type Pending } from "./buyer-view.ts"
import { stillDesk, type Desk, type LivingDesk } from "./desk.ts"
import { kept, type KeptHold } from "./kept.ts"
import { createServerLine, isUnanswered, onComeback, refusalOf } from "./server-line.ts"

/** As long as somebody looks at a page that says it goes on trying. The SDK decides when, and how often. */
const PATIENCE = { tries: 60, totalMs: 180_000 }

const LOOK_WITHOUT_STREAM_MS = 5_000

/** One product: hold units of it, give them back, make an order of them. `start` it once the page is drawn. */
export function createProductDesk(data: Extract<PageData, { kind: "product" }>): LivingDesk {
  const { id } = data.product
  const line = createServerLine()
  const { client } = line
  const product = signal<Product>(data.product)
  const held = signal<KeptHold | null>(null)
  const action = signal<Pending["action"] | null>(null)
  const refusal = signal<Known["refusal"]>(null)
  const zone = signal<string | null>(null)
  const customerId = signal("")

  const known = computed<Known>(() => ({
    product: product.value,
    hold: held.value?.hold ?? null,
    heldOrderId: held.value?.orderId ?? null,
    order: null,
    payment: null,
    nowMs: line.nowMs.value,
    connection: line.connection.value,
    pending: action.value === null ? null : { action: action.value, trouble: line.trouble.value },
    refusal: refusal.value,
  }))

  /** One thing at a time; a second tap meanwhile is the first one. */
  async function act(name: Pending["action"], work: () => Promise<void>): Promise<void> {
    if (action.value !== null) return
    batch(() => {
      action.value = name
      refusal.value = null
    })
    try {
      await work()
    } catch (error) {
      refusal.value = refusalOf(error)
      await lookAgain()
    } finally {
      action.value = null
    }
  }

  function hold(wanted: number, givenId: string): void {
    void act("hold", async () => {
      if (givenId !== "") kept.keepCustomerId(givenId)
      const isLimited = product.value.max_per_customer !== null
      const unanswered = kept.asking(id)
      const asking = unanswered ?? {
        key: randomKey(),
        qty: wanted,
        customerId: isLimited && givenId !== "" ? givenId : null,
        askedAt: Date.now(),
      }
      kept.keepAsking(id, asking)
      await oneTabAtATime(`doorbuster:hold:${id}`, async () => {
        takeKept()
        if (isActive(held.value)) return kept.keepAsking(id, null)
        const body = { product_id: id, qty: asking.qty }
        try {
          const made = await client.holds.create(
            asking.customerId === null ? body : { ...body, customer_id: asking.customerId },
            { idempotencyKey: asking.key, isKeyNew: unanswered === null, retry: PATIENCE },
          )
          kept.keepNewHold(made)
          kept.keepAsking(id, null)
          const { token, ...hold } = made
          held.value = { hold, token, orderId: null }
        } catch (error) {
          if (!isUnanswered(error)) kept.keepAsking(id, null)
          throw error
        }
      })
    })
  }

  function release(): void {
    void act("release", async () => {
      if (held.value === null) return
      const { hold, token } = held.value
      keep(await client.holds.release(hold.hold_id, { token }))
    })
  }

  function makeOrder(): void {
    void act("order", async () => {
      if (held.value === null) return
      const { hold, token } = held.value
      const orderId = await orderOf(hold, token)
      if (kept.order(orderId) === null) kept.keepOrder(orderId, { token, payment: null })
      held.value = { hold: { ...hold, status: "converted" }, token, orderId }
      kept.keepHold(id, held.value)
      location.assign(`/o/${orderId}`)
    })
  }

  async function orderOf(hold: Hold, token: string): Promise<number> {
    try {
      return (await client.orders.create({ hold_id: hold.hold_id, token })).order_id
    } catch (error) {
      const orderId =
        error instanceof ProblemError && error.problem.code === "hold_already_used"
          ? error.problem.order_id
          : null
      if (orderId === null) throw error
      return orderId
    }
  }

  function keep(hold: Hold): void {
    if (held.value === null) return
    held.value = { ...held.value, hold }
    kept.keepHold(id, held.value)
  }

  /** What another tab has kept, or this one before it was loaded anew. */
  function takeKept(): void {
    const found = kept.hold(id)
    if (JSON.stringify(found) !== JSON.stringify(held.value)) held.value = found
  }

  async function lookAgain(): Promise<void> {
    takeKept()
    await Promise.all([
      client.products.get(id).then(take).catch(ignored),
      isActive(held.value) ? readHold(held.value) : undefined,
    ])
  }

  async function readHold({ hold, token }: KeptHold): Promise<void> {
    try {
      const read = await client.holds.get(hold.hold_id, { token })
      if (held.value?.hold.hold_id !== hold.hold_id) return
      keep(read)
      if (read.status === "converted" && held.value.orderId === null) {
        const orderId = await orderOf(read, token)
        if (kept.order(orderId) === null) kept.keepOrder(orderId, { token, payment: null })
        held.value = { ...held.value, orderId }
        kept.keepHold(id, held.value)
      }
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "hold_not_found") return
      held.value = null
      kept.keepHold(id, null)
    }
  }

  /** A unit that came back is there for who has missed the last one. */
  function take(next: Product): void {
    batch(() => {
      if (refusal.value?.code === "missed" && next.available_stock > 0) refusal.value = null
      product.value = next
    })
  }

  function isActive(found: KeptHold | null): found is KeptHold {
    if (found?.hold.status !== "active") return false
    const now = line.nowMs.value
    return now === null || Date.parse(found.hold.expires_at) > now
  }

  const desk: Desk = {
    ...stillDesk(data),
    view: computed(() => whatBuyerSees(known.value)),
    product: computed(() => ({
      ...product.value,
      sale_state: saleStateAt(product.value, line.nowMs.value),
    })),
    nowMs: line.nowMs,
    zone,
    customerId,
    actions: { ...stillDesk(data).actions, hold, release, makeOrder },
  }
  return {
    desk,
    start() {
      batch(() => {
        zone.value = readerZone()
        customerId.value = kept.customerId() ?? ""
      })
      line.start([id], take)
      onComeback(() => void lookAgain())
      // Where the stream is full, or does not get through.
      setInterval(() => {
        if (line.connection.value !== "live") void client.products.get(id).then(take).catch(ignored)
      }, LOOK_WITHOUT_STREAM_MS)
      void lookAgain()
      const asking = kept.asking(id)
      if (asking !== null) hold(asking.qty, asking.customerId ?? "")
    },
  }
}

/** Where the browser knows locks, two tabs that are tapped at once hold once. */
async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  await (typeof navigator.locks === "undefined" ? work() : navigator.locks.request(name, work))
}

function ignored(): void {
  // The watch tells as soon as the server answers again.
}
