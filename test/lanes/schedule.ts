import type { PlaceHold, ReleaseHold } from "../../src/domain/commands.ts"
import { commitBatch } from "../../src/lanes/batch.ts"
import type { Execution } from "../../src/domain/execute.ts"
import type { GroupBounds } from "../../src/lanes/groups.ts"
import { defaultSettings } from "../../src/domain/product.ts"
import { createLane, type LaneLimits } from "../../src/lanes/lane.ts"
import { createLanes } from "../../src/lanes/lanes.ts"
import type { ProductTask } from "../../src/store/batch/product-store.ts"
import { askFor, NOON, productWith, RULES } from "../support/builders.ts"
import { createMemoryDatabase, type MemoryDatabase } from "../support/memory-database.ts"
import { seededRandom } from "../support/random.ts"
import {
  createScheduledServer,
  FAULT,
  type SimulatedProcess,
  type ScheduledServer,
  type FailureRates,
} from "../support/scheduled-store.ts"
import { recordingObserver } from "../support/simulated-store.ts"
import { createScheduler, type Scheduler } from "../support/scheduler.ts"

/** The promises of lanes, which hold in every schedule. `interleavings.test.ts` has each in words. */
export type Promised = "answered" | "durable" | "once" | "order" | "neighbours" | "honest" | "bounds"

/** The result of a schedule. */
export interface Played {
  readonly complaints: readonly { readonly promise: Promised; readonly what: string }[]
  readonly story: readonly string[]
  /** How often each kind of event has happened. */
  readonly counts: ReadonlyMap<string, number>
}

type Asked = PlaceHold | ReleaseHold

/** The lanes of one process, as its callers see them. */
interface Counter {
  readonly process: SimulatedProcess
  readonly isExact: boolean
  readonly submit: (command: Asked) => Promise<Execution<unknown>>
  readonly isFull: (command: Asked) => boolean
}

/** A caller and its command. */
interface Caller {
  readonly command: Asked
  readonly process: SimulatedProcess
  /** The caller's place in the order of arrival. */
  readonly turn: number
  readonly since: number
  readonly isQueueFull: boolean
  readonly isExact: boolean
  answers: number
  /** The hold in its answer. `nothing`: the answer says that the command had no effect. */
  given: number | null | "nothing"
}

const LIMITS: LaneLimits = { queueLength: 8, batchSize: 4, waitMs: 2_000 }
const GROUPS = { aloneFrom: 3, size: 4 }
const STOCK = 1_000
/** How often a batch is tried, with the first try. */
const TRIES = 6

const weathers: readonly FailureRates[] = [
  { passing: 0, lost: 0, guards: 0 },
  { passing: 0.05, lost: 0.05, guards: 0 },
  { passing: 0.05, lost: 0.3, guards: 0.01 },
  { passing: 0.3, lost: 0.1, guards: 0 },
  { passing: 0.6, lost: 0.5, guards: 0 },
]

/** Plays the schedule of a seed to its end. Meanwhile `performance.now` is the schedule's clock. */
export async function playSchedule(seed: number): Promise<Played> {
  const scheduler = createScheduler(seededRandom(seed))
  const schedule = new Schedule(scheduler)
  Reflect.defineProperty(performance, "now", { value: () => scheduler.now, configurable: true })
  try {
    schedule.begin()
    await scheduler.play()
    schedule.end()
  } finally {
    Reflect.deleteProperty(performance, "now")
  }
  return { ...schedule.played, story: scheduler.story }
}

