import { batch, computed, signal } from "@preact/signals"
import {
  ProblemError,
  randomKey,
  type DetailsBody,
  type FieldError,
  type Hold,
  type HoldBody,
  type Product,
} from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { productAt, whatBuyerSees, type Known, type Pending, type Refusal } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { staticModel, type PageModel, type LivePageModel, type WantedUnits } from "./page-model.ts"
import { storage, type HoldRequest, type StoredHold } from "./browser-storage.ts"
import {
  createServerConnection,
  detailErrorsIn,
  isUnanswered,
  onReturn,
  refusalOf,
} from "./server-connection.ts"
import { asksDetails, draftName } from "./asked-details.ts"
import { loadDetailsForm } from "./details-part.tsx"
import { firstChoice, variantsForSale, withUnits, type Choice } from "./variant-choice.ts"

/** Holds are retried for three minutes, because the page says that it keeps trying. The client chooses the pauses. */
const PATIENCE = { tries: 60, totalMs: 180_000 }

const LOOK_WITHOUT_STREAM_MS = 5_000

/** The page of a product: places holds, releases them and makes orders. Call `start` once the page is rendered. */
export function createProductPageModel(
  data: Extract<PageData, { kind: "product" }>,
  { tag, words }: Language,
): LivePageModel {
  const { id, name, description } = data.product
  const server = createServerConnection()
  const { client } = server
  const product = signal<Product>(data.product)
  const held = signal<StoredHold | null>(null)
  const action = signal<Pending["action"] | null>(null)
  const refusal = signal<Known["refusal"]>(null)
  const detailErrors = signal<readonly FieldError[]>([])
  const zone = signal<string | null>(null)
  const customerId = signal("")
  const choice = signal(firstChoice(data.product))
  // Read before the scripts take over the page, which renders it as the server did at first.
  const earlyChoice = choiceInDocument()
  const offeredIds = new Set(variantsForSale(data.product).map((variant) => variant.id))

  const known = computed<Known>(() => ({
    product: product.value,
    hold: held.value?.hold ?? null,
    heldPriceMinor: held.value?.priceMinor ?? null,
    askedMinor: held.value?.askedMinor ?? null,
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
      detailErrors.value = []
    })
    try {
      await work()
    } catch (error) {
      detailErrors.value = detailErrorsIn(error)
      refusal.value = refusalOf(error, words, product.value)
      await lookAgain()
    } finally {
      action.value = null
    }
  }

  function choose(next: Choice): void {
    batch(() => {
      choice.value = next
      if (refusal.value !== null && isAboutChoice(refusal.value)) refusal.value = null
    })
  }

  function hold(wanted: WantedUnits, givenId: string): void {
    void act("hold", async () => {
      if (givenId !== "") {
        storage.saveCustomerId(givenId)
        // The form is rendered anew when the hold has ended.
        customerId.value = givenId
      }
      const isLimited = product.value.max_per_customer !== null
      const unanswered = storage.holdRequest(id)
      const request = unanswered ?? {
        key: randomKey(),
        ...wanted,
        customerId: isLimited && givenId !== "" ? givenId : null,
        askedAt: Date.now(),
      }
      storage.saveHoldRequest(id, request)
      await oneTabAtATime(`doorbuster:hold:${id}`, async () => {
        readStored()
        if (isActive(held.value)) return storage.saveHoldRequest(id, null)
        try {
          const made = await client.holds.create(bodyOf(id, request), {
            idempotencyKey: request.key,
            isKeyNew: unanswered === null,
            retry: PATIENCE,
          })
          const { token, ...hold } = made
          held.value = {
            hold,
            token,
            orderId: null,
            priceMinor: product.value.price_minor,
            askedMinor: request.totalMinor,
          }
          storage.saveHold(id, held.value)
          storage.saveHoldRequest(id, null)
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

  function makeOrder(details?: DetailsBody): void {
    void act("order", async () => {
      if (held.value === null) return
      const { hold, token } = held.value
      const orderId = await orderOf(hold, token, details)
      storage.finishDraft(draftName(id))
      if (storage.order(orderId) === null) storage.saveOrder(orderId, { token, payment: null })
      held.value = { ...held.value, hold: { ...hold, status: "converted" }, orderId }
      storage.saveHold(id, held.value)
      location.assign(`/o/${orderId}`)
    })
  }

  async function orderOf(hold: Hold, token: string, details?: DetailsBody): Promise<number> {
    try {
      const body = { hold_id: hold.hold_id, ...(details !== undefined && { details }) }
      return (
        await client.orders.create({ ...body, ...(data.offer !== undefined && { language: tag }), token })
      ).order_id
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
  function take(update: Product): void {
    // The page has the texts in its language, and an update has those of the product itself.
    const next = data.content === undefined ? update : { ...update, name, description }
    for (const variant of variantsForSale(next)) offeredIds.add(variant.id)
    batch(() => {
      if (refusal.value !== null && isOver(refusal.value, next)) refusal.value = null
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
    product: computed(() => productAt(product.value, server.nowMs.value)),
    nowMs: server.nowMs,
    zone,
    customerId,
    // A variant that the shop takes off sale keeps its place, so that no button moves under a finger.
    offered: computed(() => (product.value.variants ?? []).filter((variant) => offeredIds.has(variant.id))),
    choice,
    addresses: client.addresses,
    detailErrors,
    actions: { ...staticModel(data).actions, choose, hold, release, makeOrder },
  }
  return {
    model,
    start() {
      batch(() => {
        zone.value = readerZone()
        customerId.value = storage.customerId() ?? ""
        choice.value = earlyChoice ?? choice.value
      })
      // Ready before the sale opens, when everyone asks for everything.
      if (asksDetails(product.value)) loadDetailsForm()
      server.start([id], take)
      onReturn(() => void lookAgain())
      // Used while the stream is lost, refused or blocked.
      setInterval(() => {
        if (server.connection.value !== "live") void client.products.get(id).then(take).catch(ignored)
      }, LOOK_WITHOUT_STREAM_MS)
      void lookAgain()
      const request = storage.holdRequest(id)
      if (request === null) return
      choice.value = request.lines ?? choice.value
      hold(request, request.customerId ?? "")
    },
  }
}

function bodyOf(productId: number, { qty, lines, customerId }: HoldRequest): HoldBody {
  const units = lines === undefined ? { qty } : { lines }
  return { product_id: productId, ...units, ...(customerId !== null && { customer_id: customerId }) }
}

/** True for a refusal that another choice may avoid. */
function isAboutChoice({ code }: Refusal): boolean {
  return ["lacking", "over_limit", "variant_disabled", "variant_required"].includes(code)
}

/** True if the product has the units again that a request has missed. */
function isOver(refusal: Refusal, product: Product): boolean {
  if (refusal.code === "missed") return product.available_stock > 0
  if (refusal.code !== "lacking") return false
  return refusal.lines.every(({ variantId, requested }) =>
    variantsForSale(product).some(
      (variant) => variant.id === variantId && variant.available_stock >= requested,
    ),
  )
}

/** The variant that a visitor has chosen before the scripts ran; null: none. */
function choiceInDocument(): Choice | null {
  const chosen = document.querySelector<HTMLInputElement>("input[name=variant]:checked")
  return chosen === null ? null : withUnits([], Number(chosen.value), 1)
}

/** Runs one tab's request at a time, if the browser supports locks, so that two tabs do not both place a hold. */
async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  await (typeof navigator.locks === "undefined" ? work() : navigator.locks.request(name, work))
}

function ignored(): void {
  // The product comes over the stream as soon as the server answers again.
}
