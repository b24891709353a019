import type { Response, AllowedLags, Operation, Moment, ProductRecord } from "./operations.ts"
import { onRecorderClock, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { observedStates, type ObservedState } from "./observed-states.ts"
import type { HoldSubhistory } from "./subhistories.ts"

/** What a hold lives in. */
export interface CheckContext {
  readonly product: ProductRecord
  readonly clock: ClockOffset
  readonly lags: AllowedLags
}

/** The file of a hold, read. */
export interface HoldEvidence extends CheckContext {
  readonly subhistory: HoldSubhistory
  /** The calls whose answers tell any of the facts. */
  readonly operationsShowing: (...states: readonly ObservedState[]) => readonly Operation[]
}

/** Reads a file. Throws a {@link Contradiction} where two answers cannot both be true, whenever they were given. */
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

/** How the hold ended; null: nobody has seen it. */
export function endOfHold({ operationsShowing }: HoldEvidence): "released" | "expired" | "ordered" | null {
  return oneOf(operationsShowing, ["released", "expired", "ordered"])
}

/** How the order ended at first; null: nobody can say. Money may come late after the first two. */
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

/** Each of these has an effect at most once (I3, I4). */
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

/** An event that comes again gets its first answer, marked as a duplicate. */
function expectSameOutcome(
  operation: Operation,
  { outcome, duplicate }: PaymentAnswer,
  operations: readonly Operation[],
): void {
  const others = operations.filter((other) => other !== operation && isSameEvent(other, operation))
  const different = others.filter(
    ({ response }) => response.kind === "payment" && response.outcome !== outcome,
  )
  if (different.length > 0) throw new Contradiction("one event had two outcomes", [...different, operation])
  if (duplicate && !others.some(({ startedAt }) => startedAt <= operation.endedAt)) {
    throw new Contradiction("a payment event was called a duplicate when it came first", [operation])
  }
}

type PaymentAnswer = Extract<Response, { kind: "payment" }>

function isSameEvent({ invocation: one }: Operation, { invocation: other }: Operation): boolean {
  return one.kind === "pay" && other.kind === "pay" && one.key === other.key
}

/** The database's clock decides what is over, and every answer about it is given at some moment. */
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
  if (tooLong.length > 0) throw new Contradiction(`the ${subject} was valid after its time`, tooLong)
  const tooShort = over.filter(({ endedAt }) => endedAt < earliest)
  if (tooShort.length > 0) throw new Contradiction(`the ${subject} was over before its time`, tooShort)
}
