import fc from "fast-check"
import { expect, test } from "vitest"
import type { Invocation, Operation, History } from "./checker/operations.ts"
import { checkHistory } from "./checker/check.ts"
import { historyOf, someStep, type Step } from "./generated.ts"
import { mutated } from "./mutations.ts"
import { canBeExplained } from "./oracle.ts"

/** The number of generated histories of each kind; DOORBUSTER_HISTORY_RUNS sets another. */
const RUNS = Number(process.env["DOORBUSTER_HISTORY_RUNS"] ?? 1_000)

/** Limits how long an operation with an unknown response can take effect: without a bound, it can at any time. */
function withUnknownOperationsEnding(lostForMs: number, history: History): History {
  const operations = history.operations.map((operation) =>
    Object.assign({}, operation, { endedAt: Math.min(operation.endedAt, operation.startedAt + lostForMs) }),
  )
  return { ...history, operations }
}

test.each([1_000, Infinity])(
  "the history of a legal sale is accepted, however its operations overlap; those without a response can act for %d ms",
  (lostForMs) => {
    fc.assert(
      fc.property(fc.nat(5), fc.array(someStep, { maxLength: 50, size: "max" }), (stock, steps) => {
        const history = withUnknownOperationsEnding(lostForMs, historyOf(stock, steps))
        expect(checkHistory(history)).toMatchObject({ explained: true })
      }),
      { numRuns: RUNS },
    )
  },
)

const fewSteps = fc.array(someStep, { minLength: 2, maxLength: 7, size: "max" })

test("a small history with one response changed is rejected exactly when trying every order finds no explanation", () => {
  const verdicts = { explained: 0, rejected: 0 }
  fc.assert(
    fc.property(fc.nat(3), fewSteps, fc.nat(100), fc.nat(100), (stock, steps, pick, how) => {
      const history = mutated(historyOf(stock, steps.map(soon)), pick, how)
      const expected = canBeExplained(history)
      verdicts[expected ? "explained" : "rejected"] += 1
      expect(checkHistory(history).explained).toBe(expected)
    }),
    { numRuns: RUNS * 2 },
  )
  // The comparison needs enough histories of both kinds.
  expect(Math.min(verdicts.explained, verdicts.rejected)).toBeGreaterThan(RUNS / 5)
})

// A sale of ten units that is restocked while it goes on, with about four operations at any moment.
test("a history of more than ten thousand operations is checked within seconds", { timeout: 120_000 }, () => {
  const [steps = []] = fc.sample(fc.array(someStep, { minLength: LONG, maxLength: LONG, size: "max" }), {
    numRuns: 1,
    seed: 1,
  })
  const history = withUnknownOperationsEnding(1_000, historyOf(10, steps.map(ordinary)))
  expect(history.operations.length).toBeGreaterThan(10_000)

  const startedAt = performance.now()
  expect(checkHistory(history)).toMatchObject({ explained: true })
  expect(performance.now() - startedAt).toBeLessThan(30_000)

  // A false number: more units than can have been sold, in the last response that shows counts.
  const lie = history.operations.findLastIndex(
    ({ invocation, response }) => isProductRead(invocation) && response.kind === "product",
  )
  const operations = history.operations.map((operation, index) =>
    index === lie ? lying(operation) : operation,
  )
  expect(checkHistory({ ...history, operations })).toMatchObject({
    explained: false,
    operations: [operations[lie]],
  })
})

function isProductRead({ kind }: Invocation): boolean {
  return kind === "read_product"
}

function lying(operation: Operation): Operation {
  return operation.response.kind === "product"
    ? { ...operation, response: { ...operation.response, sold: 1_000_000 } }
    : operation
}

const LONG = 12_000

/** Changes a step so that most operations get a response and units are added now and then. */
function ordinary(step: Step): Step {
  const lost = step.pick % 50 === 0 ? step.lost : "no"
  const gapMs = step.gapMs > 20 ? 5 : step.gapMs
  if (step.kind !== "set_stock") return { ...step, lost, gapMs }
  return { ...step, lost: "no", gapMs, pick: 35 * (1 + (step.pick % 20)) + 4 }
}

/** Replaces payments, so that small histories contain no payment event twice. */
function soon(step: Step): Step {
  return step.kind === "pay" ? { ...step, kind: "cancel" } : step
}