class Schedule {
  readonly #scheduler: Scheduler
  readonly #databases = new Map<number, MemoryDatabase>()
  readonly #server: ScheduledServer
  readonly #callers: Caller[] = []
  readonly #bad = new Set<number>()
  readonly #complaints: { promise: Promised; what: string }[] = []
  readonly #counts = new Map<string, number>()
  readonly #hasGroups: boolean
  readonly #groups: GroupBounds
  /** The turn of the last answer, by lane. */
  readonly #lastAnswered = new Map<string, number>()
  readonly #lanes: { process: SimulatedProcess; waiting: () => number }[] = []
  /** Commands that have been in a batch. */
  readonly #begun = new Set<unknown>()
  #processes = 0
  #turns = 0
  #lastId = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.#hasGroups = scheduler.happens(0.6)
    this.#groups = { ...GROUPS, inFlight: 1 + scheduler.below(2) }
    const products = this.#hasGroups ? 2 + scheduler.below(5) : 1
    for (let id = 1; id <= products; id += 1) this.#databases.set(id, stocked(id))
    const failureRates = weathers[scheduler.below(weathers.length)] ?? { passing: 0, lost: 0, guards: 0 }
    this.#server = createScheduledServer(scheduler, this.#databases, failureRates, {
      groupsInFlight: this.#groups.inFlight,
      began: (parts, isGroup) => this.#lookAt(parts, isGroup),
      isBad: (holdId) => this.#bad.has(holdId),
    })
  }

  get played(): Omit<Played, "story"> {
    return { complaints: this.#complaints, counts: this.#counts }
  }

  /** Plans a process with its callers, which may die, and another client that may lock rows. */
  begin(): void {
    this.#startProcess()
    const locks = this.#scheduler.happens(0.3) ? 1 + this.#scheduler.below(3) : 0
    for (let count = 0; count < locks; count += 1) void this.#lockSometime()
  }

  async #lockSometime(): Promise<void> {
    await this.#scheduler.step("another client wants to lock a product")
    await this.#server.lockFor(1 + this.#scheduler.below(this.#databases.size))
  }

  #startProcess(again: readonly Asked[] = []): void {
    const scheduler = this.#scheduler
    this.#processes += 1
    const process: SimulatedProcess = { isDead: false }
    const context = {
      store: this.#server.connect(process),
      observer: recordingObserver(),
      random: scheduler.random,
      pause: (ms: number) => scheduler.pause(ms),
    }
    const lanes = this.#hasGroups ? createLanes(context, LIMITS, this.#groups) : null
    const lane = createLane((commands) => {
      this.#lookAtBatch(commands)
      return commitBatch(context, { productId: 1, commands })
    }, LIMITS)
    this.#lanes.push({ process, waiting: () => lanes?.queued ?? lane.length })
    const counter: Counter = {
      process,
      submit: (command) => (lanes === null ? lane.submit(command) : lanes.submit(command)),
      isFull: (command) =>
        lanes === null
          ? lane.length >= LIMITS.queueLength
          : this.#unanswered(process, command.productId) >= LIMITS.queueLength,
      // With groups, only the number of unanswered commands is known, not how many of them wait.
      isExact: lanes === null,
    }

    // Callers without an answer ask again, under the same key.
    for (const command of again) void this.#ask(command, counter)
    const bursts = 1 + scheduler.below(4)
    for (let burst = 0; burst < bursts; burst += 1) {
      const size = 1 + scheduler.below(6)
      void scheduler.step(`${size} callers come`).then(() => {
        if (process.isDead) return
        for (let one = 0; one < size; one += 1) {
          void this.#ask(this.#newCommand(), counter)
        }
      })
    }
    if (this.#processes === 1 && scheduler.happens(0.3)) void this.#killSometime(process)
  }

  async #killSometime(process: SimulatedProcess): Promise<void> {
    const scheduler = this.#scheduler
    // The death comes after a random number of other steps.
    for (let steps = scheduler.below(12); steps > 0; steps -= 1) await scheduler.step("time goes by")
    process.isDead = true
    this.#count("a process dies")
    scheduler.tell("the process dies")
    const unheard = this.#callers.filter((caller) => caller.answers === 0).map(({ command }) => command)
    await scheduler.step("another process starts")
    this.#startProcess(unheard.filter(({ idempotency }) => idempotency !== undefined).map(this.#anew))
  }

  /** Makes the same request for another process: the same key, and an id of its own. */
  readonly #anew = (command: Asked): Asked => {
    if (command.kind !== "place_hold") return command
    const holdId = this.#newId()
    if (this.#bad.has(command.holdId)) this.#bad.add(holdId)
    return { ...command, holdId }
  }

  #newCommand(): Asked {
    const scheduler = this.#scheduler
    const productId = 1 + scheduler.below(this.#databases.size)
    const holds = this.#callers.flatMap(({ command }) =>
      command.kind === "place_hold" && command.productId === productId ? command.holdId : [],
    )
    const target = holds[scheduler.below(holds.length)]
    if (target !== undefined && scheduler.happens(0.2))
      return { kind: "release_hold", productId, holdId: target }
    const holdId = this.#newId()
    if (scheduler.happens(0.06)) this.#bad.add(holdId)
    const idempotency = { scope: "anyone", key: `key-${holdId}`, fingerprint: "same" }
    return askFor(1, { productId, holdId, ...(scheduler.happens(0.5) && { idempotency }) })
  }

  #newId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  #unanswered(process: SimulatedProcess, productId: number): number {
    return this.#callers.filter(
      (caller) =>
        caller.process === process && caller.command.productId === productId && caller.answers === 0,
    ).length
  }

  async #ask(command: Asked, { process, submit, isFull, isExact }: Counter): Promise<void> {
    this.#turns += 1
    const caller: Caller = {
      command,
      process,
      turn: this.#turns,
      since: this.#scheduler.now,
      isQueueFull: isFull(command),
      isExact,
      answers: 0,
      given: null,
    }
    this.#callers.push(caller)
    const told = await submit(command).then(
      (execution) => ({ execution }),
      (fault: unknown) => ({ fault }),
    )
    // An answer of a dead process reaches no caller.
    if (process.isDead) return
    caller.answers += 1
    if ("fault" in told) this.#hearFault(caller, told.fault)
    else this.#hear(caller, told.execution)
  }

  #hear(caller: Caller, { outcome, replayed }: Execution<unknown>): void {
    const { command, turn, since, isQueueFull, isExact } = caller
    const told = outcome as { code?: string; id?: number; status?: string }
    const code = told.code ?? ""
    const success = command.kind === "place_hold" ? "a hold is granted" : "a hold is released"
    this.#count(told.code ?? (replayed ? "a repeated answer" : success))
    const waited = this.#scheduler.now - since
    if (code === "overloaded") {
      caller.given = "nothing"
      if (!isQueueFull && waited <= LIMITS.waitMs) this.#complain("honest", `overloaded after ${waited} ms`)
      return
    }
    if (isExact && isQueueFull) this.#complain("bounds", `command ${turn} was accepted into a full queue`)
    this.#inOrder(caller)
    if (code === "unavailable") {
      const failures = this.#server.failures.get(command.productId) ?? 0
      if (failures < TRIES) this.#complain("honest", `unavailable after ${failures} failures`)
      return
    }
    if (told.code !== undefined) {
      const isHonest = command.kind === "release_hold" && /^hold_(not_found|expired)$/.test(code)
      if (!isHonest) this.#complain("honest", `${command.kind} was refused: ${code}`)
      return
    }
    const stored = this.#databases.get(command.productId)?.holds.get(told.id ?? 0)
    const status = command.kind === "place_hold" ? ["active", "released"] : ["released"]
    if (stored === undefined || !status.includes(stored.status)) {
      this.#complain("durable", `${command.kind} ${String(told.id)} is acknowledged and does not exist`)
    }
    if (!replayed && told.id !== command.holdId) {
      this.#complain("once", `the command for hold ${command.holdId} got hold ${String(told.id)}`)
    }
    caller.given = told.id ?? null
  }

  #hearFault(caller: Caller, fault: unknown): void {
    const { command, turn } = caller
    const isGuard = fault instanceof Error && "code" in fault && fault.code === "23502"
    this.#count(isGuard ? "a guard" : "a fault")
    caller.given = "nothing"
    this.#inOrder(caller)
    if (isGuard) return
    if (fault !== FAULT) this.#complain("honest", `command ${turn} failed: ${String(fault)}`)
    else if (!this.#bad.has(command.holdId) || command.kind !== "place_hold") {
      this.#complain("neighbours", `command ${turn} failed because of another command`)
    }
  }

  #inOrder({ command, process, turn }: Caller): void {
    const lane = `${process === this.#callers[0]?.process ? "first" : "second"} ${command.productId}`
    const last = this.#lastAnswered.get(lane) ?? 0
    if (turn < last) this.#complain("order", `command ${turn} was answered after ${last}`)
    this.#lastAnswered.set(lane, turn)
  }

  /** Checks a batch of the single lane before it begins. */
  #lookAtBatch(commands: readonly unknown[]): void {
    if (commands.length > LIMITS.batchSize) this.#complain("bounds", `a batch of ${commands.length}`)
    for (const command of commands) {
      if (this.#begun.has(command)) continue
      this.#begun.add(command)
      const caller = this.#callers.find((one) => one.command === command)
      const waited = this.#scheduler.now - (caller?.since ?? 0)
      if (waited > LIMITS.waitMs) this.#complain("bounds", `a command began after ${waited} ms`)
    }
  }

  /** Checks a transaction that begins. */
  #lookAt(parts: readonly ProductTask[], isGroup: boolean): void {
    const sizes = parts.map(({ needs }) => needs.units + needs.holdIds.length)
    const most = isGroup && parts.length > 1 ? GROUPS.size : LIMITS.batchSize
    const size = sizes.reduce((sum, one) => sum + one, 0)
    if (size > most) this.#complain("bounds", `${size} commands in a transaction of ${parts.length}`)
    this.#count(isGroup && parts.length > 1 ? "a group" : "a transaction")
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  #complain(promise: Promised, what: string): void {
    this.#complaints.push({ promise, what })
    this.#scheduler.tell(`NOT KEPT (${promise}): ${what}`)
  }

  /** After the last step: finds commands without an answer, and compares the database with the answers. */
  end(): void {
    for (const what of this.#server.complaints) {
      this.#complain(what.includes("in flight") || what.includes("at once") ? "bounds" : "once", what)
    }
    for (const { process, turn, answers } of this.#callers) {
      if (!process.isDead && answers !== 1) this.#complain("answered", `command ${turn}: ${answers} answers`)
    }
    for (const { process, waiting } of this.#lanes) {
      if (!process.isDead && waiting() > 0) this.#complain("answered", `${waiting()} commands still wait`)
    }
    for (const [what, count] of this.#server.counts) this.#counts.set(what, count)
    for (const [productId, database] of this.#databases) this.#lookInto(productId, database)
  }

  #lookInto(productId: number, { product, holds }: MemoryDatabase): void {
    const asked = new Map<number, Caller>()
    for (const caller of this.#callers) {
      if (caller.command.kind === "place_hold") asked.set(caller.command.holdId, caller)
    }
    const keys = new Set<string>()
    let last = 0
    for (const id of holds.keys()) {
      const caller = asked.get(id)
      const key = caller?.command.idempotency?.key
      if (caller === undefined || caller.command.productId !== productId) {
        this.#complain("once", `hold ${id} has no command`)
        continue
      }
      if (this.#bad.has(id) || caller.given === "nothing")
        this.#complain("honest", `hold ${id} was refused and exists`)
      if (key !== undefined && keys.has(key)) this.#complain("once", `two holds under ${key}`)
      if (key !== undefined) keys.add(key)
      // A hold without an acknowledgement may have been made at any time.
      if (caller.given !== id) continue
      if (caller.turn < last) this.#complain("order", `command ${caller.turn} happened after ${last}`)
      last = caller.turn
    }
    const active = [...holds.values()].filter(({ status }) => status === "active").length
    if (product?.held !== active) this.#complain("once", `${String(product?.held)} held, ${active} active`)
  }
}

function stocked(productId: number): MemoryDatabase {
  const database = createMemoryDatabase(productId, RULES)
  const { name, priceMinor, currency } = productWith()
  const settings = { ...defaultSettings, name, priceMinor, currency }
  database.run([{ kind: "create_product", productId, settings, stock: STOCK, adjustmentId: productId }], NOON)
  return database
}
