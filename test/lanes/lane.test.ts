import { describe, expect, test, vi } from "vitest"
import { commitBatch } from "../../src/lanes/batch.ts"
import { ANSWERS_IN_A_TURN, createLane, type LaneLimits } from "../../src/lanes/lane.ts"
import { ask, createSimulatedStore, recordingObserver, steer } from "../support/simulated-store.ts"

// A promise that never settles fails its test after this time.
vi.setConfig({ testTimeout: 10_000 })

function laneWith(given: Partial<LaneLimits> = {}) {
  const store = createSimulatedStore()
  const observer = recordingObserver()
  const limits = { queueLength: 100, batchSize: 10, waitMs: 5_000, ...given }
  const lane = createLane(
    (commands) => commitBatch({ store, observer, random: () => 0 }, { productId: 1, commands }),
    limits,
  )
  return { lane, store, observer }
}

const overloaded = { outcome: { code: "overloaded" }, replayed: false }

describe("batches", () => {
  test("commands of one moment share the first batch, in their order", async () => {
    const { lane, store } = laneWith()
    const answers = [3, 1, 2].map((id) => lane.submit(ask(id)))
    const step = await store.next()
    expect(step.commit()).toEqual([3, 1, 2])
    expect(await Promise.all(answers)).toMatchObject([3, 1, 2].map((id) => ({ outcome: { id } })))
  })

  test("commands that come while a batch is in flight form the next one, in their order", async () => {
    const { lane, store } = laneWith()
    const first = lane.submit(ask(1))
    const step = await store.next()
    const rest = [2, 3, 4].map((id) => lane.submit(ask(id)))
    expect(lane.length).toBe(3)
    expect(store.begun).toBe(1)

    step.commit()
    expect(await first).toMatchObject({ outcome: { id: 1 }, replayed: false })

    expect((await store.next()).commit()).toEqual([2, 3, 4])
    expect(await Promise.all(rest)).toMatchObject([2, 3, 4].map((id) => ({ outcome: { id } })))
  })

  test("no command is answered before the commit", async () => {
    const { lane, store } = laneWith()
    let isAnswered = false
    const answer = lane.submit(ask(1)).then(() => (isAnswered = true))
    const step = await store.next()
    await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    step.commit()
    await answer
    expect(isAnswered).toBe(true)
  })

  test("the next batch begins before the callers of the last one are answered", async () => {
    const { lane, store } = laneWith()
    let isAnswered = false
    const first = lane.submit(ask(1)).then(() => (isAnswered = true))
    const step = await store.next()
    const second = lane.submit(ask(2))
    step.commit()
    const next = await store.next()
    expect(isAnswered).toBe(false)
    next.commit()
    await Promise.all([first, second])
  })

  test("a large batch is answered in its order, in turns of the event loop", async () => {
    const size = 2 * ANSWERS_IN_A_TURN
    const { lane, store } = laneWith({ queueLength: size, batchSize: size })
    const ids = Array.from({ length: size }, (_, index) => index + 1)
    const answered: number[] = []
    const turns = new Set<number>()
    let turn = 0
    let isOver = false
    const countTurns = (): void => {
      turn += 1
      if (!isOver) setImmediate(countTurns)
    }
    countTurns()
    const all = ids.map(async (id) => {
      await lane.submit(ask(id))
      answered.push(id)
      turns.add(turn)
    })
    ;(await store.next()).commit()
    await lane.idle()
    await Promise.all(all)
    isOver = true

    expect(answered).toEqual(ids)
    expect(turns.size).toBe(2)
  })

  test("no batch is larger than its limit, and the order stays", async () => {
    const { lane, store } = laneWith({ batchSize: 2 })
    const answers = [1, 2, 3, 4, 5].map((id) => lane.submit(ask(id)))
    steer(store, (step) => step.commit())
    await Promise.all(answers)
    expect(store.decided).toEqual([[1, 2], [3, 4], [5]])
  })

  test("two batches are never in flight together", async () => {
    const { lane, store } = laneWith({ batchSize: 1 })
    const answers = [1, 2, 3].map((id) => lane.submit(ask(id)))
    for (const count of [1, 2, 3]) {
      const step = await store.next()
      await new Promise(setImmediate)
      expect(store.begun).toBe(count)
      step.commit()
    }
    await Promise.all(answers)
  })

  test("the observer is told of each batch once: its size, its facts and its product", async () => {
    const { lane, store, observer } = laneWith()
    const answers = [1, 2].map((id) => lane.submit(ask(id)))
    const step = await store.next()
    step.commit()
    await Promise.all(answers)
    expect(observer.batches).toMatchObject([
      {
        productId: 1,
        size: 2,
        product: { held: 2 },
        facts: [{ kind: "hold_created" }, { kind: "hold_created" }],
      },
    ])
  })
})

