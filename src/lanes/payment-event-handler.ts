import type { RecordedEvent } from "../domain/commands.ts"
import type { DisputeEvent, PaymentEvent, ProviderEvent } from "../domain/payment.ts"
import { isRefusal, type Refusal } from "../domain/refusals.ts"
import type { Ids } from "../store/batch/ids.ts"
import type { Inbox } from "../store/reads/inbox.ts"
import type { Lookups } from "../store/reads/lookups.ts"
import type { LaneRefusal } from "./lane.ts"
import type { Lanes } from "./lanes.ts"

type Received = RecordedEvent | Refusal | LaneRefusal

/** Sends payment events to the lane of their order or payment, or parks them until there is one. */
export interface PaymentEventHandler {
  /** Records an event and applies it once, however often it comes (I4). */
  receive(event: ProviderEvent, requestId?: string): Promise<Received>
  /**
   * Assigns a parked success to an order that it does not name, at the shop's request. From then on it is a payment
   * like any other: it pays the order, or is refunded. Repeated for the same order, it returns the same answer.
   */
  assign(
    assignment: { readonly provider: string; readonly key: string; readonly orderId: number },
    requestId?: string,
  ): Promise<Received | { readonly code: "payment_event_not_found" }>
  /** Applies up to `limit` parked events whose order or payment exists by now; returns how many. */
  applyParked(limit: number): Promise<number>
}

/** Is called when an event is parked. An event that is applied is a fact of its batch instead. */
export interface ParkedEventObserver {
  eventParked(event: {
    key: string
    /** Null: the event is about a dispute, which names its payment. */
    orderId: number | null
    duplicate: boolean
    requestId?: string | undefined
  }): void
}

/** What the handler works with. */
export interface PaymentEventServices {
  readonly lanes: Lanes
  readonly ids: Ids
  readonly inbox: Inbox
  readonly lookups: Lookups
  readonly observer: ParkedEventObserver
}

/** Makes the payment event handler of this process. */
export function createPaymentEventHandler(services: PaymentEventServices): PaymentEventHandler {
  const { inbox, observer } = services
  const { apply, applyToOrder } = createEventApplier(services)

  async function park(event: ProviderEvent, requestId?: string): Promise<Received> {
    const parked = await inbox.park(event)
    if (parked === null) return repeat(event, requestId)
    observer.eventParked({ key: event.key, orderId: event.orderId, duplicate: false, requestId })
    // The order may have been made between the look-up and the parking.
    const outcome = await apply(event, requestId)
    if (isWithoutOrder(outcome)) return { event: parked, duplicate: false }
    return isRefusal(outcome) ? outcome : { ...outcome, duplicate: false }
  }

  /** Answers an event that is parked already. */
  async function repeat(event: ProviderEvent, requestId?: string): Promise<Received> {
    const known = await inbox.find(event.provider, event.key)
    if (known === null) throw new Error(`event ${event.key} is neither new nor known`)
    if (known.fingerprint !== event.fingerprint) return { code: "event_key_reused" }
    observer.eventParked({ key: event.key, orderId: event.orderId, duplicate: true, requestId })
    return { event: known, duplicate: true }
  }

  return {
    async receive(event, requestId) {
      const outcome = await apply(event, requestId)
      return isWithoutOrder(outcome) ? park(event, requestId) : outcome
    },
    assign: createAssign(services, applyToOrder),
    async applyParked(limit) {
      const parked = await inbox.parkedWithOrder(limit)
      const outcomes = await Promise.all(parked.map((event) => apply(event)))
      return outcomes.filter((outcome) => outcome !== null && !isRefusal(outcome)).length
    },
  }
}

type Outcome = Received | null

/** True when an event has to be parked: its order or payment was not found, or was gone by the time of its batch. */
function isWithoutOrder(outcome: Outcome): outcome is null | Extract<Received, { code: "order_unknown" }> {
  return outcome === null || (isRefusal(outcome) && outcome.code === "order_unknown")
}

interface EventApplier {
  /** Null: the database has neither the event's order nor a hold to make it from, or not its payment. */
  readonly apply: (event: ProviderEvent, requestId?: string) => Promise<Outcome>
  readonly applyToOrder: ApplyToOrder
}

/** Applies an event in the lane of a product. `orderId`: the order, or the id that a new order gets. */
type ApplyToOrder = (
  event: PaymentEvent,
  order: { readonly productId: number; readonly orderId: number },
  requestId?: string,
) => Promise<Received>

/** Makes the part of the handler that finds the lane of an event and runs its command there. */
function createEventApplier({
  lanes,
  ids,
  lookups,
}: Pick<PaymentEventServices, "lanes" | "ids" | "lookups">): EventApplier {
  async function applyDispute(event: DisputeEvent, requestId?: string): Promise<Outcome> {
    const payment = await lookups.findPayment(event.provider, event.paymentId)
    if (payment === null) return null
    return (await lanes.submit({ kind: "record_dispute", ...payment, requestId, event })).outcome
  }

  async function applyPayment(event: PaymentEvent, requestId?: string): Promise<Outcome> {
    const order = await lookups.findOrder(event.orderId)
    const isNamed = order !== null && (event.holdId === null || event.holdId === order.holdId)
    if (isNamed) {
      return applyToOrder(event, { productId: order.productId, orderId: event.orderId }, requestId)
    }
    if (event.holdId === null) return null
    const hold = await lookups.findHold(event.holdId)
    if (hold === null || hold.productId !== event.productId || hold.qty !== event.quantity) return null
    // The order that the event has to make keeps the id that the event names, if that id is free.
    const isFree = await ids.claimOrderId(event.orderId, event.holdId)
    const orderId = isFree ? event.orderId : await ids.next("orders")
    return applyToOrder(event, { productId: hold.productId, orderId }, requestId)
  }

  const applyToOrder: ApplyToOrder = async (event, { productId, orderId }, requestId) => {
    const command = {
      kind: "record_payment_event",
      productId,
      requestId,
      event,
      newOrderId: orderId,
    } as const
    return (await lanes.submit(command)).outcome
  }

  return {
    apply: (event, requestId) =>
      event.disputeId === null ? applyPayment(event, requestId) : applyDispute(event, requestId),
    applyToOrder,
  }
}

/** Makes {@link PaymentEventHandler.assign}. */
function createAssign(
  { inbox, lookups }: Pick<PaymentEventServices, "inbox" | "lookups">,
  applyToOrder: ApplyToOrder,
): PaymentEventHandler["assign"] {
  return async ({ provider, key, orderId }, requestId) => {
    const event = await inbox.find(provider, key)
    const isMoney = event?.kind === "succeeded" && event.returnedAt === null
    const isFree = event?.outcome === "parked" || event?.appliedOrderId === orderId
    if (event?.disputeId !== null || !isMoney || !isFree) return { code: "payment_event_not_found" }
    if (event.outcome !== "parked") return { event, duplicate: true }
    const order = await lookups.findOrder(orderId)
    if (order === null) return { code: "order_not_found" }
    // The hold that the event names belongs to another order.
    const assigned = { ...event, orderId, holdId: null }
    const outcome = await applyToOrder(assigned, { productId: order.productId, orderId }, requestId)
    if (isRefusal(outcome)) return outcome
    // The stored event, which still says which order it named.
    const applied = await inbox.find(provider, key)
    // A concurrent request may have assigned it to another order first.
    if (applied?.appliedOrderId !== orderId) return { code: "payment_event_not_found" }
    return { event: applied, duplicate: outcome.duplicate }
  }
}
