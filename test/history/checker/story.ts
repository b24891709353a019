import type { Answer, Bounds, Call, Moment, ProductRecord } from "./calls.ts"
import { onRecorderClock, type ClockOffset } from "./clock.ts"
import { Contradiction } from "./contradiction.ts"
import { factsOf, type Fact } from "./facts.ts"
import type { HoldFile } from "./files.ts"

/** What a hold lives in. */
export interface Circumstances {
  readonly product: ProductRecord
  readonly clock: ClockOffset
  readonly bounds: Bounds
}

/** The file of a hold, read. */
export interface Story extends Circumstances {
  readonly file: HoldFile
  /** The calls whose answers tell any of the facts. */
  readonly told: (...facts: readonly Fact[]) => readonly Call[]
}

/** Reads a file. Throws a {@link Contradiction} where two answers cannot both be true, whenever they were given. */
export function storyOf(file: HoldFile, circumstances: Circumstances): Story {
  const calls = file.calls.map((call) => ({ call, facts: factsOf(call) }))
  const story = {
    ...circumstances,
    file,
    told: (...facts: readonly Fact[]) =>
      calls.filter((one) => one.facts.some((fact) => facts.includes(fact))).map(({ call }) => call),
  }
  expectDoneOnce(story)
  expectPlausibleTimes(story)
  return story
}

/** How the hold ended; null: nobody has seen it. */
export function endOfHold({ told }: Story): "released" | "expired" | "ordered" | null {
  return oneOf(told, ["released", "expired", "ordered"])
}

/** How the order ended at first; null: nobody can say. Money may come late after the first two. */
export function endOfOrder({ told }: Story): "cancelled" | "order_expired" | "paid" | null {
  return oneOf(told, ["cancelled", "order_expired", "paid"])
}

function oneOf<F extends Fact>(told: Story["told"], facts: readonly F[]): F | null {
  const seen = facts.filter((fact) => told(fact).length > 0)
  const [first, second] = seen
  if (first === undefined) return null
  if (second !== undefined) throw new Contradiction(`both ${first} and ${second}`, told(first, second))
  return first
}

/** Each of these has an effect at most once (I3, I4). */
function expectDoneOnce({ file }: Story): void {
  const { calls } = file
  const created = calls.filter(({ answer }) => answer.is === "order" && answer.created)
  if (created.length > 1) throw new Contradiction("the order was made twice", created)
  const granted = file.granted.filter(({ answer }) => answer.is === "hold" && !answer.replayed)
  if (granted.length > 1) throw new Contradiction("the hold was made twice", granted)
  const paid = calls.filter(
    ({ answer }) => answer.is === "payment" && answer.outcome === "paid" && !answer.duplicate,
  )
  if (paid.length > 1) throw new Contradiction("the order was paid twice", paid)
  for (const call of calls) if (call.answer.is === "payment") expectSameOutcome(call, call.answer, calls)
}

/** An event that comes again gets its first answer, marked as a duplicate. */
function expectSameOutcome(call: Call, { outcome, duplicate }: PaymentAnswer, calls: readonly Call[]): void {
  const others = calls.filter((other) => other !== call && isSameEvent(other, call))
  const different = others.filter(({ answer }) => answer.is === "payment" && answer.outcome !== outcome)
  if (different.length > 0) throw new Contradiction("one event had two outcomes", [...different, call])
  if (duplicate && !others.some(({ startedAt }) => startedAt <= call.endedAt)) {
    throw new Contradiction("a payment event was called a duplicate when it came first", [call])
  }
}

type PaymentAnswer = Extract<Answer, { is: "payment" }>

function isSameEvent({ asked: one }: Call, { asked: other }: Call): boolean {
  return one.what === "pay" && other.what === "pay" && one.key === other.key
}

/** The database's clock decides what is over, and every answer about it is given at some moment. */
function expectPlausibleTimes({ file: { hold, order }, clock, told }: Story): void {
  expectTimes("hold", hold.expiresAt, [told("active"), told("expired")], clock)
  if (order !== null) expectTimes("order", order.expiresAt, [told("pending"), told("order_expired")], clock)
}

function expectTimes(
  what: string,
  deadline: Moment,
  [waiting, over]: readonly [readonly Call[], readonly Call[]],
  clock: ClockOffset,
): void {
  const [earliest, latest] = onRecorderClock(deadline, clock)
  const tooLong = waiting.filter(({ startedAt }) => startedAt > latest)
  if (tooLong.length > 0) throw new Contradiction(`the ${what} was valid after its time`, tooLong)
  const tooShort = over.filter(({ endedAt }) => endedAt < earliest)
  if (tooShort.length > 0) throw new Contradiction(`the ${what} was over before its time`, tooShort)
}
