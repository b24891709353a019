import { Registry } from "@prometheus-io/client"
import { expect, test } from "vitest"
import { createEvents, type Events } from "../../src/events/events.ts"
import { createLog } from "../../src/base/log.ts"
import { totalsIn } from "../../src/metrics/totals.ts"
import { createLatestSnapshots } from "../../src/processes/latest-snapshots.ts"
import { countedBy, joined, type Snapshot } from "../../src/processes/snapshot.ts"

/** The snapshot of a process whose events `happen` records. */
async function processWith(happen: (events: Events) => void): Promise<Snapshot> {
  const events = createEvents(createLog("silent"))
  happen(events)
  return structuredClone(await events.registry.getMetricsAsJSON())
}

function sample(text: string, name: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

const busy = (events: Events) => {
  for (let index = 0; index < 3; index += 1) events.holdRefused(1, { code: "out_of_stock" })
  events.requestsOf("/api/holds")(409, 0.02)
  events.laneQueue(() => 7)
  events.openStreams(() => 300)
  events.stockCounted([
    { id: 1, stock: 100, held: 10, sold: 0 },
    { id: 2, stock: 5, held: 0, sold: 0 },
  ])
  events.invariantViolations(2)
  events.expiryLag(4)
}
const asked = (events: Events) => {
  events.holdRefused(1, { code: "out_of_stock" })
  events.requestsOf("/api/holds")(409, 0.3)
  events.laneQueue(() => 5)
  events.openStreams(() => 20)
  events.stockCounted([{ id: 1, stock: 100, held: 30, sold: 0 }])
  events.installationRead({
    moneyInboxCount: 3,
    expiryLagSeconds: 1,
    clockSkewSeconds: 0,
    replication: null,
  })
}

test.each([
  ["counters are summed", 'doorbuster_holds_total{result="out_of_stock"}', 4],
  ["histograms are summed", 'http_request_duration_seconds_count{route="/api/holds",status="409"}', 2],
  [
    "the buckets of histograms are summed",
    'http_request_duration_seconds_bucket{le="0.025",route="/api/holds",status="409"}',
    1,
  ],
  ["the queues of all processes are summed", "doorbuster_lane_queue_length", 12],
  ["the streams of all processes are summed", "doorbuster_streams", 320],
  [
    "the stock is that of the process asked, not a sum",
    'doorbuster_stock_units{product="1",state="held"}',
    30,
  ],
  [
    "a product that the process asked does not report is left out",
    'doorbuster_stock_units{product="2",state="held"}',
    undefined,
  ],
  ["a violation is counted by the process that recounts", "doorbuster_invariant_violations", 2],
  ["the lag is what the process asked has just read", "doorbuster_hold_expiry_lag_seconds", 1],
  ["as is the size of the money inbox", "doorbuster_money_inbox_entries", 3],
])("%s: %s is %s", async (_, name, value) => {
  const text = await joined(await processWith(asked), [await processWith(busy)]).metrics()

  expect(sample(text, name)).toBe(value)
})

test("the control room gets the counts of all processes, and the time of their start", async () => {
  const totals = await totalsIn(joined(await processWith(asked), [await processWith(busy)]))

  expect(totals.holds).toEqual([{ result: "out_of_stock", count: 4 }])
  expect(totals).toMatchObject({ processes: 1, violations: 2 })
  expect(Math.abs(Date.now() - (totals.recountedAtMs ?? 0))).toBeLessThan(60_000)
  // The start is in whole seconds, so it can be up to half a second late.
  expect(totals.sinceMs).toBeLessThan(Date.now() + 1_000)
})

test("the start is the oldest process's, memory is summed, and quantiles are left out", async () => {
  const [one, other] = await Promise.all([processWith(asked), processWith(busy)])
  const memory = (snapshot: Snapshot) =>
    snapshot.find(({ name }) => name === "process_resident_memory_bytes")?.values[0]?.value ?? 0

  const text = await joined(one, [other]).metrics()

  expect(sample(text, "process_start_time_seconds")).toBeGreaterThan(1_000_000_000)
  expect(sample(text, "process_resident_memory_bytes")).toBe(memory(one) + memory(other))
  expect(text).not.toContain("quantile")
})

test("a dead process's counters are kept, and its gauges are dropped", async () => {
  const latest = createLatestSnapshots()
  latest.save(1, await processWith(busy))
  latest.childDied(1)
  latest.childDied(1)

  const text = await joined(await processWith(asked), await latest.othersOf(2)).metrics()

  expect(sample(text, 'doorbuster_holds_total{result="out_of_stock"}')).toBe(4)
  expect(sample(text, "doorbuster_lane_queue_length")).toBe(5)
  expect(sample(text, "doorbuster_streams")).toBe(20)
  expect(sample(text, "doorbuster_invariant_violations")).toBe(0)
})

test("the counters of dead processes are summed, in a form that can be sent between processes", async () => {
  const both = await countedBy(await processWith(busy), await processWith(asked))

  expect(structuredClone(both)).toEqual(both)
  expect(
    sample(await Registry.aggregate([both]).metrics(), 'doorbuster_holds_total{result="out_of_stock"}'),
  ).toBe(4)
})
