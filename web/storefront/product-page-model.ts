import { batch, computed, signal, type ReadonlySignal } from "@preact/signals"
import {
  ProblemError,
  productIn,
  randomKey,
  type DetailsBody,
  type FieldError,
  type Hold,
  type Product,
} from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageContent } from "../shared/page-data.ts"
import { productAt, whatBuyerSees, type Known, type Pending } from "./buyer-view.ts"
import { createAccessCheck } from "./access-check.ts"
import type { Language } from "./language.ts"
import { staticModel, type PageModel, type LivePageModel, type WantedUnits } from "./page-model.ts"
import { storage, type StoredHold } from "./browser-storage.ts"
import {
  createServerConnection,
  detailErrorsIn,
  isTokenWrong,
  isUnanswered,
  onReturn,
  refusalOf,
} from "./server-connection.ts"
import { draftName } from "./asked-details.ts"
import { choiceOf, picksFor, withPick, type Picks } from "./option-choice.ts"
import { firstChoice, inOrder, variantsForSale, type Choice } from "./variant-choice.ts"
import { asksCustomer, asksMailbox } from "./asked-customer.ts"
import { createMailboxModel } from "./mailbox.ts"
import { bodyOf, oneTabAtATime } from "./hold-requests.ts"
import { isAboutChoice, isOver } from "./refused-units.ts"

/** Holds are retried for three minutes, because the page says that it keeps trying. The client chooses the pauses. */
const PATIENCE = { tries: 60, totalMs: 180_000 }

const LOOK_WITHOUT_STREAM_MS = 5_000

/** Where a model of a product is at work: on the product's own page, or on a page of another site. */
export interface ModelPlace {
  /** The server's address; empty: that of the page. */
  readonly baseUrl: string
  /** What a visitor has chosen before the scripts ran, or the page for them; null: nothing. */
  readonly earlyChoice: () => Choice | null
  /** What a visitor has picked by option before the scripts ran. */
  readonly earlyPicks: () => Picks
  /** With which the shop says who the buyer is; null: it has not. */
  readonly customerToken: () => string | null
  /** The server has refused the token of {@link customerToken}. */
  readonly forgetCustomer: () => void
  /** The access code with which the page was opened; null: none. */
  readonly accessCode: () => string | null
  /** Calls with the access code of a link that is opened later in the page, or null; its customer token is kept by then. */
  readonly onLink: (arrived: (code: string | null) => void) => void
  /** How many units the form asks for at first. */
  readonly firstQty: number
  /** Loads what the page needs later. */
  readonly prepare: (product: Product) => void
  /** Goes on with the order that was made from the hold. The form stays busy until it resolves. */
  readonly goOn: (orderId: number, token: string) => Promise<void>
}

/** A model that also tells the buyer's hold with its token; null: none is known. */
export interface ProductPageModel extends LivePageModel {
  readonly held: ReadonlySignal<StoredHold | null>
}

