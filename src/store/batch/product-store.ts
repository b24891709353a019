import type { Needs } from "../../domain/needs.ts"
import type { Instant } from "../../domain/time.ts"
import type { Rules, WorkingSet } from "../../domain/working-set.ts"
import { isConnectionLoss, UnknownCommit } from "../errors.ts"
import { loadWorkingSet, loadWorkingSets } from "./load.ts"
import { createSubscribers, saveEvents, type Subscribers } from "./outbox.ts"
import type { Database } from "../pool.ts"
import { isCommitted } from "./batch-mark.ts"
import { saveChanges, saveChangesTogether } from "./save.ts"
import { begin, commit, inOnePacket, rollbackOrBreak, type Tx } from "../tx.ts"

/** What one product has to do in a transaction that it shares. */
export interface ProductTask {
  readonly productId: number
  readonly needs: Needs
  decide(state: WorkingSet, now: Instant): void
}

/** What a lane needs of a store: one transaction on one product, and the truth about a lost one. */
export interface ProductStore {
  /**
   * Locks the product, loads what `needs` names, lets `decide` change the working set, writes the
   * changes and commits. When it returns, the changes are in the database (I5).
   *
   * Throws {@link UnknownCommit} when the connection died on the way of COMMIT, or a synchronous standby may not
   * have it; ask
   * {@link ProductStore.wasCommitted} then. After any other error nothing has happened.
   */
  transact(
    productId: number,
    needs: Needs,
    decide: (state: WorkingSet, now: Instant) => void,
  ): Promise<WorkingSet>
  /**
   * As {@link ProductStore.transact}, for several products in one transaction that waits for none of
   * them: a product whose row another transaction holds, or that does not exist, is left out, and its
   * part is not decided. Everything that is decided is committed, or nothing.
   */
  transactTogether(parts: readonly ProductTask[]): Promise<void>
  /**
   * True when the batch that left `state` behind is in the database, and on the synchronous standbys if there
   * are any. Waits for the product's lock first, which an orphaned transaction may still hold.
   */
  wasCommitted(state: WorkingSet): Promise<boolean>
}

/** The store over PostgreSQL. What happens is kept for those who want to hear of it, if there are any. */
export function createProductStore(
  database: Database,
  rules: Rules,
  subscribers: Subscribers = createSubscribers(),
): ProductStore {
  /**
   * Loads, decides, saves and commits. BEGIN travels with what is loaded; nothing is decided before
   * it has been answered.
   */
  async function run<Loaded>(steps: Steps<Loaded>): Promise<Loaded> {
    const client = await database.batches.connect()
    let broken: Error | undefined
    try {
      const { tx, begun, loading, asking } = inOnePacket(client, () => {
        const { tx, begun } = begin(client)
        return { tx, begun, loading: steps.load(tx), asking: subscribers.exist(tx) }
      })
      const [, loaded, isHeard] = await firstFailure([begun, loading, asking])
      steps.decide(loaded)
      await saveAndCommit(tx, () =>
        isHeard ? [...steps.save(tx, loaded), ...steps.tell(tx, loaded)] : steps.save(tx, loaded),
      )
      return loaded
    } catch (error) {
      broken = await rollbackOrBreak(client, error)
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    async transact(productId, needs, decide) {
      const { state } = await run({
        load: (tx) => loadWorkingSet(tx, { productId, needs, rules }),
        decide: ({ state, now }) => decide(state, now),
        save: (tx, { state, now }) => saveChanges(tx, state, now),
        tell: (tx, { state, now }) => saveEvents(tx, [state], now),
      })
      return state
    },

    async transactTogether(parts) {
      await run({
        load: (tx) => loadWorkingSets(tx, parts, rules),
        decide({ states, now }) {
          for (const [part, state] of states) part.decide(state, now)
        },
        save: (tx, { states, now }) => saveChangesTogether(tx, [...states.values()], now),
        tell: (tx, { states, now }) => saveEvents(tx, [...states.values()], now),
      })
    },

    async wasCommitted(state) {
      const client = await database.batches.connect()
      let broken: Error | undefined
      try {
        const { tx, begun } = begin(client)
        await begun
        await lockProductRow(tx, state.productId)
        const isThere = await isCommitted(tx, state)
        // A transaction that reads waits for no standby. This one has locked a row, which is a write: its COMMIT
        // waits until the standbys have all that came before it, and so the batch that was looked for.
        if (isThere) await commit(tx)
        else broken = await rollbackOrBreak(client, undefined)
        return isThere
      } catch (error) {
        broken = error instanceof Error ? error : new Error("look-up failed")
        throw error
      } finally {
        client.release(broken)
      }
    },
  }
}

/**
 * As `Promise.all`, but of several failures the one that was sent first counts: what fails after it fails only
 * because of it, and says no more than that the transaction is aborted.
 */
async function firstFailure<Parts extends readonly unknown[]>(
  parts: readonly [...Parts],
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  try {
    return await Promise.all(parts)
  } catch (error) {
    for (const part of await Promise.allSettled(parts)) if (part.status === "rejected") throw part.reason
    throw error
  }
}

interface Steps<Loaded> {
  load(tx: Tx): Promise<Loaded>
  decide(loaded: Loaded): void
  save(tx: Tx, loaded: Loaded): Promise<void>[]
  tell(tx: Tx, loaded: Loaded): Promise<void>[]
}

/** COMMIT travels with the writes; it is answered with ROLLBACK when one of them failed. */
async function saveAndCommit(tx: Tx, save: () => Promise<void>[]): Promise<void> {
  const { writes, committed } = inOnePacket(tx, () => ({ writes: save(), committed: commit(tx) }))
  const results = await Promise.allSettled([...writes, committed])
  const failed = results.find((result) => result.status === "rejected")
  if (failed === undefined) return
  // Only an answer of the server that is an ordinary error proves that nothing was committed.
  if (writes.length > 0 && isConnectionLoss(failed.reason)) {
    throw new UnknownCommit("the connection died before COMMIT was answered", { cause: failed.reason })
  }
  throw failed.reason
}

async function lockProductRow(tx: Tx, productId: number): Promise<void> {
  await tx.query({
    name: "lock-product-row",
    text: `
      select id
        from products
       where id = $1
         for update`,
    values: [productId],
  })
}
