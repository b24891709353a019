import pg from "pg"
import type { Needs } from "../../src/domain/needs.ts"
import { later, type Instant } from "../../src/domain/time.ts"
import type { WorkingSet } from "../../src/domain/working-set.ts"
import { UnknownCommit } from "../../src/store/errors.ts"
import type { Decide, ProductTask, ProductStore } from "../../src/store/batch/product-store.ts"
import { NOON } from "./builders.ts"
import type { MemoryDatabase } from "./memory-database.ts"
import type { Scheduler } from "./scheduler.ts"

/** Probabilities of failures, from 0 to 1. */
export interface FailureRates {
  /** No connection, a connection that breaks early, a deadlock or a time-out: the transaction has no effect. */
  readonly passing: number
  /** The connection breaks during COMMIT. */
  readonly lost: number
  /** A guard rolls the transaction back. */
  readonly guards: number
}

/**
 * The third substitute for PostgreSQL, beside `memory-database.ts` (rows without failures, which it uses) and
 * `simulated-store.ts` (failures without rows). It is for thousands of schedules in an order that a seed decides.
 *
 * It is a database server in memory for several processes: with row locks and waits for them,
 * transactions that are rolled back, and connections that break at every point, including COMMIT. A
 * transaction whose connection broke may still commit later.
 */
export interface ScheduledServer {
  /** The store of one process over this server. */
  connect(process: SimulatedProcess): ProductStore
  /** Locks a product for a while, as another client would. */
  lockFor(productId: number): Promise<void>
  /** Violations of the rules for transactions. */
  readonly complaints: readonly string[]
  /** The number of failed attempts for each product. */
  readonly failures: ReadonlyMap<number, number>
  /** The number of failures of each kind. */
  readonly counts: ReadonlyMap<string, number>
}

/** A process that may die. Its transactions under way then never return. */
export interface SimulatedProcess {
  isDead: boolean
}

/** Limits for transactions, and callbacks that observe them. */
export interface Bounds {
  readonly groupsInFlight: number
  /** Called when a transaction begins; `parts` contains the work for each product. */
  began(parts: readonly ProductTask[], isGroup: boolean): void
  /** True for holds that cannot be written and make their transaction fail. */
  isBad(holdId: number): boolean
}

/** The error of a hold that cannot be written. */
export const FAULT = new Error("a fault of ours")
const DIED = "Connection terminated unexpectedly"

