import type { Logger } from "pino"
import { forkChild, type Child, type ChildEnd } from "./fork.ts"
import { takeSteps, type GivenUp } from "../base/stop-steps.ts"
import type { StopLimits } from "./child.ts"
import type { Assignment, StartFailure, ToPrimary } from "./messages.ts"
import { createMetricsExchange, type MetricsExchange } from "./metrics-exchange.ts"
import { createRestartDelay } from "./restart-delay.ts"

export interface ProcessesOptions {
  /** How many children serve. */
  readonly count: number
  /** The subcommand of this program that makes it a child. */
  readonly command: string
  /** What all of them serve; each has a number of its own. */
  readonly assignment: Omit<Assignment, "number">
  /** False: none of them does background work. */
  readonly worker: boolean
  readonly log: Logger
}

/** Children that share a port. Whoever dies is replaced. */
export interface Processes {
  readonly url: string
  /**
   * Lets all of them stop in order, each within `withinMs` less a part for ending them; who is not gone then is killed.
   * Resolves with those that did not stop in order.
   */
  stop(limits: StopLimits): Promise<readonly GivenUp[]>
  /** Ends all of them at once, without order. */
  kill(): void
}

/** The children cannot serve; the message is one line for whoever started them. */
export class ProcessesFailure extends Error {
  readonly status: 1 | 2

  constructor({ status, line }: StartFailure) {
    super(line)
    this.status = status
  }
}

/** Starts the children and returns when all of them listen. Throws {@link ProcessesFailure}. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const crew = new Crew(options)
  try {
    await crew.open()
    return crew
  } catch (error) {
    await crew.stop({ withinMs: FAILED_START_STOPS_WITHIN_MS, delayMs: 0 })
    throw error
  }
}

/** A child has this share of the time; what it leaves is for telling what it gave up, and its last numbers. */
const CHILD_SHARE = 0.85
/** What is kept for killing those that are not gone. */
const ENDING_SHARE = 0.05
/** Children that never served have nothing to answer. */
const FAILED_START_STOPS_WITHIN_MS = 10_000

/** A start that fails so often without a reason will fail again. */
const MOST_SILENT_DEATHS = 5

class Crew implements Processes {
  readonly #options: ProcessesOptions
  readonly #restartDelay = createRestartDelay()
  readonly #metrics: MetricsExchange
  /** By their numbers, which those who take their places inherit. */
  readonly #children = new Map<number, Child>()
  readonly #listening = new Set<Child>()
  readonly #failures = new Map<Child, StartFailure>()
  /** Resolved when the child of that number listens for the first time. */
  readonly #openings = new Map<number, PromiseWithResolvers<void>>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  #port: number
  #url: string | null = null
  #worker: Child | null = null
  #isOpen = false
  #isStopping = false
  /** Those that took too long to stop. */
  readonly #killed = new Set<Child>()
  /** Those that ended by themselves during a stop, and not in order. */
  readonly #disorderly: GivenUp[] = []

  constructor(options: ProcessesOptions) {
    this.#options = options
    this.#port = options.assignment.config.port
    this.#metrics = createMetricsExchange(this.#listening)
  }

  get url(): string {
    return this.#url ?? ""
  }

  /** The first child alone: whatever keeps it from listening would keep the others. */
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
    // Port 0 leads to the same port only as long as somebody listens there.
    if (this.#listening.size === 0 && this.#url !== null) this.#port = Number(new URL(this.#url).port)
    const { command, assignment } = this.#options
    const config = { ...assignment.config, port: this.#port }
    const child = forkChild(command, { ...assignment, config, number }, (message) =>
      this.#hear(number, child, message),
    )
    this.#children.set(number, child)
    void child.ended.then((end) => this.#lose(number, child, end))
  }

  #hear(number: number, child: Child, message: ToPrimary): void {
    if (message.kind === "listening") this.#welcome(number, child, message.url)
    else if (message.kind === "failed") this.#failures.set(child, message)
    else this.#metrics.receive(child, message)
  }

  #welcome(number: number, child: Child, url: string): void {
    // The last of the others closed the port while this one started.
    if (this.#url !== null && this.#url !== url) return child.kill()
    this.#url = url
    this.#listening.add(child)
    this.#openings.get(number)?.resolve()
    if (this.#isOpen) this.#options.log.info({ process: number, pid: child.pid }, "A process took its place.")
    this.#giveWork()
  }

  #lose(number: number, child: Child, end: ChildEnd): void {
    const wasListening = this.#listening.delete(child)
    this.#children.delete(number)
    this.#metrics.childDied(child)
    if (this.#worker === child) this.#worker = null
    if (this.#isStopping) {
      if (wasListening && end.code !== 0 && !this.#killed.has(child)) {
        const error = new Error(`it ended with ${end.signal ?? end.code}`)
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
    if (pauseMs === 0) this.#options.log.warn(fields, "A process has ended; another one takes its place.")
    else
      this.#options.log.error(
        fields,
        "Processes end soon after their start; the next one starts after a pause.",
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

  /** One at a time works in the background; none of it is lost when nobody does for a while. */
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
