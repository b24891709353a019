import type { Command, OutcomeOf } from "../domain/commands.ts"
import type { Execution } from "../domain/execute.ts"
import type { BatchResult } from "./batch.ts"

/** Why a lane did not run a command at all. Nothing has happened, or nobody can know yet. */
export type LaneRefusal =
  /** Too many commands are waiting, or this one has waited too long. */
  | { readonly code: "overloaded" }
  /** The database is away, or did not come to a result within the retries. */
  | { readonly code: "unavailable" }

/** What a submitted command comes to. */
export type LaneResult<C extends Command> = Execution<OutcomeOf<C> | LaneRefusal>

/** Everything a lane may hold is bounded. */
export interface LaneLimits {
  /** Commands waiting in one lane; the next one is refused. */
  readonly queueLength: number
  /** Commands in one transaction: enough to share its cost, few enough to keep the lock short. */
  readonly batchSize: number
  /** A command that has waited longer is refused: its client has given up or will. */
  readonly waitMs: number
}

/** The way of all commands for one product, in the order they came. */
export interface Lane {
  readonly length: number
  /** True while anybody waits for an answer. */
  readonly busy: boolean
  submit<C extends Command>(command: C): Promise<LaneResult<C>>
  /** Resolves when everybody is answered. */
  idle(): Promise<void>
}

/** Runs one product's commands as one transaction. Does not throw. */
export type Commit = (commands: readonly Command[]) => Promise<BatchResult>

interface Job {
  readonly command: Command
  readonly since: number
  resolve(answer: Execution<unknown>): void
  reject(fault: unknown): void
}

/**
 * How many are answered in one turn of the event loop. To write an answer takes longer than to
 * commit it: were a whole batch answered in one go, the next one would wait for that in the middle
 * of its transaction, and the processor would then wait for the database.
 */
export const ANSWERS_IN_A_TURN = 128

/**
 * Makes the lane of one product over a way to commit its batches: commands that arrive while a batch is being committed wait in
 * memory and form the next batch. The next batch begins before the last one's callers are answered.
 * Every submitted command is answered exactly once, in its order; only `overloaded` is said without
 * waiting for those before it.
 */
export function createLane(commit: Commit, limits: LaneLimits): Lane {
  let queue: Job[] = []
  let running: Promise<void> | null = null
  let answers = Promise.resolve()
  let unanswered = 0

  /** Ends when the queue is empty; a new command then starts it again. */
  async function run(): Promise<void> {
    // Everything that arrives in this turn of the event loop shares the first batch.
    await nextTurn()
    while (queue.length > 0) {
      const jobs = takeBatch()
      if (jobs.length > 0) await runJobs(jobs)
    }
    running = null
  }

  function takeBatch(): Job[] {
    const oldest = performance.now() - limits.waitMs
    const batch = queue.slice(0, limits.batchSize)
    queue = queue.slice(limits.batchSize)
    const late = batch.filter((job) => job.since < oldest)
    for (const job of late) job.resolve(refused("overloaded"))
    unanswered -= late.length
    return late.length === 0 ? batch : batch.filter((job) => job.since >= oldest)
  }

  async function runJobs(jobs: readonly Job[], batch: FailingBatch = newBatch()): Promise<void> {
    const commands = jobs.map((job) => job.command)
    const result = batch.verdict ?? (await commit(commands))
    if (result.kind === "failed" && result.mayBeOneCommands) {
      if (jobs.length > 1) {
        // One bad command never fails its neighbours: halves, until it stands alone.
        const middle = Math.ceil(jobs.length / 2)
        await runJobs(jobs.slice(0, middle), batch)
        await runJobs(jobs.slice(middle), batch)
        return
      }
      noteLoneFailure(batch, result.fault)
    }
    answers = answerInTurns(answers, jobs, result)
  }

  async function answerInTurns(
    before: Promise<void>,
    jobs: readonly Job[],
    result: BatchResult,
  ): Promise<void> {
    await before
    for (const [index, job] of jobs.entries()) {
      const isPressing = index === 0 && queue.length === 0
      if (!isPressing && index % ANSWERS_IN_A_TURN === 0) await nextTurn()
      answer(job, result, index)
      unanswered -= 1
    }
  }

  return {
    get length() {
      return queue.length
    },
    get busy() {
      return unanswered > 0
    },
    submit<C extends Command>(command: C) {
      if (queue.length >= limits.queueLength) return Promise.resolve(refused("overloaded"))
      return new Promise<LaneResult<C>>((resolve, reject) => {
        const job = { command, since: performance.now(), resolve, reject } as Job
        queue.push(job)
        unanswered += 1
        running ??= run()
      })
    },
    async idle() {
      while (unanswered > 0) await (running ?? answers)
    },
  }
}

/** What is known of a batch while it is halved. */
interface FailingBatch {
  /** SQLSTATEs with which one of its commands has failed alone. */
  readonly states: Set<string>
  /** Not null: the result of all its commands that have none yet. */
  verdict: BatchResult | null
}

function newBatch(): FailingBatch {
  return { states: new Set(), verdict: null }
}

/**
 * When a second command fails alone with one SQLSTATE, the fault is the database's rather than a command's: the
 * rest of the batch fails with it, instead of a thousand commands costing two thousand transactions. Faults
 * without an SQLSTATE are not the database's, so they say nothing about other commands.
 */
function noteLoneFailure(batch: FailingBatch, fault: unknown): void {
  if (!(fault instanceof Error) || !("code" in fault) || typeof fault.code !== "string") return
  if (batch.states.has(fault.code)) batch.verdict = { kind: "failed", fault, mayBeOneCommands: false }
  batch.states.add(fault.code)
}

/** Lets the event loop see what has arrived, before anything else goes on. */
function nextTurn(): Promise<unknown> {
  return new Promise(setImmediate)
}

function answer(job: Job, result: BatchResult, index: number): void {
  if (result.kind === "unavailable") return job.resolve(refused("unavailable"))
  if (result.kind === "failed") return job.reject(result.fault)
  const execution = result.executions[index]
  if (execution === undefined) return job.reject(new Error("a batch lost one of its outcomes"))
  job.resolve(execution)
}

function refused(code: LaneRefusal["code"]): Execution<LaneRefusal> {
  return { outcome: { code }, replayed: false }
}
