import type { Registry } from "@prometheus-io/client"
import type { Logger } from "pino"
import { forkChild, type Child, type ChildEnd } from "./fork.ts"
import { takeSteps, type GivenUp } from "../base/stop-steps.ts"
import type { StopLimits } from "./child.ts"
import type { Counts } from "../limits/counts.ts"
import type { Assignment, StartFailure, ToPrimary } from "./messages.ts"
import { createMetricsExchange, type MetricsExchange } from "./metrics-exchange.ts"
import { createRestartDelay } from "./restart-delay.ts"

export interface ProcessesOptions {
  /** How many children serve. */
  readonly count: number
  /** The subcommand of this program that makes it a child. */
  readonly command: string
  /** The assignment of every child, except for its number. */
  readonly assignment: Omit<Assignment, "number">
  /** Where the children count together. */
  readonly counts: Counts
  /** Metrics of this process that other parts of it keep. */
  readonly registry: Registry
  /** False if no child shall run the background work. */
  readonly worker: boolean
  readonly log: Logger
}

/** Child processes that share a port. A child that dies is replaced. */
export interface Processes {
  readonly url: string
  /**
   * Lets all children stop in order, each within `withinMs` less a part for killing those that do not end in time.
   * Resolves with the children that did not stop in order.
   */
  stop(limits: StopLimits): Promise<readonly GivenUp[]>
  /** Kills all children at once. */
  kill(): void
}

/** The children cannot serve; the message is one line for the operator. */
export class ProcessesFailure extends Error {
  readonly status: 1 | 2

  constructor({ status, line }: StartFailure) {
    super(line)
    this.status = status
  }
}

/** Starts the children and returns when all of them listen. Throws {@link ProcessesFailure}. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const children = new Children(options)
  try {
    await children.open()
    return children
  } catch (error) {
    await children.stop({ withinMs: FAILED_START_STOPS_WITHIN_MS, delayMs: 0 })
    throw error
  }
}

/** The share of the time that a child gets; the rest is for its report of abandoned steps and its last metrics. */
const CHILD_SHARE = 0.85
/** The share that is reserved for killing children that have not ended. */
const ENDING_SHARE = 0.05
/** How long children may take to stop after a failed start: they have no requests to answer. */
const FAILED_START_STOPS_WITHIN_MS = 10_000

/** After this many deaths during the start, without a reported reason, the start fails. */
const MOST_SILENT_DEATHS = 5

class Children implements Processes {
  readonly #options: ProcessesOptions
  readonly #restartDelay = createRestartDelay()
  readonly #metrics: MetricsExchange
  /** By their numbers, which replacements inherit. */
  readonly #children = new Map<number, Child>()
  readonly #listening = new Set<Child>()
  readonly #failures = new Map<Child, StartFailure>()
  /** For each number, resolved when its child listens for the first time. */
  readonly #openings = new Map<number, PromiseWithResolvers<void>>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  #port: number
  #url: string | null = null
  #worker: Child | null = null
  #isOpen = false
  #isStopping = false
  /** Children that took too long to stop. */
  readonly #killed = new Set<Child>()
  /** Children that ended by themselves during a stop, with a step that failed or took too long. */
  readonly #disorderly: GivenUp[] = []

  constructor(options: ProcessesOptions) {
    this.#options = options
    this.#port = options.assignment.config.port
    this.#metrics = createMetricsExchange(this.#listening, options.registry)
  }

  get url(): string {
    return this.#url ?? ""
  }

