import { countsAfter, type Act, type Counts, type Look } from "./acts.ts"
import { betterInstead, type Tails } from "./exchange.ts"
import { eventsOf, type Event } from "./timeline.ts"

/** What the search came to. */
export type SearchResult =
  | { readonly found: true; readonly steps: number }
  /** `stuck`: what could not be explained in the attempt that came furthest; `reached`: how things stood. */
  | {
      readonly found: false
      readonly stuck: Event
      readonly reached: readonly Counts[]
      /** It ended without having tried everything: nobody knows whether there is one. */
      readonly gaveUp: boolean
    }

/** Situations that are looked at before the search gives up: some seconds of work, and some hundred MB. */
const LARGEST_SEARCH = 1_000_000

/**
 * Looks for an order of the acts, each at a moment of its own span, that is possible and makes every
 * look true at some moment of its span. Finds one if there is any.
 *
 * The way of Wing & Gong, as Lowe has made it fast: time goes on from one begin or end of a span to
 * the next, and an act is put in its place only when a span ends in which something must have happened;
 * looks, which change nothing, count as seen at the first moment at which they are true. A situation
 * that was met before, with no look more to be seen, is not looked at again.
 */
export function findOrder(start: Counts, acts: readonly Act[], looks: readonly Look[]): SearchResult {
  const { events, forgetAt } = eventsOf(acts, looks)
  const tails = tailsOf(acts)
  const met = new Map<string, (readonly number[])[]>()
  const furthest = new Furthest()
  const open: Situation[] = [{ at: 0, counts: start, pending: [], done: [], unseen: [] }]
  let steps = 0

  for (;;) {
    const next = open.pop()
    if (next === undefined) return furthest.result(events, false)
    const situation = goOn(next)
    if (situation.at === events.length) return { found: true, steps }
    furthest.note(situation)
    if (wasMet(met, situation)) continue
    if ((steps += 1) > LARGEST_SEARCH) return furthest.result(events, true)
    open.push(...choices(situation))
  }

  /** Lets time go on until something must be done first. */
  function goOn({ at, counts, pending, done, unseen }: Situation): Situation {
    for (; at < events.length; at += 1) {
      const event = events[at]
      if (event === undefined) break
      if ("look" in event) {
        const { what, look, index } = event
        if (what === "look_ends" && unseen.includes(index)) break
        if (what === "look_begins" && !look.isTrueOf(counts)) unseen = [...unseen, index]
        continue
      }
      const { what, act } = event
      if (what === "act_begins") {
        if (canStillHappen(act, pending, done)) pending = [...pending, act.number]
        continue
      }
      if (pending.includes(act.number)) {
        if (isReady(act, done)) break
        pending = pending.filter((number) => number !== act.number)
      }
      done = done.filter((number) => forgetAt.get(number) !== at)
    }
    return { at, counts, pending, done, unseen }
  }

  /** What may happen next, the most probable last, because the last one is tried first. */
  function choices(situation: Situation): Situation[] {
    const { at, counts, pending, done, unseen } = situation
    const ready = pending.flatMap((number) => {
      const act = acts[number]
      const isAwaited = unseen.some((index) => looks[index]?.before === number)
      return act !== undefined && isReady(act, done) && !isAwaited ? [act] : []
    })
    const next = ready
      .filter((act) => !ready.some((other) => betterInstead(other, act, tails)))
      .sort((a, b) => b.hint - a.hint)
      .flatMap((act) => {
        const after = countsAfter(act, counts)
        return after === null ? [] : [doing(act, after, situation)]
      })
      // What makes an answer true that waits for it is probably what happened.
      .sort((a, b) => b.unseen.length - a.unseen.length)
    const event = events[at]
    if (event === undefined || "look" in event || event.act.must) return next
    return [...next, lettingGo(event.act, ready, situation)]
  }

  /** It never happens; nor does what it would have been better than. */
  function lettingGo(act: Act, ready: readonly Act[], situation: Situation): Situation {
    const gone = ready.filter((other) => other === act || betterInstead(act, other, tails))
    const numbers = new Set(gone.map(({ number }) => number))
    return { ...situation, pending: situation.pending.filter((number) => !numbers.has(number)) }
  }

  function doing(act: Act, counts: Counts, { at, pending, done, unseen }: Situation): Situation {
    const isRemembered = act.rivals.length > 0 || tails.has(act.number)
    const spent = act.after !== null && acts[act.after]?.rivals.length === 0 ? act.after : null
    const kept = done.filter((number) => number !== spent)
    return {
      at,
      counts,
      pending: pending.filter((number) => number !== act.number && !act.rivals.includes(number)),
      done: isRemembered ? [...kept, act.number].sort((a, b) => a - b) : kept,
      unseen: unseen.filter((index) => looks[index]?.isTrueOf(counts) !== true),
    }
  }
}

/** Where the search stands: what is settled is in `counts`, the rest by numbers. */
interface Situation {
  /** The next event. */
  readonly at: number
  readonly counts: Counts
  /** Acts that have begun, and have neither been done nor become impossible. */
  readonly pending: readonly number[]
  /** Acts that were done and that others still depend on. */
  readonly done: readonly number[]
  /** Looks that have begun and were not true yet. */
  readonly unseen: readonly number[]
}

function canStillHappen({ after, rivals }: Act, pending: readonly number[], done: readonly number[]) {
  if (rivals.some((number) => done.includes(number))) return false
  return after === null || done.includes(after) || pending.includes(after)
}

/** What comes after something that never happened need not, and cannot, happen either. */
function isReady({ after }: Act, done: readonly number[]): boolean {
  return after === null || done.includes(after)
}

function tailsOf(acts: readonly Act[]): Tails {
  const tails = new Map<number, Act>()
  for (const act of acts) if (act.after !== null) tails.set(act.after, act)
  return tails
}

/** Whether it was looked at before, with the same looks still unseen or fewer. */
function wasMet(met: Map<string, (readonly number[])[]>, { at, counts, pending, done, unseen }: Situation) {
  const { available, live, lapsed, sold } = counts
  const key = `${at}:${available},${live},${lapsed},${sold}:${pending.join()}:${done.join()}`
  const before = met.get(key)
  if (before === undefined) {
    met.set(key, [unseen])
    return false
  }
  if (before.some((other) => other.every((index) => unseen.includes(index)))) return true
  before.push(unseen)
  return false
}

/** Remembers the attempts that came furthest, to say what stood in their way. */
class Furthest {
  #at = -1
  #reached = new Map<string, Counts>()

  note({ at, counts }: Situation): void {
    if (at < this.#at) return
    if (at > this.#at) this.#reached.clear()
    this.#at = at
    this.#reached.set(Object.values(counts).join(), counts)
  }

  result(events: readonly Event[], gaveUp: boolean): SearchResult {
    const stuck = events[this.#at]
    if (stuck === undefined) throw new Error("the search ended before it began")
    return { found: false, stuck, reached: [...this.#reached.values()], gaveUp }
  }
}
