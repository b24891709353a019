import { expect, test } from "vitest"
import { createAttemptLimit } from "../../src/limits/attempt-limit.ts"
import type { Counts } from "../../src/limits/counts.ts"
import { createDoubleCounts, createMemoryCounts } from "../../src/limits/memory-counts.ts"

const nowhere: Counts = { add: async () => null }

/** Limits of one rule in several processes that share their counts, under a clock that the test moves. */
function processes(count: number, rule: { most: number; withinMs: number }, shared?: Counts) {
  const clock = { now: 0 }
  const counts = shared ?? createMemoryCounts(() => clock.now)
  const limits = Array.from({ length: count }, () =>
    createAttemptLimit({ name: "test", ...rule }, counts, () => clock.now),
  )
  return { clock, limits }
}

test("alone: a limit ends by itself, and counts each key apart", async () => {
  let now = 0
  const limit = createAttemptLimit({ name: "test", most: 2, withinMs: 1_000 }, null, () => now)
  const taken = [await limit.take("a"), await limit.take("a"), await limit.take("a"), await limit.take("b")]
  expect(taken).toEqual([0, 0, 1, 0])
  now = 999
  expect(await limit.take("a")).toBe(1)
  now = 1_000
  expect(await limit.take("a")).toBe(0)
})

test("alone: an attempt that is given back does not count", async () => {
  const limit = createAttemptLimit({ name: "test", most: 1, withinMs: 1_000 }, null, () => 0)
  limit.giveBack("a")
  for (let count = 0; count < 3; count += 1) {
    expect(await limit.take("a")).toBe(0)
    limit.giveBack("a")
  }
  expect([await limit.take("a"), await limit.take("a")]).toEqual([0, 1])
})

test("alone: ten thousand keys are remembered, and the oldest is forgotten for the next one", async () => {
  const limit = createAttemptLimit({ name: "test", most: 1, withinMs: 1_000 }, null, () => 0)
  for (let key = 0; key < 10_000; key += 1) limit.note(`key ${key}`)
  expect(await limit.take("key 0")).toBe(1)
  limit.note("one more")
  expect(await limit.take("key 1")).toBe(1)
  expect(await limit.take("key 0")).toBe(0)
})

test("shared: of a hundred attempts at once in four processes exactly the limit is taken", async () => {
  const { limits } = processes(4, { most: 5, withinMs: 60_000 })
  const waits = await Promise.all(
    limits.flatMap((limit) => Array.from({ length: 25 }, () => limit.take("a"))),
  )
  expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
  expect(new Set(waits)).toEqual(new Set([0, 60]))
})

test("shared: an attempt that is given back in one process can be made in another", async () => {
  const { limits } = processes(2, { most: 1, withinMs: 60_000 })
  const [one, other] = limits
  expect([await one?.take("a"), await other?.take("a")]).toEqual([0, 60])
  const later = processes(2, { most: 1, withinMs: 60_000 })
  await later.limits[0]?.take("a")
  later.limits[0]?.giveBack("a")
  expect(await later.limits[1]?.take("a")).toBe(0)
})

test("shared: what must not wait is counted at once, and the others learn of every twentieth part of the limit", async () => {
  const told: number[] = []
  const memory = createMemoryCounts(() => 0)
  const counts: Counts = {
    add(count) {
      told.push(count.by)
      return memory.add(count)
    },
  }
  const { limits } = processes(2, { most: 600, withinMs: 60_000 }, counts)
  const [one, other] = limits
  for (let count = 0; count < 89; count += 1) one?.note("a")
  expect(told).toEqual([30, 30])
  await Promise.resolve()
  for (let count = 0; count < 30; count += 1) other?.note("a")
  await expect.poll(() => other?.note("a").count).toBeGreaterThanOrEqual(91)
  // A buyer with a few requests is no business of the others.
  for (let count = 0; count < 29; count += 1) one?.note("b")
  expect(told).toEqual([30, 30, 30])
})

test.each([2, 4, 8])(
  "shared: %i processes that take turns exceed a limit of 600 by a twentieth each at most",
  async (count) => {
    const { limits } = processes(count, { most: 600, withinMs: 60_000 })
    let accepted = 0
    for (let round = 0; round < 700; round += 1) {
      for (const limit of limits) if (limit.note("a").count <= 600) accepted += 1
      await new Promise(setImmediate)
    }
    expect(accepted).toBeGreaterThanOrEqual(600)
    expect(accepted).toBeLessThanOrEqual(600 + count * 30)
  },
)

test("shared: refused requests are neither counted nor told", async () => {
  let calls = 0
  const memory = createMemoryCounts(() => 0)
  const counts: Counts = {
    add(count) {
      calls += 1
      return memory.add(count)
    },
  }
  const { limits } = processes(1, { most: 20, withinMs: 60_000 }, counts)
  for (let count = 0; count < 10_000; count += 1) limits[0]?.note("a")
  expect(calls).toBe(21)
  await new Promise(setImmediate)
  expect(limits[0]?.note("a")).toEqual({ count: 21, endsInMs: 60_000 })
})

test("a steady rate below the limit is never refused: the shared window ends with the first process's own", async () => {
  const { clock, limits } = processes(2, { most: 600, withinMs: 60_000 })
  let refused = 0
  // 590 a minute, in turn at both, for five minutes.
  for (let request = 0; request < 2_950; request += 1) {
    clock.now = Math.floor((request * 60_000) / 590)
    if ((limits[request % 2]?.note("a").count ?? Infinity) > 600) refused += 1
    await new Promise(setImmediate)
  }
  expect(refused).toBe(0)
})

test("where the shared counts are away, each process counts alone, and tells the rest when they are back", async () => {
  const memory = createMemoryCounts(() => 0)
  let shared: Counts = nowhere
  const { limits } = processes(2, { most: 4, withinMs: 60_000 }, { add: (count) => shared.add(count) })
  const [one, other] = limits
  const alone = [await one?.take("a"), await one?.take("a"), await one?.take("a")]
  expect(alone).toEqual([0, 0, 0])
  shared = memory
  expect(await one?.take("a")).toBe(0)
  expect([await one?.take("a"), await other?.take("a")]).toEqual([60, 60])
})

test("of two counts the larger decides, and the one that is there", async () => {
  const near = createMemoryCounts(() => 0)
  const far = createMemoryCounts(() => 0)
  const count = { limit: "test", key: "a", by: 1, withinMs: 1_000 }
  await far.add({ ...count, by: 5 })
  expect(await createDoubleCounts(near, far).add(count)).toEqual({ count: 6, endsInMs: 1_000 })
  await near.add({ ...count, by: 20 })
  expect(await createDoubleCounts(near, far).add(count)).toEqual({ count: 22, endsInMs: 1_000 })
  expect(await createDoubleCounts(near, nowhere).add(count)).toEqual({ count: 23, endsInMs: 1_000 })
})
