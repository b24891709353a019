import { batch, computed, effect, signal, untracked } from "@preact/signals"
import {
  ProblemError,
  productIn,
  type DetailsBody,
  type FieldError,
  type Order,
  type Product,
  type ProductContent,
} from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { PageData, PaymentChoice } from "../shared/page-data.ts"
import { whatBuyerSees, type Known, type PaymentSeen, type Pending } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { namesOfVariant } from "./option-choice.ts"
import { staticModel, type PageModel, type LivePageModel } from "./page-model.ts"
import { storage } from "./browser-storage.ts"
import { takeArrival, type Arrival } from "./arrived-token.ts"
import { createOrderAccess } from "./order-access.ts"
import { createServerConnection, detailErrorsIn, onReturn, refusalOf } from "./server-connection.ts"
import { wayBackOf } from "./way-back.ts"
import { createLinkPayment } from "./link-payment.ts"
import { createSimulatorPayment } from "./simulator-payment.ts"
import { createStripePayment } from "./stripe-payment.ts"
import { PaymentRefusal, type PaymentMethod, type PaymentContext } from "./payment-method.ts"

/** Pauses between two reads of the order. The shortest applies while the buyer waits for a payment. */
const SOON_MS = 1_000
const USUAL_MS = 5_000
const CALM_MS = 30_000

