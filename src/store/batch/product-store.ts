import type pg from "pg"
import type { Needs } from "../../domain/needs.ts"
import type { Instant } from "../../domain/time.ts"
import type { Rules, WorkingSet } from "../../domain/working-set.ts"
import { isBrokenGuard, isConnectionLoss, StaleMemory, UnknownCommit } from "../errors.ts"
import { createKnownVariants, type KnownVariants } from "./known-variants.ts"
import { renewPlans } from "./fresh-plans.ts"
import { loadWorkingSet, loadWorkingSets, type LoadedBatch } from "./load.ts"
import { saveMails } from "./mails.ts"
import { createSubscribers, saveEvents, type Subscribers } from "./outbox.ts"
import type { Database } from "../pool.ts"
import { isCommitted } from "./batch-mark.ts"
import { saveChanges } from "./save.ts"
import { begin, commit, inOnePacket, rollbackOrBreak, type Tx } from "../tx.ts"

/**
 * Runs a product's commands against its working set and changes it in memory. `now` is the database's time of the
 * batch. `mark` names the transaction, for {@link ProductStore.wasCommitted}.
 */
export type Decide = (state: WorkingSet, now: Instant, mark: string) => void

/** What a transaction does to one of its products. */
export interface ProductTask {
  readonly productId: number
  readonly needs: Needs
  readonly decide: Decide
}

/** What lanes need of a store: a transaction on one product or several, and whether a lost one was committed. */
export interface ProductStore {
  /**
   * Locks the product, loads what `needs` names, lets `decide` change the working set, writes the
   * changes and commits. When it returns, the changes are in the database (I5).
   *
   * Throws {@link UnknownCommit} when the connection died before COMMIT was answered, or when a synchronous standby
   * may not have the changes; then {@link ProductStore.wasCommitted} tells. After any other error nothing was written.
   */
  transact(productId: number, needs: Needs, decide: Decide): Promise<WorkingSet>
  /**
   * As {@link ProductStore.transact}, for several products in one transaction that waits for none of
   * them: a product whose row another transaction has locked, or that does not exist, is left out, and its `decide`
   * is not called. The changes of all the others are committed, or none. Each product id at most once.
   */
  transactTogether(tasks: readonly ProductTask[]): Promise<void>
  /**
   * True when the batch with this mark, which left `state` behind, is in the database, and on the synchronous
   * standbys if there are any. Waits for the product's lock first, which an orphaned transaction may still hold.
   */
  wasCommitted(state: WorkingSet, mark: string): Promise<boolean>
}

/** What batches write besides their changes. */
interface Messages {
  /** Outgoing events are written while there is a webhook endpoint for them. */
  readonly subscribers: Subscribers
  /** True: mails to buyers are sent, or can be read. */
  readonly hasMail: boolean
}

/**
 * Makes the store over PostgreSQL. It also writes outgoing events, while there is a webhook endpoint for them, and
 * mails, where `hasMail` is true.
 */
export function createProductStore(
  database: Database,
  rules: Rules,
  subscribers: Subscribers = createSubscribers(),
  hasMail = false,
): ProductStore {
  const messages = { subscribers, hasMail }
  const known = createKnownVariants()

  async function run(productIds: readonly number[], steps: Steps): Promise<LoadedBatch> {
    try {
      const batch = await runBatch(database, messages, steps)
      rememberVariants(known, batch)
      return batch
    } catch (error) {
      const mayHaveUsed = productIds.filter((productId) => known.forget(productId))
      // The rows of variants were changed by hand: the next try reads them.
      if (isBrokenGuard(error) && mayHaveUsed.length > 0) throw new StaleMemory("variants", { cause: error })
      throw error
    }
  }

  return {
    async transact(productId, needs, decide) {
      const { sets } = await run([productId], {
        load: (tx) => loadWorkingSet(tx, { productId, needs, rules }, known),
        decide,
      })
      const [loaded] = sets
      if (loaded === undefined) throw new Error(`product ${productId} was not loaded`)
      return loaded.state
    },

    async transactTogether(tasks) {
      const byId = new Map(tasks.map((task) => [task.productId, task]))
      await run([...byId.keys()], {
        load: (tx) => loadWorkingSets(tx, tasks, rules, known),
        decide: (state, now, mark) => byId.get(state.productId)?.decide(state, now, mark),
      })
    },

    wasCommitted: (state, mark) => findCommitted(database.batches, state, mark),
  }
}

function rememberVariants(known: KnownVariants, { sets, now }: LoadedBatch): void {
  for (const { state } of sets) {
    const { product, loadedProduct } = state
    if (product !== null) known.remember(product === loadedProduct ? product : { ...product, updatedAt: now })
  }
}

interface Steps {
  load(tx: Tx): Promise<LoadedBatch>
  readonly decide: Decide
}

/**
 * Runs one transaction: loads, decides for each product, saves and commits. BEGIN travels with what is loaded;
 * nothing is decided before BEGIN has been answered, and before the products were compared with the ones that this process
 * last committed.
 */
async function runBatch(
  { batches, history }: Database,
  { subscribers, hasMail }: Messages,
  steps: Steps,
): Promise<LoadedBatch> {
  const client = await batches.connect()
  let broken: Error | undefined
  try {
    const { tx, begun, loading, asking } = inOnePacket(client, () => {
      renewPlans(client)
      const { tx, begun } = begin(client)
      return { tx, begun, loading: steps.load(tx), asking: subscribers.exist(tx) }
    })
    const [, batch, hasSubscribers] = await allOrFirstFailure([begun, loading, asking])
    for (const { state } of batch.sets) if (state.product !== null) history.compare(client, state.product)
    for (const { state } of batch.sets) steps.decide(state, batch.now, batch.mark)
    await saveAndCommit(tx, () => {
      const writes = saveChanges(tx, batch)
      if (hasSubscribers) writes.push(...saveEvents(tx, batch))
      if (hasMail) writes.push(...saveMails(tx, batch))
      return writes
    })
    for (const { state } of batch.sets) {
      const { product, loadedProduct } = state
      if (product !== null && product !== loadedProduct) history.committed(client, product)
    }
    return batch
  } catch (error) {
    broken = await rollbackOrBreak(client, error)
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * As `Promise.all`, but of several failures it throws the one of the statement that was sent first: later statements
 * fail only because of it, and their errors say no more than that the transaction is aborted.
 */
async function allOrFirstFailure<Results extends readonly unknown[]>(
  results: readonly [...Results],
): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
  try {
    return await Promise.all(results)
  } catch (error) {
    for (const result of await Promise.allSettled(results))
      if (result.status === "rejected") throw result.reason
    throw error
  }
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

/** See {@link ProductStore.wasCommitted}. */
async function findCommitted(pool: pg.Pool, state: WorkingSet, mark: string): Promise<boolean> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const { tx, begun } = begin(client)
    await begun
    await lockProductRow(tx, state.productId)
    const isThere = await isCommitted(tx, state, mark)
    // A transaction that only reads waits for no standby. This one has locked a row, which is a write: its COMMIT
    // waits until the standbys have everything before it, and so the batch that was looked for.
    if (isThere) await commit(tx)
    else broken = await rollbackOrBreak(client, undefined)
    return isThere
  } catch (error) {
    broken = error instanceof Error ? error : new Error("the look-up of a batch failed")
    throw error
  } finally {
    client.release(broken)
  }
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