/** Makes the server over one in-memory database for each product. */
export function createScheduledServer(
  scheduler: Scheduler,
  databases: ReadonlyMap<number, MemoryDatabase>,
  failureRates: FailureRates,
  bounds: Bounds,
): ScheduledServer {
  const locked = new Set<number>()
  const waiting = new Map<number, (() => void)[]>()
  const complaints: string[] = []
  const failures = new Map<number, number>()
  const counts = new Map<string, number>()
  const clock = (): Instant => later(NOON, scheduler.now / 1_000)

  function databaseOf(productId: number): MemoryDatabase {
    const database = databases.get(productId)
    if (database === undefined) throw new Error(`there is no product ${productId}`)
    return database
  }

  async function lock(productId: number): Promise<void> {
    while (locked.has(productId)) {
      await new Promise<void>((resolve) => {
        waiting.set(productId, [...(waiting.get(productId) ?? []), resolve])
      })
      await scheduler.step(`product ${productId} is free for the next one`)
    }
    locked.add(productId)
  }

  function unlock(productIds: readonly number[]): void {
    for (const productId of productIds) {
      locked.delete(productId)
      const next = waiting.get(productId) ?? []
      waiting.delete(productId)
      for (const go of next) go()
    }
  }

  function fail(productIds: readonly number[], error: Error): Error {
    for (const productId of productIds) failures.set(productId, (failures.get(productId) ?? 0) + 1)
    const kind = error instanceof UnknownCommit ? "COMMIT is lost" : "a transient error"
    if (error !== FAULT) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    scheduler.tell(`products ${productIds.join()}: ${error.message}`)
    return error
  }

  /** Writes all working sets, or records a complaint if the database refuses one. */
  function commit(states: readonly WorkingSet[]): void {
    for (const state of states) {
      try {
        databaseOf(state.productId).save(state, clock())
      } catch (error) {
        complaints.push(`product ${state.productId}: ${String(error)}`)
        throw error
      }
    }
    scheduler.tell(`committed ${states.flatMap((state) => state.holds.added().map(({ id }) => id)).join()}`)
  }

  /** Runs one transaction, from its connection to the response to COMMIT. Never returns to a dead process. */
  async function run(
    process: SimulatedProcess,
    parts: readonly ProductTask[],
    isGroup: boolean,
  ): Promise<WorkingSet[]> {
    const productIds = parts.map(({ productId }) => productId)
    const name = `${isGroup ? "group" : "batch"} of ${productIds.join()}`
    bounds.began(parts, isGroup)
    await alive(process, scheduler.step(`${name}: connects`))
    if (scheduler.happens(failureRates.passing)) throw fail(productIds, passing(scheduler))
    const chosen: ProductTask[] = []
    for (const part of parts) {
      if (isGroup && locked.has(part.productId)) continue
      await lock(part.productId)
      chosen.push(part)
    }
    const held = chosen.map(({ productId }) => productId)
    const undo = (error: Error): Error => {
      unlock(held)
      return fail(productIds, error)
    }
    await unlockWhenDead(process, scheduler.step(`${name}: loads`), held)
    if (scheduler.happens(failureRates.passing)) throw undo(passing(scheduler))
    const states = chosen.map((part) => decided(part, databaseOf(part.productId), clock()))
    await unlockWhenDead(process, scheduler.step(`${name}: writes`), held)
    if (scheduler.happens(failureRates.passing)) throw undo(passing(scheduler))
    if (scheduler.happens(failureRates.guards)) throw undo(brokenGuard())
    const isBad = states.some((state) => state.holds.added().some(({ id }) => bounds.isBad(id)))
    if (isBad) throw undo(FAULT)
    if (scheduler.happens(failureRates.lost)) {
      void endAlone(states, held, name)
      throw fail(productIds, new UnknownCommit("the connection died on the way of COMMIT"))
    }
    commit(states)
    unlock(held)
    await alive(process, scheduler.step(`${name}: hears of its COMMIT`))
    if (scheduler.happens(failureRates.lost))
      throw fail(productIds, new UnknownCommit("COMMIT was not heard"))
    return states
  }

  /** Ends a transaction whose connection broke: it is committed now, later, or never. */
  async function endAlone(
    states: readonly WorkingSet[],
    held: readonly number[],
    name: string,
  ): Promise<void> {
    const isCommitted = scheduler.happens(0.5)
    if (scheduler.happens(0.5)) await scheduler.step(`${name}: ends alone`)
    if (isCommitted) commit(states)
    unlock(held)
  }

  async function unlockWhenDead(
    process: SimulatedProcess,
    step: Promise<void>,
    held: readonly number[],
  ): Promise<void> {
    await step
    if (!process.isDead) return
    unlock(held)
    await never()
  }

  return {
    complaints,
    failures,
    counts,
    connect(process) {
      let groups = 0
      const busy = new Set<number>()

      /** Runs it, with a complaint if the process already has a batch of one of the products under way. */
      async function runAlone(parts: readonly ProductTask[], isGroup: boolean): Promise<WorkingSet[]> {
        for (const { productId } of parts) {
          if (busy.has(productId)) complaints.push(`two batches of product ${productId} at once`)
          busy.add(productId)
        }
        try {
          return await run(process, parts, isGroup)
        } finally {
          for (const { productId } of parts) busy.delete(productId)
        }
      }

      return {
        async transact(productId: number, needs: Needs, decide: Decide) {
          const [state] = await runAlone([{ productId, needs, decide }], false)
          if (state === undefined) throw new Error("a batch was left out")
          return state
        },
        async transactTogether(parts) {
          groups += 1
          if (groups > bounds.groupsInFlight) complaints.push(`${groups} groups in flight`)
          try {
            await runAlone(parts, true)
          } finally {
            groups -= 1
          }
        },
        async wasCommitted(state) {
          const { productId } = state
          await alive(process, scheduler.step(`batch of ${productId}: looks for its COMMIT`))
          if (scheduler.happens(failureRates.passing)) throw fail([productId], passing(scheduler))
          await lock(productId)
          unlock([productId])
          return (
            state.holds.added().every(({ id }) => databaseOf(productId).holds.has(id)) && wasWritten(state)
          )
        },
      }
    },
    async lockFor(productId) {
      await lock(productId)
      await scheduler.step(`somebody else is done with product ${productId}`)
      unlock([productId])
    },
  }

  /** Whether the changed holds are in the database as the batch left them: no hold ends twice. */
  function wasWritten(state: WorkingSet): boolean {
    const { holds } = databaseOf(state.productId)
    return state.holds.changed().every((hold) => holds.get(hold.id)?.status === hold.status)
  }
}

function decided(part: ProductTask, database: MemoryDatabase, now: Instant): WorkingSet {
  const state = database.load(part.needs, now)
  part.decide(state, now, "mark")
  return state
}

async function alive(process: SimulatedProcess, step: Promise<void>): Promise<void> {
  await step
  if (process.isDead) await never()
}

function never(): Promise<never> {
  return new Promise(() => {})
}

/** A transient error: the same work may succeed when it is retried. */
function passing(scheduler: Scheduler): Error {
  const errors = [
    () => new Error(DIED),
    () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    () => databaseError("deadlock detected", "40P01"),
    () => databaseError("canceling statement due to statement timeout", "57014"),
    () => databaseError("terminating connection due to administrator command", "57P01"),
    () => databaseError("canceling statement due to lock timeout", "55P03"),
  ]
  return (errors[scheduler.below(errors.length)] ?? (() => new Error(DIED)))()
}

function brokenGuard(): Error {
  return Object.assign(databaseError("null value in column", "23502"), { table: "holds" })
}

function databaseError(message: string, code: string): Error {
  return Object.assign(new pg.DatabaseError(message, 0, "error"), { code })
}
