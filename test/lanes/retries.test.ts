import pg from "pg"
import { describe, expect, test, vi } from "vitest"
import { commitBatch } from "../../src/lanes/batch.ts"
import { createLane } from "../../src/lanes/lane.ts"
import { ask, createSimulatedStore, recordingObserver, steer } from "../support/simulated-store.ts"

// A promise that never settles fails its test after this time.
vi.setConfig({ testTimeout: 10_000 })

function laneOverStore() {
  const store = createSimulatedStore()
  const observer = recordingObserver()
  const limits = { queueLength: 100, batchSize: 10, waitMs: 5_000 }
  return {
    lane: createLane(
      (commands) => commitBatch({ store, observer, random: () => 0 }, { productId: 1, commands }),
      limits,
    ),
    store,
    observer,
  }
}

/** A deadlock, as PostgreSQL reports it. */
function deadlock(): pg.DatabaseError {
  const error = new pg.DatabaseError("deadlock detected", 0, "error")
  error.code = "40P01"
  return error
}

const unavailable = { outcome: { code: "unavailable" }, replayed: false }

describe("transient errors", () => {
  test.each([1, 2, 5])(
    "after %i of them the batch is repeated unchanged, with the same ids",
    async (failures) => {
      const { lane, store, observer } = laneOverStore()
      const answers = [7, 8].map((id) => lane.submit(ask(id)))

      for (let failed = 0; failed < failures; failed += 1) (await store.next()).fail(deadlock())
      expect((await store.next()).commit()).toEqual([7, 8])

      expect(await Promise.all(answers)).toMatchObject([{ outcome: { id: 7 } }, { outcome: { id: 8 } }])
      expect(observer.retries.map((retry) => [retry.productId, retry.attempts])).toEqual(
        Array.from({ length: failures }, (_, index) => [1, index + 1]),
      )
      expect(observer.batches).toHaveLength(1)
    },
  )

  test("after five repetitions the callers get the refusal unavailable", async () => {
    const { lane, store, observer } = laneOverStore()
    const answers = [7, 8].map((id) => lane.submit(ask(id)))
    steer(store, (step) => step.fail(deadlock()))

    expect(await Promise.all(answers)).toEqual([unavailable, unavailable])

    expect(store.begun).toBe(6)
    expect(observer.batches).toEqual([])
  })

  test("the observer is told of each repetition and of nothing else", async () => {
    const { lane, store, observer } = laneOverStore()
    const answer = lane.submit(ask(1))
    steer(store, (step) => step.fail(deadlock()))
    await answer
    expect(observer.retries.map((retry) => retry.attempts)).toEqual([1, 2, 3, 4, 5])
  })

  test("the lane continues when the database is back", async () => {
    const { lane, store } = laneOverStore()
    const answer = lane.submit(ask(1))
    for (let failed = 0; failed < 6; failed += 1) (await store.next()).fail(deadlock())
    expect(await answer).toEqual(unavailable)

    const next = lane.submit(ask(2))
    expect((await store.next()).commit()).toEqual([2])
    expect(await next).toMatchObject({ outcome: { id: 2 } })
  })

  test("a batch that fails with a fault during a repetition is halved like any other", async () => {
    const { lane, store } = laneOverStore()
    const settled = Promise.allSettled([1, 2].map((id) => lane.submit(ask(id))))
    for (const error of [deadlock(), new Error("bad"), new Error("bad")]) (await store.next()).fail(error)
    expect((await store.next()).commit()).toEqual([2])
    expect(await settled).toMatchObject([{ status: "rejected" }, { status: "fulfilled" }])
  })
})

describe("a commit with an unknown result", () => {
  test("that took effect: its outcomes are returned, and nothing is repeated", async () => {
    const { lane, store, observer } = laneOverStore()
    store.lookups.push(true)
    const answers = [7, 8].map((id) => lane.submit(ask(id)))

    const step = await store.next()
    step.lose()

    expect(await Promise.all(answers)).toMatchObject([{ outcome: { id: 7 } }, { outcome: { id: 8 } }])
    expect(store.begun).toBe(1)
    expect(store.decided).toEqual([[7, 8]])
    // The facts of the batch are reported once.
    expect(observer.batches).toMatchObject([{ size: 2, facts: [{ hold: { id: 7 } }, { hold: { id: 8 } }] }])
  })

  test("that did not take effect: the batch is repeated with the same ids", async () => {
    const { lane, store, observer } = laneOverStore()
    store.lookups.push(false)
    const answers = [7, 8].map((id) => lane.submit(ask(id)))

    const step = await store.next()
    step.lose()
    expect((await store.next()).commit()).toEqual([7, 8])

    expect(await Promise.all(answers)).toMatchObject([{ outcome: { id: 7 } }, { outcome: { id: 8 } }])
    expect(observer.batches).toHaveLength(1)
    expect(store.begun).toBe(2)
  })

  test("is looked up until the database answers, and the batch is not repeated before", async () => {
    const { lane, store } = laneOverStore()
    store.lookups.push(deadlock(), deadlock(), true)
    const answer = lane.submit(ask(7))
    const step = await store.next()
    step.lose()
    expect(await answer).toMatchObject({ outcome: { id: 7 } })
    expect(store.begun).toBe(1)
    expect(store.lookups).toEqual([])
  })

  test("is looked up again after each repetition with an unknown result", async () => {
    const { lane, store } = laneOverStore()
    store.lookups.push(false, true)
    const answer = lane.submit(ask(7))
    for (let lost = 0; lost < 2; lost += 1) {
      const step = await store.next()
      step.lose()
    }
    expect(await answer).toMatchObject({ outcome: { id: 7 } })
    expect(store.begun).toBe(2)
  })

  test("ends as unavailable if the database never answers", async () => {
    const { lane, store } = laneOverStore()
    store.lookups.push(...Array.from({ length: 10 }, deadlock))
    const answer = lane.submit(ask(7))
    const step = await store.next()
    step.lose()
    expect(await answer).toEqual(unavailable)
    expect(store.begun).toBe(1)
  })
})

test("an observer that throws after a commit prevents no answer and does not stop the lane", async () => {
  const store = createSimulatedStore()
  const observer = {
    ...recordingObserver(),
    committed() {
      throw new Error("the log is full")
    },
  }
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined)
  const lane = createLane(
    (commands) => commitBatch({ store, observer, random: () => 0 }, { productId: 1, commands }),
    { queueLength: 100, batchSize: 10, waitMs: 5_000 },
  )
  for (const id of [7, 8]) {
    const answer = lane.submit(ask(id))
    expect((await store.next()).commit()).toEqual([id])
    expect(await answer).toMatchObject({ outcome: { id } })
  }
  expect(store.begun).toBe(2)
  expect(warned).toHaveBeenCalledTimes(2)
  warned.mockRestore()
})
