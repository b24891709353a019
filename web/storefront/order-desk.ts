import { batch, computed, signal } from "@preact/signals"
import { ProblemError, type Order, type Product } from "../../client/src/index.ts"
import type { PageData } from "../shared/page-data.ts"
import { whatBuyerSees, type Known, type PaymentSeen, type Pending } from "./buyer-view.ts"
import { stillDesk, type Desk, type LivingDesk } from "./desk.ts"
import { kept } from "./kept.ts"
import { createServerLine, onComeback, refusalOf } from "./server-line.ts"
import { openPayment, paymentSeen } from "./simulator-payment.ts"

/** While money is on its way, somebody is waiting. */
const SOON_MS = 1_000
const USUAL_MS = 5_000
const CALM_MS = 30_000

/** One order: pay it, cancel it, see what becomes of it. `start` it once the page is drawn. */
export function createOrderDesk(data: Extract<PageData, { kind: "order" }>): LivingDesk {
  const { orderId, payment: provider } = data
  const line = createServerLine()
  const { client } = line
  const order = signal<NonNullable<Known["order"]>>("unread")
  const product = signal<Product | null>(null)
  const payment = signal<PaymentSeen | null>(null)
  const action = signal<Pending["action"] | null>(null)
  const refusal = signal<Known["refusal"]>(null)
  const zone = signal<string | null>(null)
  let next: ReturnType<typeof setTimeout> | undefined
  let isLooking = false

  const token = () => kept.order(orderId)?.token ?? null
  const known = computed<Known>(() => ({
    product: product.value,
    hold: null,
    heldOrderId: null,
    order: order.value,
    payment: payment.value,
    nowMs: line.nowMs.value,
    connection: line.connection.value,
    pending: action.value === null ? null : { action: action.value, trouble: line.trouble.value },
    refusal: refusal.value,
  }))
  const view = computed(() => whatBuyerSees(known.value))

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    clearTimeout(next)
    try {
      const [read, seen] = await Promise.all([client.orders.get(orderId, { token: token() }), seePayment()])
      batch(() => {
        order.value = read
        payment.value = seen
        if (refusal.value?.code === "no_answer") refusal.value = null
      })
      if (product.value === null) startWith(read.product_id)
    } catch (error) {
      const isMissing = error instanceof ProblemError && error.code === "order_not_found"
      if (isMissing) order.value = "missing"
      else if (order.value === "unread") refusal.value = { code: "no_answer" }
    } finally {
      isLooking = false
      next = setTimeout(() => void look(), pauseBefore(view.value.stage.kind))
    }
  }

  async function seePayment(): Promise<PaymentSeen | null> {
    const started = kept.order(orderId)?.payment ?? null
    if (started === null || provider === null) return null
    // What it said last is the best that is known while it does not answer.
    return paymentSeen(provider.url, started.id).catch(() => payment.value)
  }

  let isStarted = false
  /** The product tells the time, and that something has been paid. */
  function startWith(productId: number): void {
    if (isStarted) return
    isStarted = true
    const take = (told: Product) => {
      const hasMoved = product.value !== null && product.value.reserved_stock !== told.reserved_stock
      product.value = told
      if (hasMoved) void look()
    }
    line.start([productId], take)
    client.products.get(productId).then(take, () => undefined)
  }

  async function act(name: Pending["action"], work: (order: Order) => Promise<void>): Promise<void> {
    const present = order.value
    if (action.value !== null || typeof present === "string") return
    batch(() => {
      action.value = name
      refusal.value = null
    })
    try {
      await work(present)
    } catch (error) {
      refusal.value = refusalOf(error)
      void look()
    } finally {
      action.value = null
    }
  }

  function pay(): void {
    void act("pay", async (present) => {
      if (provider === null) return
      const started = kept.order(orderId)?.payment ?? null
      // One that was begun and left is gone on with: two payments would be one too many.
      const seen = started === null ? null : await paymentSeen(provider.url, started.id).catch(() => null)
      if (started !== null && seen?.status === "open") return location.assign(started.url)
      const returnUrl = `${location.origin}/o/${orderId}`
      const opened = await openPayment(provider.url, present, returnUrl)
      kept.keepOrder(orderId, { token: token(), payment: opened })
      const attempt = { provider: provider.kind, payment_id: opened.id }
      await client.orders.startPayment(orderId, attempt, { token: token() })
      location.assign(opened.url)
    })
  }

  function cancel(): void {
    void act("cancel", async () => {
      order.value = await client.orders.cancel(orderId, { token: token() })
    })
  }

  const desk: Desk = {
    ...stillDesk(data),
    view,
    product,
    order,
    nowMs: line.nowMs,
    zone,
    actions: { ...stillDesk(data).actions, pay, cancel },
  }
  return {
    desk,
    start() {
      zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone
      onComeback(() => void look())
      void look()
    },
  }
}

function pauseBefore(kind: string): number {
  switch (kind) {
    case "payment_under_way":
    case "money_returning":
    case "late_payment":
      return SOON_MS
    case "to_pay":
    case "order_unread":
    case "order_expired":
      return USUAL_MS
    default:
      return CALM_MS
  }
}
