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
 * share a flush: a thousand products with one buyer each then cost no more than one with a thousand.
 *
 * A group never waits for a row lock. A product that somebody else has locked at that moment, and
 * everything that fails in company, is done again alone, so that nobody pays for a neighbour. Batches
 * that are worth a transaction of their own get one: hot products do not slow each other down.
 */
export function createGroups(
  context: BatchContext,
  bounds: GroupBounds = defaultBounds,
): (batch: Batch) => Promise<BatchResult> {
  const waiting: Member[] = []
  let inFlight = 0

  function goOn(): void {
    while (inFlight < bounds.inFlight && waiting.length > 0) void runGroup(nextGroup())
  }

  function nextGroup(): Member[] {
    let size = 0
    const fitting = waiting.findIndex(({ batch }) => (size += batch.commands.length) > bounds.size)
    return waiting.splice(0, fitting === -1 ? waiting.length : Math.max(1, fitting))
  }

  async function runGroup(members: readonly Member[]): Promise<void> {
    inFlight += 1
    await commitTogether(context, members)
    inFlight -= 1
    goOn()
    for (const { batch, decided, isUnknown, resolve } of members) {
      if (decided !== null && !isUnknown) resolve({ kind: "committed", executions: decided.executions })
      else resolve(commitBatch(context, batch, decided))
    }
  }

  return (batch) => {
    if (batch.commands.length >= bounds.aloneFrom) return commitBatch(context, batch)
    return new Promise((resolve) => {
      waiting.push({ batch, resolve, decided: null, isUnknown: false })
      goOn()
    })
  }
}

/** What may gather, and how much of it. */
export interface GroupBounds {
  /** Commands that are worth a transaction of their own. */
  readonly aloneFrom: number
  /** Commands in one group: the locks of all its products are held for as long as all are written. */
  readonly size: number
  /** Groups at a time: while one commits, the next one gathers or decides. More are only smaller. */
  readonly inFlight: number
}

/** Chosen by measurement: docs/internals/performance.md. */
const defaultBounds: GroupBounds = { aloneFrom: 32, size: 256, inFlight: 2 }

interface Member {
  readonly batch: Batch
  readonly resolve: (result: BatchResult | Promise<BatchResult>) => void
  /** What its commands came to; null while that is open. */
  decided: Decision | null
  /** The connection died on the way of COMMIT: what was decided may or may not be there. */
  isUnknown: boolean
}

/** One try for all of them; afterwards those who have no decision, or an unknown one, go alone. */
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
