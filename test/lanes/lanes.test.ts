import { describe, expect, test, vi } from "vitest"
import { createLanes } from "../../src/lanes/lanes.ts"
import { ask, createSimulatedStore, recordingObserver, steer } from "../support/simulated-store.ts"

// A promise that never settles fails its test after this time.
vi.setConfig({ testTimeout: 10_000 })

function lanesOverStore() {
  const store = createSimulatedStore()
  const lanes = createLanes({ store, observer: recordingObserver(), random: () => 0 })
  return { lanes, store }
}

const unavailable = { outcome: { code: "unavailable" }, replayed: false }
const overloaded = { outcome: { code: "overloaded" }, replayed: false }

test("each product has a lane of its own, which does not wait for other lanes", async () => {
  const { lanes, store } = lanesOverStore()
  const [first, second] = [lanes.submit(ask(1, 1)), lanes.submit(ask(2, 2))]
  const [stuck, free] = [await store.next(), await store.next()]
  expect([stuck.productId, free.productId]).toEqual([1, 2])
  free.commit()
  expect(await second).toMatchObject({ outcome: { id: 2 } })
  stuck.commit()
  expect(await first).toMatchObject({ outcome: { id: 1 } })
})

test("waiting commands are counted over all lanes", async () => {
  const { lanes, store } = lanesOverStore()
  const answers = [lanes.submit(ask(1, 1)), lanes.submit(ask(2, 2))]
  const steps = [await store.next(), await store.next()]
  answers.push(lanes.submit(ask(3, 1)), lanes.submit(ask(4, 1)), lanes.submit(ask(5, 2)))
  expect(lanes.queued).toBe(3)
  for (const step of steps) step.commit()
  steer(store, (step) => step.commit())
  await Promise.all(answers)
  expect(lanes.queued).toBe(0)
})

describe("drain", () => {
  test("answers all accepted commands, then resolves, and later commands are refused as unavailable", async () => {
    const { lanes, store } = lanesOverStore()
    const answered: number[] = []
    const answers = [ask(1, 1), ask(2, 2)].map((command) =>
      lanes.submit(command).then(() => answered.push(command.holdId)),
    )
    const steps = [await store.next(), await store.next()]
    answers.push(lanes.submit(ask(3, 1)).then(() => answered.push(3)))

    let isDrained = false
    const drained = lanes.drain().then(() => (isDrained = true))
    expect(await lanes.submit(ask(4, 1))).toEqual(unavailable)
    expect(await lanes.submit(ask(5, 9))).toEqual(unavailable)
    expect(isDrained).toBe(false)

    for (const step of steps) step.commit()
    expect((await store.next()).commit()).toEqual([3])
    await drained
    await Promise.all(answers)
    expect(new Set(answered)).toEqual(new Set([1, 2, 3]))
    expect(answered).toHaveLength(3)
    expect(store.begun).toBe(3)
  })

  test("resolves at once when no command was ever submitted", async () => {
    await expect(lanesOverStore().lanes.drain()).resolves.toBeUndefined()
  })

  test("also waits for a batch that fails", async () => {
    const { lanes, store } = lanesOverStore()
    const settled = Promise.allSettled([lanes.submit(ask(1))])
    const drained = lanes.drain()
    const inCompany = await store.next()
    inCompany.fail(new Error("bad"))
    const alone = await store.next()
    alone.fail(new Error("bad"))
    await drained
    expect(await settled).toMatchObject([{ status: "rejected" }])
  })
})

describe("idle lanes", () => {
  test("are dropped, so that any number of products can be sold one after the other", async () => {
    const { lanes, store } = lanesOverStore()
    steer(store, (step) => step.commit())
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 6_000 }, (_, index) => lanes.submit(ask(index, round * 6_000 + index))),
      )
      expect(answers.filter((answer) => "code" in answer.outcome)).toEqual([])
    }
  })

  test("a new product is refused while the limit of busy lanes is reached", async () => {
    const { lanes, store } = lanesOverStore()
    const answers = Array.from({ length: 10_000 }, (_, index) => lanes.submit(ask(index, index)))
    expect(await lanes.submit(ask(10_000, 10_000))).toEqual(overloaded)
    // A product with a busy lane is still served.
    answers.push(lanes.submit(ask(10_001, 3)))
    steer(store, (step) => step.commit())
    const settled = await Promise.all(answers)
    expect(settled.filter((answer) => "code" in answer.outcome)).toEqual([])
    expect(await lanes.submit(ask(10_000, 10_000))).toMatchObject({ outcome: { id: 10_000 } })
  })

  test("are made again: a command that comes at the moment a lane falls idle is answered, and the product has one lane", async () => {
    const { lanes, store } = lanesOverStore()
    const inFlight = new Set<number>()
    let overlaps = 0
    steer(store, (step) => {
      if (inFlight.has(step.productId)) overlaps += 1
      inFlight.add(step.productId)
      void turns(5).then(() => {
        inFlight.delete(step.productId)
        step.commit()
      })
    })
    // Each product's buyer comes back a different number of ticks after the answer, and another
    // one follows while that batch is in flight.
    const chains = Array.from({ length: 12 }, async (_, ticks) => {
      const answers: unknown[] = []
      for (let id = 1; id <= 20; id += 1) {
        answers.push(await lanes.submit(ask(id, ticks)))
        for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
        const second = lanes.submit(ask(100 + id, ticks))
        await turns(2)
        answers.push(await lanes.submit(ask(200 + id, ticks)), await second)
      }
      return answers.length
    })
    expect(await Promise.all(chains)).toEqual(Array.from({ length: 12 }, () => 60))
    expect(overlaps).toBe(0)
    await lanes.drain()
  })
})

test("whatever the database does, every command is answered once and every promise settles", async () => {
  const { lanes, store } = lanesOverStore()
  let step = 0
  steer(store, (transaction) => {
    step += 1
    if (step % 5 === 0) transaction.fail(new Error("bad"))
    else if (step % 7 === 0) {
      store.lookups.push(step % 2 === 0)
      transaction.lose()
    } else transaction.commit()
  })
  const answers = Array.from({ length: 500 }, (_, id) => lanes.submit(ask(id, id % 4)))

  const settled = await Promise.allSettled(answers)

  const ids = settled.flatMap((answer) =>
    answer.status === "fulfilled" && "id" in answer.value.outcome ? [answer.value.outcome.id] : [],
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(400)
  await lanes.drain()
  expect(lanes.queued).toBe(0)
})

/** Waits for this number of turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}
