import type { Counted, Live } from "../../client/src/admin.ts"

/** The states of units, as the chart draws them. */
export const series = ["available", "held", "sold"] as const

/** The state of a sale at one second, as the page received it. */
export interface Sample {
  /** By the server's clock, in milliseconds since 1970. */
  readonly at: number
  readonly available: number
  readonly held: number
  readonly sold: number
  readonly live: Live
}

/** An event in the feed of a sale. */
export interface SaleEvent {
  readonly at: number
  readonly text: string
  /** Units sold, for an event about sales. */
  readonly sold?: number
  /** The order that the text is about; null or absent: none. */
  readonly orderId?: number | null
}

/** One sample a second for a quarter of an hour. The chart is too narrow to show more. */
const MOST_SAMPLES = 900
const MOST_EVENTS = 100
/** Rates are averages over this many seconds, because rates of single seconds vary too much to be read. */
const RATE_SECONDS = 5

/** The course of a sale since the page was opened. */
export interface History {
  readonly samples: readonly Sample[]
  /** The newest first. */
  readonly events: readonly SaleEvent[]
}

export const emptyHistory: History = { samples: [], events: [] }

/** Returns the history with another answer of the server added. */
export function withLive({ samples, events }: History, live: Live): History {
  const { product } = live
  const sample = {
    at: Date.parse(live.server_time),
    available: product.available_stock,
    held: product.reserved_stock,
    sold: product.sold_stock,
    live,
  }
  const before = samples.at(-1)
  if (before !== undefined && before.at >= sample.at) return { samples, events }
  const changes = before === undefined ? [] : changesBetween(before.live, live)
  const news = changes.map((text) => ({ at: sample.at, text }))
  const known = before === undefined ? events : withSales(events, sample.at, sample.sold - before.sold)
  return {
    samples: [...samples, sample].slice(-MOST_SAMPLES),
    events: [...news, ...known].slice(0, MOST_EVENTS),
  }
}

/** Merges the sales of a minute into one event, so that they do not crowd out the other events. */
function withSales(events: readonly SaleEvent[], at: number, sold: number): readonly SaleEvent[] {
  if (sold <= 0) return events
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

function changesBetween(before: Live, after: Live): string[] {
  const [was, is] = [before.product, after.product]
  const { violations } = after.invariants
  return [
    was.sale_state === is.sale_state ? null : states[is.sale_state],
    was.stock === is.stock ? null : `The stock changed from ${was.stock} to ${is.stock}`,
    ...(is.variants ?? []).map(({ id, name, sale_state }) => {
      const earlier = was.variants?.find((variant) => variant.id === id)
      const isNews = sale_state === "sold_out" && earlier !== undefined && earlier.sale_state !== "sold_out"
      return isNews ? `${name} is sold out` : null
    }),
    before.invariants.violations === violations ? null : `Violated invariants: ${violations}`,
  ].filter((text) => text !== null)
}

/** Holds per second by result: created, released, expired, or the refusal code. */
export function ratesOf(samples: readonly Sample[]): readonly Counted[] {
  const last = samples.at(-1)
  if (last === undefined) return []
  const first = samples.findLast(({ at }) => at <= last.at - RATE_SECONDS * 1_000) ?? samples[0]
  const seconds = first === undefined ? 0 : (last.at - first.at) / 1_000
  if (first === undefined || seconds <= 0) return []
  const before = new Map(first.live.product_holds.map(({ result, count }) => [result, count]))
  return last.live.product_holds.map(({ result, count }) => ({
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
