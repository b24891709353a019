import { expect, test } from "vitest"
import type { CourseSample, Live } from "../../client/src/admin.ts"
import type { ShopVariant } from "../../client/src/index.ts"
import { emptyHistory, ratesOf, spanOf, wantedAfter, withLive } from "../../web/admin/sale-history.ts"
import { lamp, variant } from "./product.ts"

function liveAt(second: number, variants: readonly ShopVariant[] = []): Live {
  return {
    product: { ...lamp, variants },
    paused: false,
    expiry_lag_seconds: 0,
    money_inbox_count: 0,
    counters: { since: null, processes: 1, holds: [], orders: [] },
    product_holds: [],
    figures: null,
    database: { split_brain: false, lost_changes: 0, replication: null },
    invariants: { violations: 0, recounted_at: null },
    redis: null,
    server_time: `2026-11-27T12:00:0${second}.000Z`,
  }
}

test("the events of a sale name a variant once when it is sold out, and not one that was so before or is new", () => {
  const gone = { sale_state: "sold_out" } as const
  const answers = [
    liveAt(1, [variant(1, "41"), variant(2, "42", gone)]),
    liveAt(2, [variant(1, "41", gone), variant(2, "42", gone), variant(3, "43", gone)]),
    liveAt(3, [variant(1, "41", gone), variant(2, "42", gone), variant(3, "43", gone)]),
  ]
  const { events } = answers.reduce(withLive, emptyHistory)
  expect(events.map(({ text }) => text)).toEqual(["41 is sold out"])
})

const sold = (second: number, sold_stock: number, more: Partial<CourseSample> = {}): CourseSample => ({
  at: `2026-11-27T12:00:0${second}.500Z`,
  available_stock: 7 - sold_stock,
  reserved_stock: 3,
  sold_stock,
  sale_state: "open",
  ...more,
})

test("a page that was reloaded shows the course that the server has kept, and what happened in it", () => {
  const course = [sold(1, 0, { sale_state: "paused" }), sold(2, 0), sold(3, 2), sold(4, 3)]
  const { samples, events } = withLive(emptyHistory, { ...liveAt(6), course })

  expect(samples.map((sample) => sample.sold)).toEqual([0, 0, 2, 3, 3])
  expect(events.map(({ text }) => text)).toEqual(["3 sold this minute", "The sale is open"])
})

test("what happened while nobody looked has no moment of its own", () => {
  const course = [sold(0, 0, { sale_state: "paused" }), sold(5, 1), sold(6, 3)]
  const { events } = withLive(emptyHistory, { ...liveAt(7), course })

  const noon = Date.parse("2026-11-27T12:00:00.000Z")
  expect(events).toEqual([
    { at: noon + 6_500, text: "2 sold this minute", sold: 2 },
    { at: noon + 5_500, since: noon + 500, text: "The sale is open" },
    { at: noon + 5_500, since: noon + 500, text: "1 sold" },
  ])
})

test("of a course only what the page has not seen itself is added", () => {
  const seen = withLive(withLive(emptyHistory, liveAt(1)), liveAt(2))
  const course = [sold(0, 0), sold(1, 0), sold(2, 3), sold(3, 3), sold(4, 3), sold(7, 3)]
  const { samples, events } = withLive(seen, { ...liveAt(5), course })

  const noon = Date.parse("2026-11-27T12:00:00.000Z")
  expect(samples.map(({ at }) => at - noon)).toEqual([1_000, 2_000, 2_500, 3_500, 4_500, 5_000])
  expect(events).toEqual([])
})

test("the course is asked for by a page that is new, or has heard nothing for more than three seconds", () => {
  expect([Infinity, 3_001, 3_000, 0].map(wantedAfter)).toEqual([
    { include: "course" },
    { include: "course" },
    {},
    {},
  ])
})

test("rates are those of the answers that the page received itself", () => {
  const counted = (second: number, count: number): Live => ({
    ...liveAt(second),
    product_holds: [{ result: "created", count }],
  })
  const history = withLive(
    withLive(emptyHistory, { ...counted(4, 10), course: [sold(1, 0)] }),
    counted(6, 30),
  )
  expect(ratesOf(history.samples)).toEqual([{ result: "created", count: 10 }])
})

test.each([
  [[100], [90, 100]],
  [
    [100, 101],
    [91, 101],
  ],
  [
    [100, 101, 130],
    [100, 130],
  ],
])("a chart of the seconds %j spans %j, and never the future", (times, span) => {
  expect(spanOf(times)).toEqual(span)
})
