import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Histogram } from "../../bench/load/histogram.ts"
import { picture } from "../../bench/report/picture.ts"
import { table } from "../../bench/report/table.ts"
import { median, summarise, type Measured } from "../../bench/row.ts"
import type { ServerName } from "../../bench/servers/server.ts"

describe("a histogram", () => {
  test("tells each quantile to within two hundredths, never too low", () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const histogram = new Histogram()
        for (const value of values) histogram.record(value)
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(values.length * share)) - 1] ?? 0
        // Microseconds are the finest there is.
        expect(histogram.quantile(share)).toBeGreaterThanOrEqual(exact - 0.000_501)
        expect(histogram.quantile(share)).toBeLessThanOrEqual(exact * 1.02 + 0.001)
      }),
    )
  })

  test("is the same on the other side of a process boundary, and can be added to", () => {
    const histogram = new Histogram()
    for (const value of [0.5, 3, 3, 700]) histogram.record(value)
    const copy = Histogram.from(JSON.parse(JSON.stringify(histogram)) as [number, number][])
    copy.add(histogram)
    expect(copy.count).toBe(8)
    expect([copy.quantile(0.5), copy.quantile(1)]).toEqual([histogram.quantile(0.5), histogram.quantile(1)])
  })

  test("of nothing says 0", () => {
    expect(new Histogram().quantile(0.99)).toBe(0)
  })
})

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle)
})

const runs = (...rates: number[]): Measured[] => rates.map((perSecond) => ({ perSecond, p50Ms: 1, p99Ms: 2 }))

const rows = summarise(
  "holds",
  new Map<ServerName, Measured[]>([
    ["doorbuster", runs(80, 100, 90)],
    ["echo", runs(100, 120, 100)],
    ["lock-per-request", runs(3, 3, 3)],
  ]),
)

test("a row has the median, the worst and the best, and the median of its rounds' ratios to the others'", () => {
  expect(rows[0]).toEqual({
    scenario: "holds",
    server: "doorbuster",
    per_second: 90,
    per_second_min: 80,
    per_second_max: 100,
    p50_ms: 1,
    p99_ms: 2,
    ratio_to: { echo: 0.833, "lock-per-request": 30 },
    rounds: 3,
    more: {},
  })
})

test("the table has a line for each row, numbers aligned", () => {
  const lines = table(rows).split("\n")
  expect(lines).toHaveLength(4)
  expect(lines[1]).toMatch(/^holds +doorbuster +90 +80 – 100 +1 +2 +0\.83 +3$/)
})

test("the picture shows every server's rate, the fastest first, and says what was measured where", () => {
  const svg = picture(rows, { cores: 2, commit: "abc1234", date: "2026-11-21", cpu: "A <fast> one" })
  expect(svg).toMatch(/^<svg /)
  expect([...svg.matchAll(/class="number[^>]*>([\d,]+)</g)].map((match) => match[1])).toEqual([
    "100",
    "90",
    "3",
  ])
  expect(svg).toContain("commit abc1234, 2026-11-21, A &#60;fast&#62; one")
})
