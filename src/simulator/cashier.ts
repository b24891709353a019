import { randomBytes } from "node:crypto"
import type { Timers } from "./timers.ts"
import type { Books, DisputedPayment, SimulatedPayment, SimulatedRefund } from "./books.ts"
import type { Deliveries } from "./deliveries.ts"
import { disputeEvent, paymentEvent, refundEvent } from "./events.ts"
import { isSame, refundObstacle } from "./refund-rules.ts"
import { plainTelling, type Course, type DisputeCourse, type Plan, type Telling } from "./plan.ts"

/** What a payment is about. */
export type NewPayment = Pick<
  SimulatedPayment,
  "orderId" | "amountMinor" | "currency" | "holdId" | "productId" | "quantity" | "returnUrl"
>

/** How a payment is to end. */
export interface Ending extends Telling {
  readonly result: "succeed" | "decline"
  readonly capturedMinor: number
  readonly delayMs: number | "late"
  readonly outOfOrder: boolean
  /** How many of its refunds will fail, one after the other. */
  readonly failRefunds: number
}

/** Money that the shop sends back. */
export type NewRefund = Pick<SimulatedRefund, "paymentId" | "amountMinor" | "currency"> & {
  readonly reference: string
}

/** Why something is not done. */
export type CashierRefusal =
  /** Too much is kept, or waits to be told. */
  | "full"
  | "payment not found"
  | "payment not open"
  | "payment not captured"
  | "more than captured"
  /** A payment is disputed once. */
  | "disputed before"
  | "no open dispute"
  | "refund not found"
  | "refund not back"
  | "wrong currency"
  | "key reused"

/** Takes payments and gives money back, and tells the shop of it. */
export interface Cashier {
  /** Opens a payment; under a wild plan, its course begins. */
  open(payment: NewPayment): Promise<SimulatedPayment | CashierRefusal>
  /** Lets an open payment end; its result may take a while. */
  end(id: string, ending: Ending): SimulatedPayment | CashierRefusal
  /** Ends a payment that has not succeeded, also one whose result is under way. Again: nothing more. */
  cancel(id: string): SimulatedPayment | CashierRefusal
  /** The buyer's bank takes so much of a payment back; null: all that is left of it. */
  dispute(id: string, amountMinor: number | null): SimulatedPayment | CashierRefusal
  /** The bank gives it up (won), or keeps it. */
  endDispute(id: string, end: "won" | "lost"): SimulatedPayment | CashierRefusal
  /** The shop gives so much of a payment back in the provider's own pages; null: all that is left. */
  refundElsewhere(id: string, amountMinor: number | null): SimulatedPayment | CashierRefusal
  /** A refund that was back fails after all: the money is with the shop again. */
  reverseRefund(id: string): SimulatedRefund | CashierRefusal
  /** The same key again is the same refund, unless that has failed: then it is tried once more. */
  refund(key: string, refund: NewRefund): SimulatedRefund | CashierRefusal
}

export interface CashierParts {
  readonly books: Books
  readonly deliveries: Deliveries
  readonly plan: Plan
  readonly timers: Timers
  /** How long a late payment takes: longer than an order waits. */
  readonly lateMs: number
}

/** A refund is on its way for so long. */
const REFUND_TAKES_MS = 50
/** A webhook that is told before the payment's creation is answered keeps its caller waiting no longer. */
const TOLD_BEFORE_WITHIN_MS = 1_000