/** The page of a product: places holds, releases them and makes orders. Call `start` once the page is rendered. */
export function createProductPageModel(
  data: Extract<PageContent, { kind: "product" }>,
  { tag, words, isChosen }: Language,
  place: ModelPlace,
): ProductPageModel {
  const { id, name, description } = data.product
  const server = createServerConnection(place.baseUrl)
  const { client } = server
  const product = signal<Product>(data.product)
  const held = signal<StoredHold | null>(null)
  const action = signal<Pending["action"] | null>(null)
  const refusal = signal<Known["refusal"]>(null)
  const detailErrors = signal<readonly FieldError[]>([])
  const zone = signal<string | null>(null)
  const customerId = signal("")
  const arrivedToken = signal<string | null>(null)
  const mailbox = createMailboxModel(client, tag)
  const customerToken = computed(
    () => (asksMailbox(product.value) ? mailbox.confirmed.value?.token : null) ?? arrivedToken.value,
  )
  const choice = signal(firstChoice(data.product))
  const picks = signal<Picks>([])
  const access = createAccessCheck({
    client,
    product,
    customerToken,
    nowMs: server.nowMs,
    firstCode: place.accessCode,
    onTokenInvalid: forgetToken,
  })
  // Read before the scripts take over the page, which renders it as the server did at first.
  const earlyChoice = place.earlyChoice()
  const earlyPicks = place.earlyPicks()
  const offeredIds = new Set(variantsForSale(data.product).map((variant) => variant.id))
  // A variant that the shop takes off sale keeps its place, so that no button moves under a finger.
  const offered = computed(() =>
    (product.value.variants ?? []).filter((variant) => offeredIds.has(variant.id)),
  )
  const shownPicks = computed(() => picksFor(offered.value, choice.value, picks.value))

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
    ownAccess: access.access.value.own,
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
      if (isTokenWrong(error)) forgetToken()
      if (refusal.value?.code.startsWith("access_") === true) access.askAgain()
      await lookAgain()
    } finally {
      action.value = null
    }
  }

  /** Forgets the token that the server has refused, so that the buyer is asked again and no reload brings it back. */
  function forgetToken(): void {
    if (asksMailbox(product.peek()) && mailbox.confirmed.peek() !== null) return mailbox.forget()
    arrivedToken.value = null
    place.forgetCustomer()
  }

  function choose(next: Choice): void {
    batch(() => {
      choice.value = inOrder(offered.value, next)
      if (refusal.value !== null && isAboutChoice(refusal.value)) refusal.value = null
    })
  }

  function takePicks(next: Picks): void {
    batch(() => {
      picks.value = next
      choose(choiceOf(offered.value, next, choice.value[0]?.qty ?? place.firstQty))
    })
  }

  function hold(wanted: WantedUnits, givenId: string): void {
    void act("hold", async () => {
      if (givenId !== "") {
        storage.saveCustomerId(givenId)
        // The form is rendered anew when the hold has ended.
        customerId.value = givenId
      }
      const token = customerToken.value
      const isNamed = asksCustomer(product.value, token)
      const unanswered = storage.holdRequest(id)
      const request = unanswered ?? {
        key: randomKey(),
        ...wanted,
        customerId: isNamed && givenId !== "" ? givenId : null,
        ...access.shown(),
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
            ...(token !== null && { customerToken: token }),
          })
          const { token: owner, ...hold } = made
          held.value = {
            hold,
            token: owner,
            orderId: null,
            priceMinor: product.value.price_minor,
            askedMinor: request.totalMinor,
            name: product.value.name,
            endsAtMs: Date.now() + Date.parse(hold.expires_at) - client.clock.now(),
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
      await place.goOn(orderId, token)
    })
  }

  async function orderOf(hold: Hold, token: string, details?: DetailsBody): Promise<number> {
    try {
      const body = { hold_id: hold.hold_id, ...(details !== undefined && { details }) }
      return (await client.orders.create({ ...body, ...(isChosen && { language: tag }), token })).order_id
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
    // That it was cancelled is news only where it was known as reserved, not on a page that was opened later.
    if (held.value === null && found?.hold.status === "released") return
    if (JSON.stringify(found) !== JSON.stringify(held.value)) held.value = found
  }

  async function lookAgain(): Promise<void> {
    readStored()
    mailbox.read()
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
    const next =
      data.content === undefined ? update : productIn(update, { name, description, ...data.content })
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
    customerToken,
    mailbox,
    access: access.access,
    offered,
    choice,
    picks: shownPicks,
    firstQty: place.firstQty,
    addresses: client.addresses,
    detailErrors,
    actions: {
      ...staticModel(data).actions,
      choose,
      pick: (option, value) => takePicks(withPick(shownPicks.value, option, value)),
      hold,
      enterCode: (code) => access.enter(code),
      release,
      makeOrder,
    },
  }
  return {
    model,
    held,
    start(until) {
      batch(() => {
        zone.value = readerZone()
        customerId.value = storage.customerId() ?? ""
        arrivedToken.value = place.customerToken()
        mailbox.read()
        choice.value = earlyChoice ?? choice.value
        if (earlyPicks.length > 0) takePicks(earlyPicks)
      })
      place.prepare(product.value)
      access.start(
        computed(() => model.view.value.stage.kind === "held"),
        until,
      )
      place.onLink((code) => {
        arrivedToken.value = place.customerToken()
        if (code === null) access.askAgain()
        else access.enter(code)
      })
      const archive = () => (product.value = { ...product.value, status: "archived" })
      server.start([id], take, archive, until)
      onReturn(() => void lookAgain(), until)
      // Used while the stream is lost, refused or blocked.
      const timer = setInterval(() => {
        if (server.connection.value !== "live") void client.products.get(id).then(take).catch(ignored)
      }, LOOK_WITHOUT_STREAM_MS)
      until?.addEventListener("abort", () => clearInterval(timer))
      void lookAgain()
      const request = storage.holdRequest(id)
      if (request === null) return
      choice.value = request.lines ?? choice.value
      hold(request, request.customerId ?? "")
    },
  }
}

function ignored(): void {
  // The product comes over the stream as soon as the server answers again.
}
