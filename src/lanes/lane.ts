import type { Command, OutcomeOf } from "../domain/commands.ts"
import type { Execution } from "../domain/execute.ts"
import type { BatchResult } from "./batch.ts"

/**
 * The queue of one product's commands in one process, and the states of a command from submit to answer:
 *
 * | from    | event                                                     | to                       | made by       |
 * |---------|-----------------------------------------------------------|--------------------------|---------------|
 * | new     | submitted, and the queue is full                          | answered: `overloaded`   | submit        |
 * | new     | submitted, and there is room                              | waiting                  | submit        |
 * | waiting | its batch is taken, and it has waited longer than waitMs  | answered: `overloaded`   | takeBatch     |
 * | waiting | its batch is taken                                        | running                  | takeBatch     |
 * | running | the batch failed, perhaps through one of several commands | running, in half a batch | runJobs       |
 * | running | the batch has a result                                    | done                     | commit        |
 * | done    | its turn, after all commands before it; committed         | answered: its outcome    | answerInTurns |
 * | done    | the same; no try of the batch succeeded                   | answered: `unavailable`  | answerInTurns |
 * | done    | the same; the batch failed                                | rejected with the fault  | answerInTurns |
 *
 * No timer moves a command: how long it has waited is judged when its batch is taken. Retries and the look-up after
 * an unanswered COMMIT belong to `running` (batch.ts). A lane that is being drained takes no new commands (lanes.ts).
 */

/** Why a lane did not run a command. Either nothing was written, or the outcome is not known yet. */
export type LaneRefusal =
  /** Too many commands are waiting, or this one has waited too long. Nothing was written. */
  | { readonly code: "overloaded" }
  /** The database is not available, or no try of the batch succeeded. Its last COMMIT may still turn out to stand. */
  | { readonly code: "unavailable" }

/** The result of a submitted command. */
export type LaneResult<C extends Command> = Execution<OutcomeOf<C> | LaneRefusal>

/** The limits of one lane. */
export interface LaneLimits {
  /** Commands that may wait in the lane; the next one is refused. */
  readonly queueLength: number
  /** Commands in one transaction: enough to share its cost, few enough to keep the lock short. */
  readonly batchSize: number
  /** A command that has waited longer is refused: its client has given up or soon will. */
  readonly waitMs: number
}

/** Runs the commands for one product, in the order in which they were submitted. */
export interface Lane {
  /** The number of waiting commands. */
  readonly length: number
  /** True while any submitted command is unanswered. */
  readonly busy: boolean
  /** Rejects only with a fault of the program or the database; refusals are returned. */
  submit<C extends Command>(command: C): Promise<LaneResult<C>>
  /** Resolves when all submitted commands are answered. */
  idle(): Promise<void>
}

/** Runs one product's commands as one transaction. Does not throw. */
export type Commit = (commands: readonly Command[]) => Promise<BatchResult>

/** A submitted command and its caller. */
interface Job {
  readonly command: Command
  /** When the command was submitted, in milliseconds of `performance.now`. */
  readonly since: number
  resolve(answer: Execution<unknown>): void
  reject(fault: unknown): void
}

/**
 * The number of callers answered in one turn of the event loop. To write an answer takes longer than to
 * commit its command: if a whole batch were answered in one turn, the next batch would wait for that in the middle
 * of its transaction, and the processor would then wait for the database.
 */
export const ANSWERS_IN_A_TURN = 128

/**
 * Makes the lane of one product; `commit` runs its batches. Commands that arrive while a batch is being committed
 * wait in memory and form the next batch, which begins before the callers of the last one are answered.
 *
 * Every submitted command is answered exactly once, in its order; only `overloaded` is answered without
 * waiting for the commands before it.
 */
export function createLane(commit: Commit, limits: LaneLimits): Lane {
  let queue: Job[] = []
  let running: Promise<void> | null = null
  let answers = Promise.resolve()
  let unanswered = 0

  /** Runs batches until the queue is empty; the next submit then starts it again. */
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

  async function runJobs(jobs: readonly Job[], halving: Halving = newHalving()): Promise<void> {
    const commands = jobs.map((job) => job.command)
    const result = halving.resultOfRest ?? (await commit(commands))
    if (result.kind === "failed" && result.mayBeOneCommands) {
      if (jobs.length > 1) {
        // One bad command must not fail the others: halve the batch until that command is alone.
        const middle = Math.ceil(jobs.length / 2)
        await runJobs(jobs.slice(0, middle), halving)
        await runJobs(jobs.slice(middle), halving)
        return
      }
      noteLoneFailure(halving, result.fault)
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

/** What is known of a batch while it is being halved. */
interface Halving {
  /** The SQLSTATEs of the commands that have failed so far when each ran in a transaction of its own. */
  readonly sqlStates: Set<string>
  /** The result of all commands that have not run yet; null: they run. */
  resultOfRest: BatchResult | null
}

function newHalving(): Halving {
  return { sqlStates: new Set(), resultOfRest: null }
}

/**
 * Takes the second command that fails alone with one SQLSTATE as a sign that the database is at fault rather than a
 * command: the rest of the batch fails with it, instead of a thousand commands costing two thousand transactions.
 * Faults without an SQLSTATE are not the database's, so they say nothing about other commands.
 */
function noteLoneFailure(halving: Halving, fault: unknown): void {
  if (!(fault instanceof Error) || !("code" in fault) || typeof fault.code !== "string") return
  if (halving.sqlStates.has(fault.code)) {
    halving.resultOfRest = { kind: "failed", fault, mayBeOneCommands: false }
  }
  halving.sqlStates.add(fault.code)
}

/** Waits for the next turn of the event loop, in which it reads the requests that have arrived. */
function nextTurn(): Promise<unknown> {
  return new Promise(setImmediate)
}

function answer(job: Job, result: BatchResult, index: number): void {
  if (result.kind === "unavailable") return job.resolve(refused("unavailable"))
  if (result.kind === "failed") return job.reject(result.fault)
  const execution = result.executions[index]
  if (execution === undefined) return job.reject(new Error("a batch has no outcome for one of its commands"))
  job.resolve(execution)
}

function refused(code: LaneRefusal["code"]): Execution<LaneRefusal> {
  return { outcome: { code }, replayed: false }
}
