import { batch, computed, signal } from "@preact/signals"
import { ProblemError, randomKey, type Hold, type Product } from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { saleStateAt, whatBuyerSees, type Known, type Pending } from "./buyer-view.ts"
import { staticModel, type PageModel, type LivePageModel } from "./page-model.ts"
import { storage, type StoredHold } from "./browser-storage.ts"
import { createServerConnection, isUnanswered, onReturn, refusalOf } from "./server-connection.ts"

/** Holds are retried for three minutes, because the page says that it keeps trying. The client chooses the pauses. */
const PATIENCE = { tries: 60, totalMs: 180_000 }

const LOOK_WITHOUT_STREAM_MS = 5_000

/** The page of a product: places holds, releases them and makes orders. Call `start` once the page is rendered. */
export function createProductPageModel(data: Extract<PageData, { kind: "product" }>): LivePageModel {
  const { id } = data.product
  const server = createServerConnection()
  const { client } = server
  const product = signal<Product>(data.product)
  const held = signal<StoredHold | null>(null)
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
    nowMs: server.nowMs.value,
    connection: server.connection.value,
    pending: action.value === null ? null : { action: action.value, trouble: server.trouble.value },
    refusal: refusal.value,
  }))

  /** Runs one request at a time: a second tap in the meantime is ignored. */
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
      if (givenId !== "") storage.saveCustomerId(givenId)
      const isLimited = product.value.max_per_customer !== null
      const unanswered = storage.holdRequest(id)
      const request = unanswered ?? {
        key: randomKey(),
        qty: wanted,
        customerId: isLimited && givenId !== "" ? givenId : null,
        askedAt: Date.now(),
      }
      storage.saveHoldRequest(id, request)
      await oneTabAtATime(`doorbuster:hold:${id}`, async () => {
        readStored()
        if (isActive(held.value)) return storage.saveHoldRequest(id, null)
        const body = { product_id: id, qty: request.qty }
        try {
          const made = await client.holds.create(
            request.customerId === null ? body : { ...body, customer_id: request.customerId },
            { idempotencyKey: request.key, isKeyNew: unanswered === null, retry: PATIENCE },
          )
          storage.saveNewHold(made)
          storage.saveHoldRequest(id, null)
          const { token, ...hold } = made
          held.value = { hold, token, orderId: null }
        } catch (error) {
          if (!isUnanswered(error)) storage.saveHoldRequest(id, null)
          throw error
        }
      })
    })
  }

  function release(): void {
    void act("release", async () => {
      if (held.value === null) return
      const { hold, token } = held.value
      save(await client.holds.release(hold.hold_id, { token }))
    })
  }

  function makeOrder(): void {
    void act("order", async () => {
      if (held.value === null) return
      const { hold, token } = held.value
      const orderId = await orderOf(hold, token)
      if (storage.order(orderId) === null) storage.saveOrder(orderId, { token, payment: null })
      held.value = { hold: { ...hold, status: "converted" }, token, orderId }
      storage.saveHold(id, held.value)
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

  function save(hold: Hold): void {
    if (held.value === null) return
    held.value = { ...held.value, hold }
    storage.saveHold(id, held.value)
  }

  /** Reads the hold that another tab has stored, or this tab before a reload. */
  function readStored(): void {
    const found = storage.hold(id)
    if (JSON.stringify(found) !== JSON.stringify(held.value)) held.value = found
  }

  async function lookAgain(): Promise<void> {
    readStored()
    await Promise.all([
      client.products.get(id).then(take).catch(ignored),
      isActive(held.value) ? readHold(held.value) : undefined,
    ])
  }

  async function readHold({ hold, token }: StoredHold): Promise<void> {
    try {
      const read = await client.holds.get(hold.hold_id, { token })
      if (held.value?.hold.hold_id !== hold.hold_id) return
      save(read)
      if (read.status === "converted" && held.value.orderId === null) {
        const orderId = await orderOf(read, token)
        if (storage.order(orderId) === null) storage.saveOrder(orderId, { token, payment: null })
        held.value = { ...held.value, orderId }
        storage.saveHold(id, held.value)
      }
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== "hold_not_found") return
      held.value = null
      storage.saveHold(id, null)
    }
  }

  /** Takes a new state of the product. The notice that no unit was left disappears when one is available again. */
  function take(next: Product): void {
    batch(() => {
      if (refusal.value?.code === "missed" && next.available_stock > 0) refusal.value = null
      product.value = next
    })
  }

  function isActive(found: StoredHold | null): found is StoredHold {
    if (found?.hold.status !== "active") return false
    const now = server.nowMs.value
    return now === null || Date.parse(found.hold.expires_at) > now
  }

  const model: PageModel = {
    ...staticModel(data),
    view: computed(() => whatBuyerSees(known.value)),
    product: computed(() => ({
      ...product.value,
      sale_state: saleStateAt(product.value, server.nowMs.value),
    })),
    nowMs: server.nowMs,
    zone,
    customerId,
    actions: { ...staticModel(data).actions, hold, release, makeOrder },
  }
  return {
    model,
    start() {
      batch(() => {
        zone.value = readerZone()
        customerId.value = storage.customerId() ?? ""
      })
      server.start([id], take)
      onReturn(() => void lookAgain())
      // Used while the stream is lost, refused or blocked.
      setInterval(() => {
        if (server.connection.value !== "live") void client.products.get(id).then(take).catch(ignored)
      }, LOOK_WITHOUT_STREAM_MS)
      void lookAgain()
      const request = storage.holdRequest(id)
      if (request !== null) hold(request.qty, request.customerId ?? "")
    },
  }
}

/** Runs one tab's request at a time, if the browser supports locks, so that two tabs do not both place a hold. */
async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  await (typeof navigator.locks === "undefined" ? work() : navigator.locks.request(name, work))
}

function ignored(): void {
  // The product comes over the stream as soon as the server answers again.
}