  /** Starts the first child alone: a fault that keeps it from listening would keep the others from it too. */
  async open(): Promise<void> {
    await this.#startFirst(1)
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => index + 2)
    await Promise.all(others.map((number) => this.#startFirst(number)))
    this.#isOpen = true
  }

  async stop({ withinMs, delayMs }: StopLimits): Promise<readonly GivenUp[]> {
    this.#isStopping = true
    for (const pause of this.#pauses) clearTimeout(pause)
    const startedAt = performance.now()
    const givenUp: GivenUp[] = []
    const stopping = [...this.#children].map(async ([number, child]) => {
      child.send({ kind: "stop", withinMs: withinMs * CHILD_SHARE, delayMs })
      const steps = [{ name: `process ${number}`, run: () => child.ended }]
      const late = await takeSteps(steps, startedAt + withinMs * (1 - ENDING_SHARE))
      if (late.length === 0) return
      this.#killed.add(child)
      child.kill()
      givenUp.push(...late)
    })
    await Promise.all(stopping)
    return [...givenUp, ...this.#disorderly]
  }

  kill(): void {
    this.#isStopping = true
    for (const child of this.#children.values()) child.kill()
  }

  #startFirst(number: number): Promise<void> {
    const opening = Promise.withResolvers<void>()
    this.#openings.set(number, opening)
    this.#start(number)
    return opening.promise
  }

  #start(number: number): void {
    // Node gives all children one port for PORT=0 only while one of them listens; later ones must name that port.
    if (this.#listening.size === 0 && this.#url !== null) this.#port = Number(new URL(this.#url).port)
    const { command, assignment } = this.#options
    const config = { ...assignment.config, port: this.#port }
    const child = forkChild(command, { ...assignment, config, number }, (message) =>
      this.#receive(number, child, message),
    )
    this.#children.set(number, child)
    void child.ended.then((end) => this.#ended(number, child, end))
  }

  #receive(number: number, child: Child, message: ToPrimary): void {
    if (message.kind === "listening") this.#startedListening(number, child, message.url)
    else if (message.kind === "failed") this.#failures.set(child, message)
    else if (message.kind === "count") {
      const { question, count } = message
      void this.#options.counts.add(count).then((total) => child.send({ kind: "counted", question, total }))
    } else this.#metrics.receive(child, message)
  }

  #startedListening(number: number, child: Child, url: string): void {
    // With PORT=0: the other children died and closed the port while this one started, so it got another free port.
    if (this.#url !== null && this.#url !== url) return child.kill()
    this.#url = url
    this.#listening.add(child)
    this.#openings.get(number)?.resolve()
    if (this.#isOpen)
      this.#options.log.info({ process: number, pid: child.pid }, "A replacement process listens.")
    this.#giveWork()
  }

  #ended(number: number, child: Child, end: ChildEnd): void {
    const wasListening = this.#listening.delete(child)
    this.#children.delete(number)
    this.#metrics.childDied(child)
    if (this.#worker === child) this.#worker = null
    if (this.#isStopping) {
      if (wasListening && end.code !== 0 && !this.#killed.has(child)) {
        const error = new Error(`the process ended with ${end.signal ?? end.code}`)
        this.#disorderly.push({ step: `process ${number}`, afterMs: Math.round(end.livedMs), error })
      }
      return
    }
    this.#giveWork()
    this.#replace(number, child, end)
  }

  #replace(number: number, child: Child, { code, signal, livedMs }: ChildEnd): void {
    const failure = this.#failures.get(child)
    this.#failures.delete(child)
    const pauseMs = this.#restartDelay.after(livedMs)
    if (!this.#isOpen && (failure !== undefined || this.#restartDelay.earlyDeaths >= MOST_SILENT_DEATHS)) {
      return this.#giveUp(failure ?? silentDeath(code, signal))
    }
    const fields = { process: number, pid: child.pid, code, signal, reason: failure?.line, pause_ms: pauseMs }
    if (pauseMs === 0) this.#options.log.warn(fields, "A process has ended; a replacement starts.")
    else
      this.#options.log.error(
        fields,
        "Processes end soon after their start; the replacement starts after a pause.",
      )
    this.#pause(pauseMs, () => this.#start(number))
  }

  #giveUp(failure: StartFailure): void {
    for (const opening of this.#openings.values()) opening.reject(new ProcessesFailure(failure))
  }

  #pause(milliseconds: number, next: () => void): void {
    if (milliseconds === 0) return next()
    const pause = setTimeout(() => {
      this.#pauses.delete(pause)
      next()
    }, milliseconds)
    this.#pauses.add(pause)
  }

  /** One child at a time runs the background work; a pause between two children loses none of it. */
  #giveWork(): void {
    const [next] = this.#listening
    if (!this.#options.worker || this.#worker !== null || next === undefined) return
    this.#worker = next
    next.send({ kind: "work" })
  }
}

function silentDeath(code: number | null, signal: string | null): StartFailure {
  return {
    status: 1,
    line: `No process can be started: the last one ended with ${signal ?? code ?? "an error"}`,
  }
}
