import { expect, test } from "vitest"
import { createOperatorMemory } from "../../src/store/reads/operator-memory.ts"
import type { IdentifiedOperator } from "../../src/store/reads/operators.ts"

const ann: IdentifiedOperator = {
  id: 1,
  name: "Ann",
  kind: "person",
  role: "owner",
  scopes: null,
  tokenHash: "a1",
  sessionHashes: ["s1", "s2"],
}

/** A memory over `operators`, on a clock that stands still until it is moved. */
function memoryOf(operators: { now: readonly IdentifiedOperator[] }) {
  const state = { ms: 0, reads: 0, fails: false, wait: Promise.resolve() }
  const memory = createOperatorMemory(
    async () => {
      state.reads += 1
      const found = operators.now
      await state.wait
      if (state.fails) throw new Error("no database")
      return found
    },
    () => state.ms,
  )
  return { memory, state }
}

test("the operators are read at most once a second, however many ask", async () => {
  const { memory, state } = memoryOf({ now: [ann] })
  await Promise.all(Array.from({ length: 100 }, async () => memory.ready()))
  state.ms = 999
  expect(memory.ready()).toBeNull()
  expect(state.reads).toBe(1)
  expect([memory.byToken("a1"), memory.bySession("s2"), memory.byToken("s1")]).toEqual([ann, ann, undefined])

  state.ms = 1_000
  await memory.ready()
  expect(state.reads).toBe(2)
})

test("a read that began before a change of this process is not used", async () => {
  const operators = { now: [ann] }
  const { memory, state } = memoryOf(operators)
  const slow = Promise.withResolvers<void>()
  state.wait = slow.promise
  const early = memory.ready()
  operators.now = []
  memory.forget()
  const later = memory.ready()
  slow.resolve()
  await Promise.all([early, later])

  expect(memory.byToken("a1")).toBeUndefined()
  expect(state.reads).toBe(2)
})

test("without a database the last operators count for five seconds, and then none", async () => {
  const { memory, state } = memoryOf({ now: [ann] })
  await memory.ready()
  state.fails = true
  state.ms = 4_699
  await memory.ready()
  expect(memory.byToken("a1")).toEqual(ann)

  state.ms = 4_700
  await expect(memory.ready()).rejects.toThrow("no database")
})

test("what was read too slowly is refused", async () => {
  const { memory, state } = memoryOf({ now: [ann] })
  const slow = Promise.withResolvers<void>()
  state.wait = slow.promise
  const ready = memory.ready()
  state.ms = 6_000
  slow.resolve()

  await expect(ready).rejects.toThrow("too slowly")
})