/** Opens for business. */
export function createCashier({ books, deliveries, plan, timers, lateMs }: CashierParts): Cashier {
  // Ids of another run must not come again, whatever the seed: a shop remembers them for ever.
  const run = randomBytes(6).toString("base64url")
  let lastNumber = 0
  const nextId = (kind: "pay" | "re" | "dp") => `${kind}_${run}_${(lastNumber += 1)}`

  /** Sends the copies, the forgery first. Resolves when the first copy has been taken or given up. */
  function tell(event: { readonly id: string }, { pausesMs, badSignature }: Telling): Promise<unknown> {
    const message = { id: event.id, body: JSON.stringify(event) }
    if (badSignature) void deliveries.send({ ...message, pauseMs: 0, isForged: true })
    const [first] = pausesMs.map((pauseMs) => deliveries.send({ ...message, pauseMs }))
    return first ?? Promise.resolve()
  }

  /** The payment's result comes now. Resolves when the shop has heard of it. */
  async function conclude(id: string, ending: Ending): Promise<void> {
    const hasSucceeded = ending.result === "succeed"
    if (books.payment(id)?.status !== "processing") return deliveries.leave(messagesOf(ending))
    const { capturedMinor, failRefunds } = ending
    const payment = books.change(
      id,
      hasSucceeded ? { status: "succeeded", capturedMinor, failRefunds } : { status: "declined" },
    )
    const told = tell(paymentEvent(payment, hasSucceeded ? "succeeded" : "failed"), ending)
    if (tellsAttempt(ending))
      void told.then(() => tell(paymentEvent(payment, "attempt_failed"), plainTelling))
    const course = hasSucceeded ? plan.nextDispute() : null
    if (course !== null && deliveries.reserve(messagesOfDispute(course))) void disputeAsPlanned(id, course)
    await told
  }

  /** As the plan says, if there is something left to take back by then. There is room for its messages. */
  async function disputeAsPlanned(id: string, course: DisputeCourse): Promise<void> {
    await timers.wait(course.delayMs)
    const opened = openDispute(id, null)
    if (typeof opened === "string") return deliveries.leave(messagesOfDispute(course))
    void tell(disputeEvent(opened), course.opening)
    await timers.wait(course.endsAfterMs)
    const closed = closeDispute(id, course.end)
    // Somebody has asked for another end meanwhile.
    if (typeof closed === "string") return deliveries.leave(messagesOfTelling(course.ending))
    void tell(disputeEvent(closed), course.ending)
  }

  function openDispute(id: string, wanted: number | null): DisputedPayment | CashierRefusal {
    const payment = books.payment(id)
    if (payment === undefined) return "payment not found"
    if (payment.status !== "succeeded") return "payment not captured"
    if (payment.dispute !== null) return "disputed before"
    const leftMinor = payment.capturedMinor - payment.refundedMinor
    const amountMinor = wanted ?? leftMinor
    if (amountMinor === 0 || amountMinor > leftMinor) return "more than captured"
    const dispute = { id: nextId("dp"), amountMinor, status: "open" } as const
    return { ...books.change(id, { disputedMinor: amountMinor, dispute }), dispute }
  }

  function closeDispute(id: string, status: "won" | "lost"): DisputedPayment | CashierRefusal {
    const payment = books.payment(id)
    if (payment === undefined) return "payment not found"
    if (payment.dispute?.status !== "open") return "no open dispute"
    const dispute = { ...payment.dispute, status }
    const disputedMinor = status === "won" ? 0 : dispute.amountMinor
    return { ...books.change(id, { disputedMinor, dispute }), dispute }
  }

  /** Tells of it once, if there is room for that. */
  function toldOnce(change: () => DisputedPayment | CashierRefusal): SimulatedPayment | CashierRefusal {
    if (!deliveries.reserve(1)) return "full"
    const changed = change()
    if (typeof changed === "string") deliveries.leave(1)
    else void tell(disputeEvent(changed), plainTelling)
    return changed
  }

  /** Resolves when the first message of the result has been taken. */
  function begin(id: string, ending: Ending): Promise<void> {
    books.change(id, { status: "processing" })
    const delayMs = ending.delayMs === "late" ? lateMs : ending.delayMs
    return delayMs === 0 ? conclude(id, ending) : timers.wait(delayMs).then(() => conclude(id, ending))
  }

  async function settle(key: string, telling: Telling): Promise<void> {
    await timers.wait(REFUND_TAKES_MS)
    const refund = books.refund(key)
    const payment = refund && books.payment(refund.paymentId)
    if (refund === undefined || payment === undefined) throw new Error(`refund ${key} is not in the books`)
    const fails = payment.failRefunds > 0
    if (fails) books.change(payment.id, { failRefunds: payment.failRefunds - 1 })
    const settled = { ...refund, status: fails ? "failed" : "succeeded" } as const
    books.keepRefund(key, settled)
    await tell(refundEvent(settled), telling)
  }

  return {
    async open(content) {
      const course = plan.nextPayment()
      const ending = course === null ? null : endingOf(course, content.amountMinor)
      if (books.isFull || (ending !== null && !deliveries.reserve(messagesOf(ending)))) return "full"
      const id = nextId("pay")
      const payment = {
        ...content,
        id,
        status: "open",
        capturedMinor: 0,
        refundedMinor: 0,
        disputedMinor: 0,
        dispute: null,
        failRefunds: 0,
      } as const
      books.open(payment)
      if (course === null || ending === null) return payment
      const told = begin(id, ending)
      if (course.beforeOrder && content.holdId !== null) {
        await Promise.race([told, timers.wait(TOLD_BEFORE_WITHIN_MS)])
      }
      return books.payment(id) ?? payment
    },

    end(id, ending) {
      const payment = books.payment(id)
      if (payment === undefined) return "payment not found"
      if (payment.status !== "open") return "payment not open"
      if (!deliveries.reserve(messagesOf(ending))) return "full"
      void begin(id, ending)
      return books.payment(id) ?? payment
    },

    cancel(id) {
      const payment = books.payment(id)
      if (payment === undefined) return "payment not found"
      if (payment.status === "cancelled") return payment
      if (payment.status !== "open" && payment.status !== "processing") return "payment not open"
      if (!deliveries.reserve(1)) return "full"
      const cancelled = books.change(id, { status: "cancelled" })
      void tell(paymentEvent(cancelled, "cancelled"), plainTelling)
      return cancelled
    },

    dispute: (id, amountMinor) => toldOnce(() => openDispute(id, amountMinor)),
    endDispute: (id, end) => toldOnce(() => closeDispute(id, end)),

    refundElsewhere(id, wanted) {
      const payment = books.payment(id)
      if (payment === undefined) return "payment not found"
      const { capturedMinor, refundedMinor, disputedMinor, currency } = payment
      const amountMinor = wanted ?? capturedMinor - refundedMinor - disputedMinor
      const obstacle = refundObstacle(payment, { amountMinor, currency })
      if (obstacle !== null) return obstacle
      if (amountMinor === 0) return "more than captured"
      if (books.isFull || !deliveries.reserve(1)) return "full"
      const made = { paymentId: id, amountMinor, currency, reference: null }
      const refund = { ...made, id: nextId("re"), status: "succeeded" } as const
      // No key of the shop's has a line break.
      books.keepRefund(`\n${refund.id}`, refund)
      void tell(refundEvent(refund), plainTelling)
      return books.payment(id) ?? payment
    },

    reverseRefund(id) {
      const key = books.keyOfRefund(id)
      const refund = key === undefined ? undefined : books.refund(key)
      if (key === undefined || refund?.id !== id) return "refund not found"
      if (refund.status !== "succeeded") return "refund not back"
      if (!deliveries.reserve(1)) return "full"
      const failed = { ...refund, status: "failed" } as const
      books.keepRefund(key, failed)
      void tell(refundEvent(failed), plainTelling)
      return failed
    },

    refund(key, order) {
      const known = books.refund(key)
      if (known !== undefined && !isSame(known, order)) return "key reused"
      if (known !== undefined && known.status !== "failed") return known
      const payment = books.payment(order.paymentId)
      const obstacle = payment === undefined ? "payment not found" : refundObstacle(payment, order)
      if (obstacle !== null) return obstacle
      const telling = plan.nextRefund()
      if (books.isFull || !deliveries.reserve(messagesOfTelling(telling))) return "full"
      const refund = { ...order, id: nextId("re"), status: "pending" } as const
      books.keepRefund(key, refund)
      void settle(key, telling)
      return refund
    },
  }
}

function endingOf({ amount, ...course }: Course, amountMinor: number): Ending {
  const half = Math.ceil(amountMinor / 2)
  const captured = { exact: amountMinor, "too little": amountMinor - half, "too much": amountMinor + half }
  return { ...course, capturedMinor: captured[amount], failRefunds: 0 }
}

function messagesOf(ending: Ending): number {
  return messagesOfTelling(ending) + (tellsAttempt(ending) ? 1 : 0)
}

function tellsAttempt({ result, outOfOrder }: Ending): boolean {
  return result === "succeed" && outOfOrder
}

function messagesOfDispute({ opening, ending }: DisputeCourse): number {
  return messagesOfTelling(opening) + messagesOfTelling(ending)
}

function messagesOfTelling({ pausesMs, badSignature }: Telling): number {
  return pausesMs.length + (badSignature ? 1 : 0)
}
