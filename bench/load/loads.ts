import { setTimeout as sleep } from "node:timers/promises"
import type { Load, LoadPlan, LoadResult } from "./plan.ts"
import { Tally } from "./tally.ts"
import { createVisitors, type Visitor } from "./visitors.ts"

/** Puts the load on the server and counts the results. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const tally = new Tally(plan.expected)
  const { load } = plan
  if (load.kind === "closed") await closedLoop(plan, load, tally)
  else if (load.kind === "open") await openLoop(plan, load, tally)
  else await burst(plan, tally)
  return tally.result()
}

async function closedLoop(plan: LoadPlan, load: Extract<Load, { kind: "closed" }>, tally: Tally) {
  const visitors = createVisitors(plan, tally, "request")
  let to = Infinity
  visitors.onIdle = (visitor) => {
    const now = performance.now()
    if (now < to) visitor.start(visitors.nextJourney(), now)
  }
  await visitors.open()
  const from = performance.now() + load.warmUpSeconds * 1000
  to = from + load.seconds * 1000
  tally.measure(from, to)
  await sleep(to - performance.now())
  await visitors.close()
}

/** The interval at which due visitors are started. Their times count from their own due moments. */
const TICK_MS = 1
/** A visitor who finds no free connection within this time is counted as dropped. */
const PATIENCE_MS = 1_000

async function openLoop(plan: LoadPlan, load: Extract<Load, { kind: "open" }>, tally: Tally) {
  const visitors = createVisitors(plan, tally, "journey")
  const idle: Visitor[] = []
  visitors.onIdle = (visitor) => idle.push(visitor)
  await visitors.open()

  /** Gives each due visitor a free connection: at the next tick or, if all are busy, as soon as one is free. */
  function admit(now: number): void {
    while (due.done !== true && due.value <= now) {
      if (due.value < now - PATIENCE_MS) tally.dropped += 1
      else {
        const visitor = idle.pop()
        if (visitor === undefined) return
        visitor.start(visitors.nextJourney(), due.value)
      }
      due = arrivals.next()
    }
  }
  const startedAt = performance.now()
  const arrivals = arrivalTimes(load.phases, startedAt)
  tally.measure(startedAt, startedAt + totalSeconds(load.phases) * 1000)
  let due = arrivals.next()
  visitors.onIdle = (visitor) => {
    idle.push(visitor)
    admit(performance.now())
  }
  while (due.done !== true) {
    admit(performance.now())
    await sleep(TICK_MS)
  }
  await visitors.close()
}

function* arrivalTimes(phases: LoadPhases, startedAt: number): Generator<number, undefined> {
  let phaseStart = startedAt
  for (const { perSecond, seconds } of phases) {
    const count = Math.floor(perSecond * seconds)
    for (let index = 0; index < count; index += 1) yield phaseStart + (index * 1000) / perSecond
    phaseStart += seconds * 1000
  }
}

type LoadPhases = Extract<Load, { kind: "open" }>["phases"]

function totalSeconds(phases: LoadPhases): number {
  return phases.reduce((sum, phase) => sum + phase.seconds, 0)
}

/** Opens all connections and then sends one request on each at the same moment. */
async function burst(plan: LoadPlan, tally: Tally) {
  const visitors = createVisitors(plan, tally, "journey")
  const crowd: Visitor[] = []
  visitors.onIdle = (visitor) => crowd.push(visitor)
  await visitors.open()
  visitors.onIdle = () => undefined
  const startedAt = performance.now()
  tally.measure(startedAt, Infinity)
  for (const visitor of crowd) visitor.start(visitors.nextJourney(), startedAt)
  await visitors.close()
  tally.measure(startedAt, performance.now())
}
