import type { Counted, CourseSample, Live, LiveQuery } from "../../client/src/admin.ts"

/** The states of units, as the chart draws them. */
export const series = ["available", "held", "sold"] as const

/** The state of a sale at one second. */
export interface Sample {
  /** By the server's clock, in milliseconds since 1970. */
  readonly at: number
  readonly available: number
  readonly held: number
  readonly sold: number
  readonly state: CourseSample["sale_state"]
  /** Holds by result, as counted until then; null: this page did not receive them. */
  readonly holds: readonly Counted[] | null
}

/** An event in the feed of a sale. */
export interface SaleEvent {
  readonly at: number
  /** Absent: it happened at `at`. Otherwise at an unknown moment from then until `at`, because nobody was looking. */
  readonly since?: number
  readonly text: string
  /** Units sold, for an event about sales. */
  readonly sold?: number
  /** The order that the text is about; null or absent: none. */
  readonly orderId?: number | null
}

/** One sample a second for a quarter of an hour, as many as the server keeps. The chart is too narrow to show more. */
const MOST_SAMPLES = 900
const MOST_EVENTS = 100
/** Rates are averages over this many seconds, because rates of single seconds vary too much to be read. */
const RATE_SECONDS = 5
/** A pause between two answers in which the server may have seen more than this page. */
const GAP_MS = 3_000

/** The last minutes of a sale: what the server has kept of them, and what this page has received. */
export interface History {
  readonly samples: readonly Sample[]
  /** The newest first. */
  readonly events: readonly SaleEvent[]
  /** The last answer; null: none yet. */
  readonly last: Live | null
}

export const emptyHistory: History = { samples: [], events: [], last: null }

/** What a page asks for that has heard nothing for so many milliseconds: also for the course, if it lacks a part of it. */
export function wantedAfter(silentMs: number): LiveQuery {
  return silentMs > GAP_MS ? { include: "course" } : {}
}

/** Returns the history with another answer of the server added, and with the part of the course that it lacked. */
export function withLive(history: History, live: Live): History {
  const { product, server_time, product_holds: holds, course = [] } = live
  const at = Date.parse(server_time)
  const lacking = course
    .map((sample) => sampleOf(sample, { at: Date.parse(sample.at), holds: null }))
    .filter((sample) => sample.at < at)
  const { samples, events } = [...lacking, sampleOf(product, { at, holds })].reduce(withSample, history)
  if (samples === history.samples) return history
  const { last } = history
  const news = last === null ? [] : changesBetween(last, live)
  const when = { at, ...(last !== null && gapBetween(Date.parse(last.server_time), at)) }
  return {
    samples,
    events: [...news.map((text) => Object.assign({ text }, when)), ...events].slice(0, MOST_EVENTS),
    last: live,
  }
}

function sampleOf(units: Omit<CourseSample, "at">, more: Pick<Sample, "at" | "holds">): Sample {
  return {
    ...more,
    available: units.available_stock,
    held: units.reserved_stock,
    sold: units.sold_stock,
    state: units.sale_state,
  }
}

/** Adds a sample, unless it is older than the newest one. */
function withSample(history: History, sample: Sample): History {
  const { samples, events } = history
  const before = samples.at(-1)
  if (before !== undefined && before.at >= sample.at) return history
  const changes = before === undefined ? [] : changesOfUnits(before, sample)
  const when = { at: sample.at, ...(before !== undefined && gapBetween(before.at, sample.at)) }
  const news = changes.map((text) => Object.assign({ text }, when))
  const known = before === undefined ? events : withSales(events, when, sample.sold - before.sold)
  return {
    ...history,
    samples: [...samples, sample].slice(-MOST_SAMPLES),
    events: [...news, ...known].slice(0, MOST_EVENTS),
  }
}

/** The server keeps no samples while no live screen is open, so that what happened then has no moment. */
function gapBetween(since: number, at: number): Pick<SaleEvent, "since"> {
  return at - since > GAP_MS ? { since } : {}
}

/** Merges the sales of a minute into one event, so that they do not crowd out the other events. */
function withSales(
  events: readonly SaleEvent[],
  { at, since }: Pick<SaleEvent, "at" | "since">,
  sold: number,
): readonly SaleEvent[] {
  if (sold <= 0) return events
  if (since !== undefined) return [{ at, since, text: `${sold} sold` }, ...events]
  const sameMinute = events.findIndex(
    (event) => event.sold !== undefined && Math.floor(event.at / 60_000) === Math.floor(at / 60_000),
  )
  const total = sold + (events[sameMinute]?.sold ?? 0)
  const event = { at, text: `${total} sold this minute`, sold: total }
  return [event, ...events.filter((_, index) => index !== sameMinute)]
}

const states = {
  open: "The sale is open",
  all_held: "All units are held",
  sold_out: "Sold out",
  scheduled: "The sale is scheduled",
  paused: "The sale is paused",
  closed: "The sale is closed",
} as const

function changesOfUnits(was: Sample, is: Sample): string[] {
  const [before, after] = [stockOf(was), stockOf(is)]
  return [
    was.state === is.state ? null : states[is.state],
    before === after ? null : `The stock changed from ${before} to ${after}`,
  ].filter((text) => text !== null)
}

function stockOf({ available, held, sold }: Sample): number {
  return available + held + sold
}

/** What the course does not tell. */
function changesBetween(before: Live, after: Live): string[] {
  const { violations } = after.invariants
  return [
    ...(after.product.variants ?? []).map(({ id, name, sale_state }) => {
      const earlier = before.product.variants?.find((variant) => variant.id === id)
      const isNews = sale_state === "sold_out" && earlier !== undefined && earlier.sale_state !== "sold_out"
      return isNews ? `${name} is sold out` : null
    }),
    before.invariants.violations === violations ? null : `Violated invariants: ${violations}`,
  ].filter((text) => text !== null)
}

/** The least seconds that the chart spans, so that its axis has several times. */
const LEAST_SECONDS = 10

/** The first and the last second of a chart of these times. It ends now, also while there are few of them. */
export function spanOf(times: ArrayLike<number>): readonly [number, number] {
  const last = times[times.length - 1] ?? 0
  return [Math.min(times[0] ?? 0, last - LEAST_SECONDS), last]
}

/** Holds per second by result: created, released, expired, or the refusal code. */
export function ratesOf(samples: readonly Sample[]): readonly Counted[] {
  const counted = samples.flatMap(({ at, holds }) => (holds === null ? [] : [{ at, holds }]))
  const last = counted.at(-1)
  if (last === undefined) return []
  const first = counted.findLast(({ at }) => at <= last.at - RATE_SECONDS * 1_000) ?? counted[0]
  const seconds = first === undefined ? 0 : (last.at - first.at) / 1_000
  if (first === undefined || seconds <= 0) return []
  const before = new Map(first.holds.map(({ result, count }) => [result, count]))
  return last.holds.map(({ result, count }) => ({
    result,
    // The difference is negative if the process was restarted or another server has answered.
    count: Math.max(0, count - (before.get(result) ?? 0)) / seconds,
  }))
}

/** Results of holds that were granted; every other result is a refusal. */
export const granted: ReadonlySet<string> = new Set(["created", "released", "expired"])

/** The last sample of each of the last ten minutes, the newest first. */
export function byMinute(samples: readonly Sample[]): readonly Sample[] {
  const minutes = new Map(samples.map((sample) => [Math.floor(sample.at / 60_000), sample]))
  return [...minutes.values()].toReversed().slice(0, 10)
}
