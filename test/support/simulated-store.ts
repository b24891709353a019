import type { WorkingSet } from "../../src/domain/working-set.ts"
import type { BatchObserver, CommittedBatch, ProductUpdate } from "../../src/lanes/batch.ts"
import { UnknownCommit } from "../../src/store/errors.ts"
import type { ProductTask, ProductStore } from "../../src/store/batch/product-store.ts"
import { askFor, NOON, stateWith } from "./builders.ts"

/** A transaction that a lane has begun and that waits for the test to decide its outcome. */
export interface Step {
  readonly productId: number
  /** The number of its commands, if each asks for one unit. */
  readonly size: number
  readonly productIds: readonly number[]
  /**
   * Lets the commands run and commits; returns the ids of the holds they made, in order. Products
   * that are `locked` by another transaction are left out, as only a transaction of several products may do.
   */
  commit(locked?: readonly number[]): number[]
  /** Fails the transaction before it has any effect. */
  fail(error: unknown): void
  /** Lets the commands run and loses the connection during COMMIT. */
  lose(): number[]
}

/**
 * A store in which the test decides the outcome of each transaction: for tests of one lane that name each step.
 *
 * It keeps no rows, and a product never runs out. Where rows matter, `scheduled-store.ts` runs whole
 * schedules over `memory-database.ts`.
 */
export interface SimulatedStore extends ProductStore {
  /** The next transaction, as soon as a lane begins it. */
  next(): Promise<Step>
  /** Transactions begun so far. */
  readonly begun: number
  /** The hold ids of each batch whose commands have run, in order. */
  readonly decided: readonly (readonly number[])[]
  /** The results of `wasCommitted`, one after the other; an error is thrown. */
  readonly lookups: (boolean | Error)[]
}

/** Makes a store in which each product has a million units, so that every hold succeeds. */
export function createSimulatedStore(): SimulatedStore {
  const steps: Step[] = []
  const waiting: ((step: Step) => void)[] = []
  const decided: number[][] = []
  const lookups: (boolean | Error)[] = []
  let begun = 0

  /** Makes the step for one transaction and hands it to the test. */
  function begin(parts: readonly ProductTask[]): Promise<WorkingSet[]> {
    begun += 1
    const { promise, resolve, reject } = Promise.withResolvers<WorkingSet[]>()
    function run(chosen: readonly ProductTask[]): { states: WorkingSet[]; ids: number[] } {
      const states = chosen.map((part) => {
        const state = stateWith({ product: { id: part.productId, stock: 1_000_000 } })
        part.decide(state, NOON, "mark")
        return state
      })
      const ids = states.flatMap((state) => state.holds.added().map((hold) => hold.id))
      decided.push(ids)
      return { states, ids }
    }
    const productIds = parts.map((part) => part.productId)
    const step: Step = {
      productId: productIds[0] ?? 0,
      productIds,
      size: parts.reduce((sum, part) => sum + part.needs.units, 0),
      commit(locked = []) {
        const { states, ids } = run(parts.filter((part) => !locked.includes(part.productId)))
        resolve(states)
        return ids
      },
      fail: (error) => reject(error),
      lose() {
        const { ids } = run(parts)
        reject(new UnknownCommit("the connection died"))
        return ids
      },
    }
    const taker = waiting.shift()
    if (taker === undefined) steps.push(step)
    else taker(step)
    return promise
  }

  return {
    async transact(productId, needs, decide) {
      const [state] = await begin([{ productId, needs, decide }])
      if (state === undefined) throw new Error("the product is locked")
      return state
    },
    async transactTogether(parts) {
      await begin(parts)
    },
    async wasCommitted() {
      const answer = lookups.shift()
      if (answer === undefined) throw new Error("the test has not set what the database contains")
      if (typeof answer !== "boolean") throw answer
      return answer
    },
    next() {
      const step = steps.shift()
      return step === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(step)
    },
    get begun() {
      return begun
    },
    decided,
    lookups,
  }
}

/** Decides every transaction by `how` as soon as it begins. */
export function steer(store: SimulatedStore, how: (step: Step) => void): void {
  async function loop(): Promise<void> {
    for (;;) how(await store.next())
  }
  void loop()
}

/** An observer that records what it is told. */
export interface RecordingObserver extends BatchObserver {
  readonly batches: (Omit<CommittedBatch, "products"> & ProductUpdate)[]
  readonly groupFailures: unknown[]
  readonly retries: { productId: number; attempts: number; error: unknown }[]
}

export function recordingObserver(): RecordingObserver {
  const batches: RecordingObserver["batches"] = []
  const groupFailures: unknown[] = []
  const retries: { productId: number; attempts: number; error: unknown }[] = []
  return {
    batches,
    groupFailures,
    retries,
    committed: ({ products, ...batch }) =>
      void batches.push(...products.map((news) => ({ ...batch, ...news }))),
    groupFailed: (error) => void groupFailures.push(error),
    retried: (productId, attempts, error) => void retries.push({ productId, attempts, error }),
  }
}

/** The command that holds one unit as hold `holdId`. */
export function ask(holdId: number, productId = 1) {
  return askFor(1, { holdId, productId })
}
