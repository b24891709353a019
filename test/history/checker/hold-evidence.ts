import type { Response, AllowedLags, Operation, Moment, ProductRecord } from "./operations.ts"
import { onRecorderClock, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { observedStates, type ObservedState } from "./observed-states.ts"
import type { HoldSubhistory } from "./subhistories.ts"

/** The settings under which the operations on one hold are judged. */
export interface CheckContext {
  readonly product: ProductRecord
  readonly clock: ClockOffset
  readonly lags: AllowedLags
}

/** The operations on one hold, and which of them show it in which state. */
export interface HoldEvidence extends CheckContext {
  readonly subhistory: HoldSubhistory
  /** The operations whose responses show any of the states. */
  readonly operationsShowing: (...states: readonly ObservedState[]) => readonly Operation[]
}

/** Reads a subhistory. Throws a {@link Contradiction} if two responses exclude each other in every order. */
export function evidenceOf(subhistory: HoldSubhistory, context: CheckContext): HoldEvidence {
  const operations = subhistory.operations.map((operation) => ({
    operation,
    states: observedStates(operation),
  }))
  const evidence = {
    ...context,
    subhistory,
    operationsShowing: (...states: readonly ObservedState[]) =>
      operations
        .filter((one) => one.states.some((state) => states.includes(state)))
        .map(({ operation }) => operation),
  }
  expectDoneOnce(evidence)
  expectPlausibleTimes(evidence)
  return evidence
}

/** How the hold ended; null if no response shows it. */
export function endOfHold({ operationsShowing }: HoldEvidence): "released" | "expired" | "ordered" | null {
  return oneOf(operationsShowing, ["released", "expired", "ordered"])
}

/** How the order first ended; null if no response shows it. After the first two a payment may still come late. */
export function endOfOrder({
  operationsShowing,
}: HoldEvidence): "cancelled" | "order_expired" | "paid" | null {
  return oneOf(operationsShowing, ["cancelled", "order_expired", "paid"])
}

function oneOf<S extends ObservedState>(
  operationsShowing: HoldEvidence["operationsShowing"],
  states: readonly S[],
): S | null {
  const seen = states.filter((state) => operationsShowing(state).length > 0)
  const [first, second] = seen
  if (first === undefined) return null
  if (second !== undefined)
    throw new Contradiction(`both ${first} and ${second}`, operationsShowing(first, second))
  return first
}

/** Creating an order, granting a hold and paying take effect at most once each (I3, I4). */
function expectDoneOnce({ subhistory }: HoldEvidence): void {
  const { operations } = subhistory
  const created = operations.filter(({ response }) => response.kind === "order" && response.created)
  if (created.length > 1) throw new Contradiction("the order was made twice", created)
  const granted = subhistory.granted.filter(({ response }) => response.kind === "hold" && !response.replayed)
  if (granted.length > 1) throw new Contradiction("the hold was made twice", granted)
  const paid = operations.filter(
    ({ response }) => response.kind === "payment" && response.outcome === "paid" && !response.duplicate,
  )
  if (paid.length > 1) throw new Contradiction("the order was paid twice", paid)
  for (const operation of operations)
    if (operation.response.kind === "payment") expectSameOutcome(operation, operation.response, operations)
}

/** A repeated payment event gets the outcome of its first delivery, marked as a duplicate. */
function expectSameOutcome(
  operation: Operation,
  { outcome, duplicate }: PaymentResponse,
  operations: readonly Operation[],
): void {
  const others = operations.filter((other) => other !== operation && isSameEvent(other, operation))
  const different = others.filter(
    ({ response }) => response.kind === "payment" && response.outcome !== outcome,
  )
  if (different.length > 0) throw new Contradiction("one event had two outcomes", [...different, operation])
  if (duplicate && !others.some(({ startedAt }) => startedAt <= operation.endedAt)) {
    throw new Contradiction("the first delivery of a payment event was called a duplicate", [operation])
  }
}

type PaymentResponse = Extract<Response, { kind: "payment" }>

function isSameEvent({ invocation: one }: Operation, { invocation: other }: Operation): boolean {
  return one.kind === "pay" && other.kind === "pay" && one.key === other.key
}

/** The database's clock decides what has expired: no response may show an expiry too early or too late for its interval. */
function expectPlausibleTimes({ subhistory: { hold, order }, clock, operationsShowing }: HoldEvidence): void {
  expectTimes("hold", hold.expiresAt, [operationsShowing("active"), operationsShowing("expired")], clock)
  if (order !== null)
    expectTimes(
      "order",
      order.expiresAt,
      [operationsShowing("pending"), operationsShowing("order_expired")],
      clock,
    )
}

function expectTimes(
  subject: string,
  deadline: Moment,
  [waiting, over]: readonly [readonly Operation[], readonly Operation[]],
  clock: ClockOffset,
): void {
  const [earliest, latest] = onRecorderClock(deadline, clock)
  const tooLong = waiting.filter(({ startedAt }) => startedAt > latest)
  if (tooLong.length > 0) throw new Contradiction(`the ${subject} was valid after its deadline`, tooLong)
  const tooShort = over.filter(({ endedAt }) => endedAt < earliest)
  if (tooShort.length > 0) throw new Contradiction(`the ${subject} had expired before its deadline`, tooShort)
}
