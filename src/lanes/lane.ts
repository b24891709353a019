import type { Command, OutcomeOf } from "../domain/commands.ts"
import type { Execution } from "../domain/machine.ts"
import type { BatchResult } from "./batch.ts"

/** Why a lane did not run a command at all. Nothing has happened, or nobody can know yet. */
export type LaneRefusal =
  /** Too many commands are waiting, or this one has waited too long. */
  | { readonly code: "overloaded" }
  /** The database is away, or did not come to a result within the retries. */
  | { readonly code: "unavailable" }

/** What a submitted command comes to. */
export type Answer<C extends Command> = Execution<OutcomeOf<C> | LaneRefusal>

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
  /** True while commands wait or a batch is in flight. */
  readonly busy: boolean
  submit<C extends Command>(command: C): Promise<Answer<C>>
  /** Resolves when nothing waits and nothing is in flight. */
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
 * Makes the lane of one product over a way to commit its batches: commands that arrive while a batch is being committed wait in
 * memory and form the next batch. Every submitted command is answered exactly once.
 */
export function createLane(commit: Commit, limits: LaneLimits): Lane {
  let queue: Job[] = []
  let running: Promise<void> | null = null

  /** Ends when the queue is empty; a new command then starts it again. */
  async function run(): Promise<void> {
    // Everything that arrives in this turn of the event loop shares the first batch.
    await new Promise(setImmediate)
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
    for (const job of batch) if (job.since < oldest) job.resolve(refused("overloaded"))
    return batch.filter((job) => job.since >= oldest)
  }

  async function runJobs(jobs: readonly Job[]): Promise<void> {
    const commands = jobs.map((job) => job.command)
    const result = await commit(commands)
    if (result.kind === "failed" && result.mayBeOneCommands && jobs.length > 1) {
      // One bad command never fails its neighbours: halves, until it stands alone.
      const middle = Math.ceil(jobs.length / 2)
      await runJobs(jobs.slice(0, middle))
      await runJobs(jobs.slice(middle))
      return
    }
    jobs.forEach((job, index) => answer(job, result, index))
  }

  return {
    get length() {
      return queue.length
    },
    get busy() {
      return running !== null
    },
    submit<C extends Command>(command: C) {
      if (queue.length >= limits.queueLength) return Promise.resolve(refused("overloaded"))
      return new Promise<Answer<C>>((resolve, reject) => {
        const job = { command, since: performance.now(), resolve, reject } as Job
        queue.push(job)
        running ??= run()
      })
    },
    async idle() {
      while (running !== null) await running
    },
  }
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
