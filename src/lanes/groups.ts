import { inBatchSpan } from "../base/tracing.ts"
import { needs } from "../domain/needs.ts"
import { isTransient, UnknownCommit } from "../store/errors.ts"
import {
  commitBatch,
  decide,
  notifyObserver,
  type Batch,
  type BatchContext,
  type BatchResult,
  type Decision,
} from "./batch.ts"

/**
 * Lets small batches of different products share a transaction, as a database lets small transactions
 * share a flush: a thousand products with one buyer each then cost no more than one product with a thousand.
 *
 * A group never waits for a row lock. A product whose row another transaction has locked is left out of the group, and
 * when the transaction fails, each of its batches is run again alone, so that no batch fails because of another.
 * Larger batches get a transaction of their own, so that busy products do not slow each other down.
 *
 * Returns the function that runs a batch, in a group or alone. It does not throw.
 */
export function createGroups(
  context: BatchContext,
  bounds: GroupBounds = defaultBounds,
): (batch: Batch) => Promise<BatchResult> {
  const waiting: Member[] = []
  let inFlight = 0

  function startGroups(): void {
    while (inFlight < bounds.inFlight && waiting.length > 0) void runGroup(nextGroup())
  }

  function nextGroup(): Member[] {
    let size = 0
    const fitting = waiting.findIndex(({ batch }) => (size += batch.commands.length) > bounds.size)
    return waiting.splice(0, fitting === -1 ? waiting.length : Math.max(1, fitting))
  }

  async function runGroup(members: readonly Member[]): Promise<void> {
    inFlight += 1
    await inBatchSpan(
      () => members.flatMap(({ batch }) => batch.commands),
      () => commitTogether(context, members),
    )
    inFlight -= 1
    startGroups()
    for (const { batch, decided, isUnknown, resolve } of members) {
      if (decided !== null && !isUnknown) resolve({ kind: "committed", executions: decided.executions })
      else resolve(commitBatch(context, batch, decided))
    }
  }

  return (batch) => {
    if (batch.commands.length >= bounds.aloneFrom) return commitBatch(context, batch)
    return new Promise((resolve) => {
      waiting.push({ batch, resolve, decided: null, isUnknown: false })
      startGroups()
    })
  }
}

/** The limits of groups in one process. */
export interface GroupBounds {
  /** A batch with at least this many commands gets a transaction of its own. */
  readonly aloneFrom: number
  /** Commands in one group: the locks of all its products are held until all of them are written. */
  readonly size: number
  /** Groups at a time: while one commits, the next one gathers or decides. More would only make them smaller. */
  readonly inFlight: number
}

/** Chosen by measurement: docs/internals/performance.md. */
const defaultBounds: GroupBounds = { aloneFrom: 32, size: 256, inFlight: 2 }

/** A batch that waits for its group, or is in one. */
interface Member {
  readonly batch: Batch
  readonly resolve: (result: BatchResult | Promise<BatchResult>) => void
  /** What its commands decided in the group's transaction; null: they did not run, or were rolled back. */
  decided: Decision | null
  /** The connection died before COMMIT was answered: `decided` may or may not be in the database. */
  isUnknown: boolean
}

/** Tries all members in one transaction. Those without a decision, or with an unknown one, then have to run alone. */
async function commitTogether(context: BatchContext, members: readonly Member[]): Promise<void> {
  const startedAt = performance.now()
  try {
    await context.store.transactTogether(
      members.map((member) => ({
        productId: member.batch.productId,
        needs: needs(member.batch.commands),
        decide(state, now, mark) {
          member.decided = decide(member.batch.commands, state, now, mark)
        },
      })),
    )
    const decided = members.flatMap((member) => member.decided ?? [])
    if (decided.length > 0) notifyObserver(context.observer, decided, startedAt)
  } catch (error) {
    const [first] = members
    if (first === undefined) return
    if (isTransient(error)) context.observer.retried(first.batch.productId, 1, error)
    else context.observer.groupFailed(error)
    for (const member of members) {
      if (error instanceof UnknownCommit) member.isUnknown = true
      else member.decided = null
    }
  }
}