/** The page of an order: pays it, cancels it and follows its status. Call `start` once the page is rendered. */
export function createOrderPageModel(
  data: Extract<PageData, { kind: "order" }>,
  arrival: Arrival | null,
  language: Language,
): LivePageModel {
  const { orderId } = data
  const server = createServerConnection()
  const { client } = server
  const order = signal<NonNullable<Known["order"]>>("unread")
  const product = signal<Product | null>(null)
  const payment = signal<PaymentSeen | null>(null)
  const action = signal<Pending["action"] | null>(null)
  const refusal = signal<Known["refusal"]>(null)
  const detailErrors = signal<readonly FieldError[]>([])
  const zone = signal<string | null>(null)
  const ownerToken = signal<string | null>(null)
  const wayBack = signal<string | null>(null)
  let next: ReturnType<typeof setTimeout> | undefined
  let isLooking = false
  let hasMissed = false
  let remembered = ""

  const access = createOrderAccess(orderId)
  const { token } = access
  const method = paymentMethodOf(data.payment, {
    client,
    orderId,
    token,
    language,
    product: () => product.value,
  })
  const known = computed<Known>(() => ({
    product: product.value,
    hold: null,
    heldPriceMinor: null,
    askedMinor: null,
    heldOrderId: null,
    order: order.value,
    payment: payment.value,
    nowMs: server.nowMs.value,
    connection: server.connection.value,
    pending: action.value === null ? null : { action: action.value, trouble: server.trouble.value },
    refusal: refusal.value,
  }))
  const view = computed(() => whatBuyerSees(known.value))
  const isToPay = computed(() => view.value.stage.kind === "to_pay")

  async function look(): Promise<void> {
    hasMissed = isLooking
    if (isLooking) return
    isLooking = true
    clearTimeout(next)
    const wasLinkWrong = access.isLinkWrong()
    try {
      const [read, seen] = await Promise.all([
        access.read((token) => client.orders.get(orderId, { token, language: language.tag })),
        method?.seen() ?? null,
      ])
      batch(() => {
        order.value = read
        payment.value = seen
        ownerToken.value = token()
        if (access.isLinkWrong() && !wasLinkWrong) refusal.value = { code: "wrong_link" }
        if (refusal.value?.code === "no_answer") refusal.value = null
      })
      if (product.value === null) startWith(read.product_id)
    } catch (error) {
      const isMissing = error instanceof ProblemError && error.code === "order_not_found"
      if (isMissing) order.value = access.isLinkWrong() ? "wrong_link" : "missing"
      else if (order.value === "unread") refusal.value = { code: "no_answer" }
    } finally {
      isLooking = false
      next = setTimeout(() => void look(), hasMissed ? 0 : pauseBefore(view.value.stage.kind))
    }
  }

  let isStarted = false
  /** Watches the order's product. The stream sets the clock, and a change of its held units may mean a payment. */
  function startWith(productId: number): void {
    if (isStarted) return
    isStarted = true
    let own: Product | null = null
    let texts: ProductContent | null = null
    const show = () => {
      if (own !== null) product.value = texts === null ? own : productIn(own, texts)
    }
    const take = (update: Product) => {
      const hasMoved = own !== null && own.reserved_stock !== update.reserved_stock
      own = update
      show()
      if (hasMoved) void look()
    }
    if (data.shop.languages !== null && data.shop.languages.length > 1) {
      client.products.content(productId, language.tag, { token: token() }).then(
        (content) => {
          texts = content
          show()
        },
        () => undefined,
      )
    }
    server.start([productId], take)
    // The token: its owner sees the product when the shop has archived it meanwhile, too.
    client.products.get(productId, { token: token() }).then(take, () => undefined)
  }

  async function act(name: Pending["action"], work: (order: Order) => Promise<void>): Promise<void> {
    const present = order.value
    if (action.value !== null || typeof present === "string") return
    batch(() => {
      action.value = name
      refusal.value = null
      detailErrors.value = []
    })
    try {
      await work(present)
    } catch (error) {
      detailErrors.value = detailErrorsIn(error)
      refuse(error)
      if (refusal.value?.code === "details_erased") storage.saveOrder(orderId, { isErased: true })
      void look()
    } finally {
      action.value = null
    }
  }

  /** Stores what other pages say of the order. */
  function remember(): void {
    const [shown, of, { kind: stage }] = [order.value, product.value, view.value.stage]
    if (typeof shown === "string" || of === null) return
    if (stage === "held" || stage === "reserving" || stage === "needs_access") return
    const { quantity, total_minor: totalMinor, refunded_minor: refundedMinor, currency, expires_at } = shown
    const lines = shown.lines?.map(({ variant_id, quantity: units }) => {
      const { name, options } = namesOfVariant(language.words, of, variant_id)
      return { name: [name, options].filter(Boolean).join(", "), quantity: units }
    })
    const summary = { name: of.name, quantity, lines, totalMinor, refundedMinor, currency, stage }
    // The effect runs each second.
    if (JSON.stringify(summary) === remembered) return
    remembered = JSON.stringify(summary)
    const endsAtMs = Date.now() + Date.parse(expires_at) - client.clock.now()
    storage.saveOrder(orderId, { summary: { ...summary, endsAtMs } })
    if (wayBack.value !== null) storage.saveOrder(orderId, { wayBack: wayBack.value })
  }

  function refuse(error: unknown): void {
    refusal.value =
      error instanceof PaymentRefusal
        ? { code: "payment", text: error.message }
        : refusalOf(error, language.words)
  }

  /** Shows the provider's form as soon as there is something to pay. */
  function prepare(): void {
    if (isToPay.value) void untracked(() => method?.prepare().catch(refuse))
  }

  function pay(): void {
    void act("pay", async (present) => {
      await method?.pay(present)
      await look()
    })
  }

  function saveDetails(details: DetailsBody, onSaved: () => void): void {
    void act("save", async () => {
      order.value = await client.orders.setDetails(orderId, details, { token: token() })
      onSaved()
    })
  }

  function cancel(): void {
    void act("cancel", async () => {
      order.value = await client.orders.cancel(orderId, { token: token() })
    })
  }

  const model: PageModel = {
    ...staticModel(data),
    view,
    product,
    order,
    nowMs: server.nowMs,
    zone,
    addresses: client.addresses,
    detailErrors,
    orderLink: computed(() => ownerToken.value && `${location.origin}/o/${orderId}#${ownerToken.value}`),
    wayBack,
    ...(method && { paymentForm: method.form }),
    actions: { ...staticModel(data).actions, pay, cancel, saveDetails },
  }
  return {
    model,
    start() {
      zone.value = readerZone()
      access.arrive(arrival?.token ?? null)
      wayBack.value = wayBackOf(orderId, data.cameFrom ?? null, arrival?.from ?? null)
      // A link that is opened in the tab of its order changes the address alone.
      addEventListener("hashchange", () => {
        access.arrive(takeArrival().token)
        void look()
      })
      const refused = method?.start() ?? null
      if (refused !== null) refuse(refused)
      onReturn(() => void look())
      effect(prepare)
      effect(remember)
      void look()
    },
  }
}

function paymentMethodOf(payment: PaymentChoice | null, parts: PaymentContext): PaymentMethod | null {
  if (payment === null) return null
  switch (payment.kind) {
    case "stripe":
      return createStripePayment(payment, parts)
    case "simulator":
      return createSimulatorPayment(payment, parts)
    case "link":
      return createLinkPayment(parts)
  }
}

function pauseBefore(kind: string): number {
  switch (kind) {
    case "payment_under_way":
    case "money_returning":
    case "late_payment":
      return SOON_MS
    case "to_pay":
    case "needs_details":
    case "order_unread":
    case "order_expired":
      return USUAL_MS
    default:
      return CALM_MS
  }
}
