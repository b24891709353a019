import type { RecordedEvent } from "../domain/commands.ts"
import type { DisputeEvent, PaymentEvent, PaymentEventRecord, ProviderEvent } from "../domain/payment.ts"
import { isRefusal, type Refusal } from "../domain/refusals.ts"
import type { Ids } from "../store/batch/ids.ts"
import type { Inbox } from "../store/reads/inbox.ts"
import type { Lookups } from "../store/reads/lookups.ts"
import type { LaneRefusal } from "./lane.ts"
import type { Lanes } from "./lanes.ts"

/** Brings payment events to the lane of their order, or payment, or keeps them until there is one. */
export interface PaymentEventHandler {
  /** Records an event and lets it act, once, however often it comes (I4). */
  receive(event: ProviderEvent, requestId?: string): Promise<RecordedEvent | Refusal | LaneRefusal>
  /**
   * Gives a parked success to an order that it does not name, by the shop's word. From there on it is a payment
   * like any other: it pays the order, or goes back. Again for the same order: the same answer.
   */
  assign(
    place: { readonly provider: string; readonly key: string; readonly orderId: number },
    requestId?: string,
  ): Promise<RecordedEvent | Refusal | LaneRefusal | { readonly code: "payment_event_not_found" }>
  /** Applies parked events whose order or payment has come to be meanwhile; returns how many. */
  applyParked(limit: number): Promise<number>
}

/** Hears of events that are parked; those that act are facts of their batch. */
export interface ParkedEventObserver {
  eventParked(event: {
    key: string
    /** Null: a dispute's, which names its payment. */
    orderId: number | null
    duplicate: boolean
    requestId?: string | undefined
  }): void
}

export interface DeskParts {
  readonly lanes: Lanes
  readonly ids: Ids
  readonly inbox: Inbox
  readonly lookups: Lookups
  readonly observer: ParkedEventObserver
}

/** Makes the payment event handler of this process. */
export function createPaymentEventHandler({
  lanes,
  ids,
  inbox,
  lookups,
  observer,
}: DeskParts): PaymentEventHandler {
  async function receive(event: ProviderEvent, requestId?: string) {
    const outcome = await actSomewhere(event, requestId)
    const isParked = outcome === null || (isRefusal(outcome) && outcome.code === "order_unknown")
    return isParked ? park(event, requestId) : outcome
  }

  /** Null: neither the order nor a hold that could become it is known, or not the payment. */
  function actSomewhere(event: ProviderEvent, requestId?: string) {
    return event.disputeId === null ? actOnOrder(event, requestId) : actOnPayment(event, requestId)
  }

  async function actOnPayment(event: DisputeEvent, requestId?: string) {
    const place = await lookups.placeOfPayment(event.provider, event.paymentId)
    if (place === null) return null
    return (await lanes.submit({ kind: "record_dispute", ...place, requestId, event })).outcome
  }

  async function actOnOrder(event: PaymentEvent, requestId?: string) {
    const order = await lookups.placeOfOrder(event.orderId)
    const isNamed = order !== null && (event.holdId === null || event.holdId === order.holdId)
    if (isNamed) return act(event, order.productId, event.orderId, requestId)
    if (event.holdId === null) return null
    const hold = await lookups.placeOfHold(event.holdId)
    if (hold === null || hold.productId !== event.productId || hold.qty !== event.quantity) return null
    // An order that the event has to make keeps the id it was given, if that is free.
    const isFree = await ids.claimOrderId(event.orderId, event.holdId)
    return act(event, hold.productId, isFree ? event.orderId : await ids.next("orders"), requestId)
  }

  async function act(event: PaymentEvent, productId: number, newOrderId: number, requestId?: string) {
    const command = { kind: "record_payment_event", productId, requestId, event, newOrderId } as const
    return (await lanes.submit(command)).outcome
  }

  async function park(
    event: ProviderEvent,
    requestId?: string,
  ): Promise<RecordedEvent | Refusal | LaneRefusal> {
    const parked = await inbox.park(event)
    if (parked === null) return repeated(event, requestId)
    observer.eventParked({ key: event.key, orderId: event.orderId, duplicate: false, requestId })
    // The order may have been made between the look-up and the parking.
    const outcome = await actSomewhere(event, requestId)
    if (outcome === null || (isRefusal(outcome) && outcome.code === "order_unknown")) {
      return { event: parked, duplicate: false }
    }
    return isRefusal(outcome) ? outcome : { ...outcome, duplicate: false }
  }

  async function repeated(
    event: ProviderEvent,
    requestId?: string,
  ): Promise<RecordedEvent | Refusal | LaneRefusal> {
    const known = await inbox.find(event.provider, event.key)
    if (known === null) throw new Error(`event ${event.key} is neither new nor known`)
    if (known.fingerprint !== event.fingerprint) return { code: "event_key_reused" }
    observer.eventParked({ key: event.key, orderId: event.orderId, duplicate: true, requestId })
    return { event: known, duplicate: true }
  }

  async function applyAll(parked: readonly PaymentEventRecord[]) {
    const outcomes = await Promise.all(parked.map((event) => actSomewhere(event)))
    return outcomes.filter((outcome) => outcome !== null && !isRefusal(outcome)).length
  }

  const assign: PaymentEventHandler["assign"] = async ({ provider, key, orderId }, requestId) => {
    const event = await inbox.find(provider, key)
    const isMoney = event?.kind === "succeeded" && event.returnedAt === null
    const isFree = event?.outcome === "parked" || event?.appliedOrderId === orderId
    if (event?.disputeId !== null || !isMoney || !isFree) return { code: "payment_event_not_found" }
    if (event.outcome !== "parked") return { event, duplicate: true }
    const place = await lookups.placeOfOrder(orderId)
    if (place === null) return { code: "order_not_found" }
    // The hold that it names is not this order's.
    const outcome = await act({ ...event, orderId, holdId: null }, place.productId, orderId, requestId)
    if (isRefusal(outcome)) return outcome
    // As it came: it still says which order it named.
    const applied = await inbox.find(provider, key)
    // Another request may have been faster.
    if (applied?.appliedOrderId !== orderId) return { code: "payment_event_not_found" }
    return { event: applied, duplicate: outcome.duplicate }
  }

  return {
    receive,
    assign,
    applyParked: async (limit) => applyAll(await inbox.parkedWithOrder(limit)),
  }
}
