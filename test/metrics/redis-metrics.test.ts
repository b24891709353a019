import { Registry } from "@prometheus-io/client"
import { expect, test } from "vitest"
import { createRedisMetrics } from "../../src/metrics/redis-metrics.ts"
import { totalsIn } from "../../src/metrics/totals.ts"

/** The metrics of Redis on a clock that stands still until it is moved. */
function measured() {
  const registry = new Registry()
  const time = { ms: 0 }
  const metrics = createRedisMetrics(registry, () => time.ms)
  const slowest = async () => (await totalsIn(registry)).redis?.slowestMs
  return { registry, metrics, time, slowest }
}

test("the slowest count is remembered for 30 to 60 seconds, and not for longer", async () => {
  const { metrics, time, slowest } = measured()
  expect(await slowest()).toBe(0)
  metrics.counted(80)
  time.ms = 20_000
  metrics.counted(3)
  metrics.counted(null)
  expect(await slowest()).toBe(80)

  time.ms = 50_000
  metrics.counted(4)
  expect(await slowest()).toBe(80)
  time.ms = 60_000
  expect(await slowest()).toBe(4)
  time.ms = 200_000
  expect(await slowest()).toBe(0)
})

test("the totals say since when Redis is used or away, and nothing without Redis", async () => {
  const { registry, metrics } = measured()
  expect((await totalsIn(new Registry())).redis).toBeNull()
  expect((await totalsIn(registry)).redis).toEqual({ isUp: false, sinceMs: null, slowestMs: 0 })

  const before = Date.now()
  metrics.setUp(true)
  const { redis } = await totalsIn(registry)
  expect(redis?.isUp).toBe(true)
  expect(redis?.sinceMs).toBeGreaterThanOrEqual(before - 1)
  expect(redis?.sinceMs).toBeLessThanOrEqual(Date.now() + 1)
})