describe("bounds", () => {
  test("a command for a full queue is refused at once, and the others are served", async () => {
    const { lane, store } = laneWith({ queueLength: 2 })
    const first = lane.submit(ask(1))
    const step = await store.next()
    const waiting = [2, 3].map((id) => lane.submit(ask(id)))

    expect(await lane.submit(ask(4))).toEqual(overloaded)

    step.commit()
    expect((await store.next()).commit()).toEqual([2, 3])
    expect(await Promise.all([first, ...waiting])).toMatchObject([1, 2, 3].map((id) => ({ outcome: { id } })))
  })

  test("when the queue has room again, commands are accepted again", async () => {
    const { lane, store } = laneWith({ queueLength: 1 })
    const first = lane.submit(ask(1))
    expect(await lane.submit(ask(2))).toEqual(overloaded)
    const step = await store.next()
    const third = lane.submit(ask(3))
    step.commit()
    expect((await store.next()).commit()).toEqual([3])
    expect(await Promise.all([first, third])).toMatchObject([{ outcome: { id: 1 } }, { outcome: { id: 3 } }])
  })

  test("a command that has waited too long is refused, and one just within the limit is served", async () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    try {
      const { lane, store } = laneWith({ waitMs: 100 })
      const first = lane.submit(ask(1))
      const step = await store.next()
      const tooLong = lane.submit(ask(2))
      vi.advanceTimersByTime(1)
      const justNot = lane.submit(ask(3))
      vi.advanceTimersByTime(100)
      step.commit()
      expect((await store.next()).commit()).toEqual([3])
      expect(await first).toMatchObject({ outcome: { id: 1 } })
      expect(await tooLong).toEqual(overloaded)
      expect(await justNot).toMatchObject({ outcome: { id: 3 } })
    } finally {
      vi.useRealTimers()
    }
  })

  test("when all commands have waited too long, no transaction begins", async () => {
    vi.useFakeTimers({ toFake: ["performance"] })
    try {
      const { lane, store } = laneWith({ waitMs: 100 })
      const first = lane.submit(ask(1))
      const step = await store.next()
      const others = [2, 3].map((id) => lane.submit(ask(id)))
      vi.advanceTimersByTime(101)
      step.commit()
      expect(await Promise.all(others)).toEqual([overloaded, overloaded])
      await first
      await lane.idle()
      expect(store.begun).toBe(1)
      expect(lane.busy).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe("a command at fault never fails its neighbours", () => {
  const commands = Array.from({ length: 9 }, (_, index) => index + 1)
  const fault = new Error("a fault of ours")

  test.each([
    // the ids of holds that no transaction can commit
    [[1]],
    [[5]],
    [[9]],
    [[2, 3]],
    [[1, 9]],
    [commands],
    [[]],
  ])("at fault are %o", async (bad) => {
    const { lane, store, observer } = laneWith()
    failBatchesWith(store, bad, fault)

    const settled = await Promise.allSettled(commands.map((id) => lane.submit(ask(id))))

    expect(settled).toMatchObject(
      commands.map((id) =>
        bad.includes(id)
          ? { status: "rejected", reason: fault }
          : { status: "fulfilled", value: { outcome: { id } } },
      ),
    )
    // Each of the other commands was committed once, and in its order.
    const committed = observer.batches.flatMap((batch) =>
      batch.facts.map((fact) => (fact.kind === "hold_created" ? fact.hold.id : 0)),
    )
    expect(committed).toEqual(commands.filter((id) => !bad.includes(id)))
  })

  test("a command that fails with an SQLSTATE fails alone, wherever it stands in its batch", async () => {
    for (const bad of commands) {
      const { lane, store } = laneWith()
      failBatchesWith(store, [bad], faultWithState("22003"))

      const settled = await Promise.allSettled(commands.map((id) => lane.submit(ask(id))))

      expect(
        settled.flatMap(({ status }, index) => (status === "rejected" ? [commands[index]] : [])),
      ).toEqual([bad])
    }
  })

  test("two commands that fail with different SQLSTATEs fail alone", async () => {
    const { lane, store } = laneWith()
    failBatchesWith(store, [2], faultWithState("22003"), { bad: [7], fault: faultWithState("42501") })

    const settled = await Promise.allSettled(commands.map((id) => lane.submit(ask(id))))

    expect(settled.map(({ status }) => status === "rejected")).toEqual(
      commands.map((id) => [2, 7].includes(id)),
    )
  })

  test("after two commands have failed alone with one SQLSTATE, the rest of the batch fails without a further transaction", async () => {
    const { lane, store } = laneWith({ queueLength: 1_000, batchSize: 1_000 })
    const fault = faultWithState("42501")
    const all = Array.from({ length: 1_000 }, (_, index) => index + 1)
    failBatchesWith(store, all, fault)

    const settled = await Promise.allSettled(all.map((id) => lane.submit(ask(id))))

    expect(settled).toEqual(all.map(() => ({ status: "rejected", reason: fault })))
    // Halved ten times down to one command, then one more.
    expect(store.begun).toBeLessThanOrEqual(12)

    // The failures have no effect on the next batch.
    const next = await Promise.allSettled([lane.submit(ask(5_001)), lane.submit(ask(5_002))])
    expect(next).toMatchObject([5_001, 5_002].map((id) => ({ value: { outcome: { id } } })))
  })

  test("a batch that fails with a fault is not retried", async () => {
    const { lane, store, observer } = laneWith()
    const answer = lane.submit(ask(1))
    const step = await store.next()
    step.fail(fault)
    await expect(answer).rejects.toBe(fault)
    expect(store.begun).toBe(1)
    expect(observer.retries).toEqual([])
  })

  test("the lane then runs the commands that came meanwhile", async () => {
    const { lane, store } = laneWith()
    const bad = lane.submit(ask(1))
    const step = await store.next()
    const good = lane.submit(ask(2))
    step.fail(fault)
    await expect(bad).rejects.toBe(fault)
    expect((await store.next()).commit()).toEqual([2])
    expect(await good).toMatchObject({ outcome: { id: 2 } })
  })
})

test("an observer that throws prevents no answer and does not stop the lane", async () => {
  const store = createSimulatedStore()
  const observer = {
    committed: () => {
      throw new Error("the log is full")
    },
    retried: () => {},
    groupFailed: () => {},
  }
  const limits = { queueLength: 100, batchSize: 1, waitMs: 5_000 }
  const lane = createLane(
    (commands) => commitBatch({ store, observer, random: () => 0 }, { productId: 1, commands }),
    limits,
  )
  steer(store, (step) => step.commit())

  // Both are committed, so both get their outcome (I5).
  const answers = await Promise.all([lane.submit(ask(1)), lane.submit(ask(2))])

  expect(answers).toMatchObject([{ outcome: { id: 1 } }, { outcome: { id: 2 } }])
}, 2_000)

/** Commits every batch that has none of the `bad` holds; fails the others after their commands ran. */
function failBatchesWith(
  store: ReturnType<typeof createSimulatedStore>,
  bad: readonly number[],
  fault: Error,
  other: { readonly bad: readonly number[]; readonly fault: Error } = { bad: [], fault },
): void {
  const transact = store.transact.bind(store)
  store.transact = (productId, needs, decide) =>
    transact(productId, needs, (state, now, mark) => {
      decide(state, now, mark)
      if (state.holds.added().some((hold) => bad.includes(hold.id))) throw fault
      if (state.holds.added().some((hold) => other.bad.includes(hold.id))) throw other.fault
    })
  steer(store, (step) => {
    try {
      step.commit()
    } catch (error) {
      step.fail(error)
    }
  })
}

function faultWithState(code: string): Error {
  return Object.assign(new Error("the database does not do that"), { code })
}
