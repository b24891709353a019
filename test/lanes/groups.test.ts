import { expect, test, vi } from "vitest"
import { createGroups } from "../../src/lanes/groups.ts"
import { ask, createSimulatedStore, recordingObserver } from "../support/simulated-store.ts"

// A promise that never settles fails its test after this time.
vi.setConfig({ testTimeout: 10_000 })

function groupsOverStore() {
  const store = createSimulatedStore()
  const observer = recordingObserver()
  const commit = createGroups({ store, observer, random: () => 0 })
  const hold = (productId: number, ...holdIds: number[]) =>
    commit({ productId, commands: holdIds.map((holdId) => ask(holdId, productId)) })
  return { store, observer, hold }
}

/** Puts two transactions under way, so that later commands have to gather. */
async function busy(given: ReturnType<typeof groupsOverStore>) {
  const first = [given.hold(101, 1), given.hold(102, 2)]
  const steps = [await given.store.next(), await given.store.next()]
  return {
    finish: async () => {
      for (const step of steps) step.commit()
      await Promise.all(first)
    },
  }
}

const committed = (...ids: number[]) => ({
  kind: "committed",
  executions: ids.map((id) => ({ outcome: { id } })),
})

test("small batches that gather share a transaction, and each gets the outcomes of its own commands", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const results = [given.hold(1, 11, 12), given.hold(2, 21), given.hold(3, 31)]
  expect(given.store.begun).toBe(2)
  await finish()

  const step = await given.store.next()
  expect(step.productIds).toEqual([1, 2, 3])
  expect(step.commit()).toEqual([11, 12, 21, 31])
  expect(await Promise.all(results)).toMatchObject([committed(11, 12), committed(21), committed(31)])
  expect(given.observer.batches.slice(2)).toMatchObject([
    { product: { id: 1 }, size: 4 },
    { product: { id: 2 }, size: 4 },
    { product: { id: 3 }, size: 4 },
  ])
})

test("a product whose row another transaction has locked waits alone and delays no other product", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const [locked, free] = [given.hold(1, 11), given.hold(2, 21)]
  await finish()

  const together = await given.store.next()
  expect(together.commit([1])).toEqual([21])
  expect(await free).toMatchObject(committed(21))
  const alone = await given.store.next()
  expect(alone.productIds).toEqual([1])
  alone.commit()
  expect(await locked).toMatchObject(committed(11))
})

test("after a group has failed, each of its batches is tried alone, and only the command at fault fails", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const [bad, good] = [given.hold(1, 11), given.hold(2, 21)]
  await finish()

  const fault = new Error("bad")
  const together = await given.store.next()
  together.fail(fault)
  for (const step of [await given.store.next(), await given.store.next()]) {
    if (step.productId === 1) step.fail(fault)
    else step.commit()
  }
  expect(await good).toMatchObject(committed(21))
  expect(await bad).toEqual({ kind: "failed", fault, mayBeOneCommands: true })
  expect(given.observer.groupFailures).toEqual([fault])
})

test("a group whose commit is unknown is looked for before any of its batches is repeated", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const results = [given.hold(1, 11), given.hold(2, 21)]
  await finish()

  given.store.lookups.push(true, true)
  const together = await given.store.next()
  together.lose()
  expect(await Promise.all(results)).toMatchObject([committed(11), committed(21)])
  expect(given.store.begun).toBe(3)
})

test("a group that was not committed is repeated product by product, under the same ids", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const results = [given.hold(1, 11), given.hold(2, 21)]
  await finish()

  given.store.lookups.push(false, false)
  const together = await given.store.next()
  together.lose()
  for (const step of [await given.store.next(), await given.store.next()]) step.commit()
  expect(await Promise.all(results)).toMatchObject([committed(11), committed(21)])
  expect(given.store.decided.slice(3)).toEqual([[11], [21]])
})

test("a large batch gets a transaction of its own at once", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const many = Array.from({ length: 40 }, (_, index) => 1_000 + index)
  const result = given.hold(1, ...many)
  const step = await given.store.next()
  expect(step.commit()).toEqual(many)
  expect(await result).toMatchObject(committed(...many))
  await finish()
})

test("a group has a limit, and the batches beyond it form the next group", async () => {
  const given = groupsOverStore()
  const { finish } = await busy(given)
  const results = Array.from({ length: 300 }, (_, index) => given.hold(1_000 + index, 2_000 + index))
  await finish()
  const steps = [await given.store.next(), await given.store.next()]
  expect(steps.map((step) => step.size)).toEqual([256, 44])
  for (const step of steps) step.commit()
  expect(await Promise.all(results)).toHaveLength(300)
})
