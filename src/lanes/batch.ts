import { setTimeout as sleep } from "node:timers/promises"
import type { Command } from "../domain/commands.ts"
import type { Fact } from "../domain/facts.ts"
import { execute, type Execution } from "../domain/execute.ts"
import { needs } from "../domain/needs.ts"
import type { Product } from "../domain/product.ts"
import type { Instant } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { isBrokenGuard, isTransient, UnknownCommit } from "../store/errors.ts"
import type { ProductStore } from "../store/batch/product-store.ts"

/** What a batch works with. */
export interface BatchContext {
  readonly store: ProductStore
  readonly observer: BatchObserver
  /** Between 0 and 1; spreads the retries of processes that collided. */
  readonly random: () => number
  /** Waits so many milliseconds before a retry; with a timer, if not given. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Hears of every batch, after its commit and before its callers. */
export interface BatchObserver {
  committed(batch: CommittedBatch): void
  /** A try failed for a passing reason and is made again. */
  retried(productId: number, attempts: number, error: unknown): void
  /** A transaction of several products failed; each of them is tried alone. */
  groupFailed(error: unknown): void
}

export interface CommittedBatch {
  /** Commands in the transaction, over all its products. */
  readonly size: number
  readonly seconds: number
  readonly products: readonly ProductUpdate[]
}

/** What a batch tells of one of its products. */
export interface ProductUpdate {
  readonly productId: number
  readonly product: Product | null
  /** The database's time of the batch. */
  readonly now: Instant
  /** The earliest deadline of a held unit; null: nothing is held; undefined: the batch did not look. */
  readonly nextDeadline: Instant | null | undefined
  readonly facts: readonly Fact[]
}

/** Commands for one product, in their order. */
export interface Batch {
  readonly productId: number
  readonly commands: readonly Command[]
}

/** What became of a whole batch. */
export type BatchResult =
  | { readonly kind: "committed"; readonly executions: readonly Execution<unknown>[] }
  /** It could not be done within the retries. */
  | { readonly kind: "unavailable" }
  /** It failed, perhaps for one command's sake; nothing has happened. */
  | { readonly kind: "failed"; readonly fault: unknown; readonly mayBeOneCommands: boolean }

/** Tries after the first one. */
const RETRIES = 5
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1_000

/** What the commands of one product came to in a transaction. */
export interface Decision {
  readonly state: WorkingSet
  readonly now: Instant
  readonly executions: readonly Execution<unknown>[]
}

/** Runs one product's commands, in order, against what was loaded for them. */
export function decide(commands: readonly Command[], state: WorkingSet, now: Instant): Decision {
  return { state, now, executions: commands.map((command) => execute(state, command, now)) }
}

/**
 * Runs commands as one transaction and returns when it is committed (I5).
 *
 * Passing errors are tried again with growing, jittered pauses. When the connection dies on the
 * way of COMMIT, the batch is repeated only after the database has shown that it is not there;
 * `unknown` is what an earlier transaction may have left behind in that way.
 */
export async function commitBatch(
  context: BatchContext,
  { productId, commands }: Batch,
  unknown: Decision | null = null,
): Promise<BatchResult> {
  const { pause = sleep } = context
  const startedAt = performance.now()
  const attempt = new Attempt(context.store, { productId, commands }, unknown)
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt.run().catch((error: unknown) => ({ error }))
    if (!("error" in result)) {
      notifyObserver(context.observer, [result], startedAt)
      return { kind: "committed", executions: result.executions }
    }
    if (!isTransient(result.error)) {
      return { kind: "failed", fault: result.error, mayBeOneCommands: !isBrokenGuard(result.error) }
    }
    if (attempts > RETRIES) return { kind: "unavailable" }
    context.observer.retried(productId, attempts, result.error)
    await pause(pauseBefore(attempts, context.random()))
  }
}

/** What is committed is answered, even when telling of it fails. */
export function notifyObserver(
  observer: BatchObserver,
  committed: readonly Decision[],
  startedAt: number,
): void {
  try {
    observer.committed({
      size: committed.reduce((sum, { executions }) => sum + executions.length, 0),
      seconds: (performance.now() - startedAt) / 1000,
      products: committed.map(({ state, now }) => ({
        productId: state.productId,
        product: state.product,
        now,
        nextDeadline: state.nextDeadline,
        facts: state.facts,
      })),
    })
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

/** One batch over all its tries: remembers what an unknown commit may have done. */
class Attempt {
  readonly #store: ProductStore
  readonly #batch: Batch
  #unknown: Decision | null

  constructor(store: ProductStore, batch: Batch, unknown: Decision | null) {
    this.#store = store
    this.#batch = batch
    this.#unknown = unknown
  }

  async run(): Promise<Decision> {
    if (this.#unknown !== null) {
      if (await this.#store.wasCommitted(this.#unknown.state)) return this.#unknown
      this.#unknown = null
    }
    const { productId, commands } = this.#batch
    let decided: Decision | null = null
    try {
      await this.#store.transact(productId, needs(commands), (state, now) => {
        decided = decide(commands, state, now)
      })
    } catch (error) {
      if (error instanceof UnknownCommit) this.#unknown = decided
      throw error
    }
    if (decided === null) throw new Error("the store committed without a decision")
    return decided
  }
}

function pauseBefore(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
  return longest * (0.5 + random / 2)
}
