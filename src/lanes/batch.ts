import { setTimeout as sleep } from "node:timers/promises"
import { inBatchSpan } from "../base/tracing.ts"
import type { Command } from "../domain/commands.ts"
import type { Fact } from "../domain/facts.ts"
import { execute, type Execution } from "../domain/execute.ts"
import { needs } from "../domain/needs.ts"
import type { Product } from "../domain/product.ts"
import type { Instant } from "../domain/time.ts"
import type { WorkingSet } from "../domain/working-set.ts"
import { isBrokenGuard, isTransient, UnknownCommit } from "../store/errors.ts"
import type { ProductStore } from "../store/batch/product-store.ts"

/** What a batch needs to run. */
export interface BatchContext {
  readonly store: ProductStore
  readonly observer: BatchObserver
  /** Returns a number from 0 to 1; spreads the retries of processes that collided. */
  readonly random: () => number
  /** Waits this number of milliseconds before a retry. The default is a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Is called about every batch, after its commit and before its callers are answered. */
export interface BatchObserver {
  committed(batch: CommittedBatch): void
  /** A try failed for a transient reason, and the batch is tried again. */
  retried(productId: number, attempts: number, error: unknown): void
  /** A transaction of several products failed; each of them is tried alone. */
  groupFailed(error: unknown): void
}

export interface CommittedBatch {
  /** The number of commands in the transaction, over all its products. */
  readonly size: number
  readonly seconds: number
  readonly products: readonly ProductUpdate[]
}

/** One product of a committed batch, as the batch left it. */
export interface ProductUpdate {
  readonly productId: number
  readonly product: Product | null
  /** The database's time of the batch. */
  readonly now: Instant
  /** The earliest deadline of a held unit; null: nothing is held; undefined: the batch did not load it. */
  readonly nextDeadline: Instant | null | undefined
  readonly facts: readonly Fact[]
}

/** Commands for one product, in their order. */
export interface Batch {
  readonly productId: number
  readonly commands: readonly Command[]
}

/** The result of a whole batch. */
export type BatchResult =
  | { readonly kind: "committed"; readonly executions: readonly Execution<unknown>[] }
  /** No try succeeded within the retries. Either nothing was written, or the outcome is not known yet. */
  | { readonly kind: "unavailable" }
  /**
   * The batch failed and nothing was written. `mayBeOneCommands`: one command may be the cause, so the others may
   * succeed.
   */
  | { readonly kind: "failed"; readonly fault: unknown; readonly mayBeOneCommands: boolean }

/** Tries after the first one. */
const RETRIES = 5
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 1_000

/** What the commands of one product have decided in a transaction, before or after its COMMIT. */
export interface Decision {
  readonly state: WorkingSet
  readonly now: Instant
  /** Names the transaction, so that it can be looked for when its COMMIT was not answered. */
  readonly mark: string
  readonly executions: readonly Execution<unknown>[]
}

/** Runs one product's commands, in order, against what was loaded for them. */
export function decide(
  commands: readonly Command[],
  state: WorkingSet,
  now: Instant,
  mark: string,
): Decision {
  return { state, now, mark, executions: commands.map((command) => execute(state, command, now)) }
}

/**
 * Runs commands as one transaction and returns when it is committed (I5).
 *
 * After a transient error it tries again, with growing, jittered pauses. When the connection died before COMMIT was
 * answered, it first asks the database whether the batch was committed, and repeats it only if it was not.
 * `unknown`: a decision of an earlier transaction that may have been committed in this way.
 */
export function commitBatch(
  context: BatchContext,
  batch: Batch,
  unknown: Decision | null = null,
): Promise<BatchResult> {
  return inBatchSpan(
    () => batch.commands,
    () => commitWithRetries(context, batch, unknown),
  )
}

async function commitWithRetries(
  context: BatchContext,
  batch: Batch,
  unknown: Decision | null,
): Promise<BatchResult> {
  const { pause = sleep } = context
  const startedAt = performance.now()
  const attempt = createAttempt(context.store, batch, unknown)
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt().catch((error: unknown) => ({ error }))
    if (!("error" in result)) {
      notifyObserver(context.observer, [result], startedAt)
      return { kind: "committed", executions: result.executions }
    }
    if (!isTransient(result.error)) {
      return { kind: "failed", fault: result.error, mayBeOneCommands: !isBrokenGuard(result.error) }
    }
    if (attempts > RETRIES) return { kind: "unavailable" }
    context.observer.retried(batch.productId, attempts, result.error)
    await pause(pauseBefore(attempts, context.random()))
  }
}

/** Reports a commit. An observer that throws only causes a warning: the commit stands, and its callers are answered. */
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

/**
 * Makes the function that tries a batch once; it returns the decision that was committed. Between calls it keeps the
 * decision whose COMMIT was not answered, and starts the next call by looking for it.
 */
function createAttempt(
  store: ProductStore,
  { productId, commands }: Batch,
  unknown: Decision | null,
): () => Promise<Decision> {
  let unanswered = unknown

  return async () => {
    if (unanswered !== null) {
      if (await store.wasCommitted(unanswered.state, unanswered.mark)) return unanswered
      unanswered = null
    }
    let decision: Decision | null = null
    try {
      await store.transact(productId, needs(commands), (state, now, mark) => {
        decision = decide(commands, state, now, mark)
      })
    } catch (error) {
      if (error instanceof UnknownCommit) unanswered = decision
      throw error
    }
    if (decision === null) throw new Error("the store committed without a decision")
    return decision
  }
}

function pauseBefore(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
  return longest * (0.5 + random / 2)
}
