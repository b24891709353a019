import { stockOf, type Act, type Counts, type Look } from "./acts.ts"
import type { Answer, Asked, Bounds, Call, History, ProductRecord } from "./calls.ts"
import type { ClockOffset } from "./clock.ts"
import type { Files } from "./files.ts"
import { lifeOf, phantomLife, type Draft } from "./lives.ts"

/** One product's part of a history: what happened to its units, and what was seen of them. */
export interface ProductHistory {
  readonly start: Counts
  readonly acts: readonly Act[]
  readonly looks: readonly Look[]
}

interface Context {
  readonly files: Files
  readonly clock: ClockOffset
  readonly bounds: Bounds
}

/** Tells the acts and looks of one product. Throws a contradiction when one of its holds has no possible life. */
export function productHistory(product: ProductRecord, { calls }: History, context: Context): ProductHistory {
  const circumstances = { product, clock: context.clock, bounds: context.bounds }
  const isOurs = ({ productId }: { productId: number }) => productId === product.id
  const acts: Act[] = []
  const granted = new Map<Call, number>()
  const { holds, phantoms } = context.files
  for (const file of [...holds.filter(isOurs), ...phantoms.filter(isOurs)]) {
    const drafts = "hold" in file ? lifeOf(file, circumstances) : phantomLife(file, circumstances)
    // The first of them is the grant.
    if (drafts.length > 0) for (const call of file.refused) granted.set(call, acts.length)
    acts.push(...numbered(drafts, acts.length))
  }
  const own = calls.filter(({ asked }) => "productId" in asked && isOurs(asked))
  for (const call of own) acts.push(...stockChange(call, acts.length))
  return {
    start: { available: product.stock, live: 0, lapsed: 0, sold: 0 },
    acts,
    looks: own.flatMap((call) => lookOf(call, context.bounds, granted.get(call) ?? null)),
  }
}

/** One life's drafts with numbers from `first` on. */
function numbered(drafts: readonly Draft[], first: number): Act[] {
  const numbers = new Map(drafts.map((draft, index) => [draft, first + index]))
  return drafts.map(({ rivalry, after, ...rest }, index) => ({
    ...rest,
    number: first + index,
    allows: () => true,
    after: after === null ? null : (numbers.get(after) ?? null),
    rivals: drafts.flatMap((other, place) =>
      rivalry !== null && other.rivalry === rivalry && place !== index ? [first + place] : [],
    ),
  }))
}

function stockChange(call: Call, number: number): Act[] {
  const { asked, answer, startedAt: from, endedAt: until } = call
  if (asked.what !== "set_stock" || answer.is === "refused") return []
  const { stock, expected } = asked
  const must = answer.is === "product"
  const allows = (before: Counts, after: Counts) =>
    stockOf(before) === expected && (answer.is !== "product" || isShown(answer, after))
  const rest = { after: null, rivals: [], hint: must ? (from + until) / 2 : Infinity, calls: [call] }
  return [{ number, kind: "stock", qty: stock - expected, allows, from, until, must, ...rest }]
}

/** The numbers are those of these units. */
function isShown(
  { available, held, sold, stock }: Extract<Answer, { is: "product" }>,
  counts: Counts,
): boolean {
  return (
    counts.available === available &&
    counts.live + counts.lapsed === held &&
    counts.sold === sold &&
    stockOf(counts) === stock
  )
}

function lookOf(call: Call, bounds: Bounds, before: number | null): Look[] {
  const { asked, answer, startedAt, endedAt: until } = call
  const isTrueOf = predicateOf(asked, answer)
  if (isTrueOf === null) return []
  return [
    {
      from: startedAt - lag(asked, bounds),
      until,
      call,
      before,
      shown: answer.is === "product" ? answer : null,
      isTrueOf,
    },
  ]
}

function lag(asked: Asked, { refusalMs, readMs }: Bounds): number {
  if (asked.what === "look_at_product") return readMs
  return asked.what === "hold" && asked.key === null ? refusalMs : 0
}

/** What the answer says of the units; null: nothing. */
function predicateOf(asked: Asked, answer: Answer): Look["isTrueOf"] | null {
  if (asked.what === "look_at_product" && answer.is === "product") {
    return (counts) => isShown(answer, counts)
  }
  if (answer.is !== "refused") return null
  const { code, available: shown } = answer
  if (asked.what === "hold" && code === "out_of_stock") {
    // What is over by time is worth nothing: its units are there for whoever asks (I6).
    return ({ available, lapsed }) =>
      available + lapsed < asked.qty && (shown === undefined || shown === available + lapsed)
  }
  if (asked.what !== "set_stock") return null
  if (code === "stock_changed") return (counts) => stockOf(counts) !== asked.expected
  return code === "stock_in_use" ? ({ live, lapsed, sold }) => live + lapsed + sold > asked.stock : null
}
