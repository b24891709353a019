/** A job that has to write to many streams and does a few of these writes at a time. */
export interface Task {
  /** Writes at most `most` times and returns how often it wrote; less than `most` means that it is done. */
  serve(most: number): number
}

/** Spreads the writes to streams over time, so that holds and orders do not wait for them. */
export interface WriteScheduler {
  /** Runs a task from the moment `at` until it is done. The task must not be waiting or running. */
  add(task: Task, at: number): void
  stop(): void
}

/**
 * A write costs 10 to 20 µs, so writes take an eighth to a fifth of a core, however many streams there are. A change
 * then reaches ten thousand streams within 0.9 seconds; the promise is one second.
 */
const WRITES_PER_MS = 11
/** Time between two portions of writes. A turn of a busy event loop takes as long. */
const TICK_MS = 10
/** Writes in one turn of the event loop: a hold that arrives meanwhile waits a millisecond or two. */
const WRITES_IN_A_TURN = 128
/** Writes that a quiet or late process may catch up on, in several turns of the event loop in a row. */
const MOST_SAVED_WRITES = 1_250

/** Makes a scheduler without tasks. `clock` returns monotonic milliseconds. */
export function createWriteScheduler(clock: () => number = () => performance.now()): WriteScheduler {
  const waiting = new Map<Task, number>()
  const running: Task[] = []
  let allowance = MOST_SAVED_WRITES
  let countedAt = clock()
  let timer: NodeJS.Timeout | null = null
  let turn: NodeJS.Immediate | null = null
  let wakesAt = Infinity
  let isStopped = false

  function run(): void {
    cancelWakeUp()
    const now = clock()
    allowance = Math.min(MOST_SAVED_WRITES, allowance + (now - countedAt) * WRITES_PER_MS)
    countedAt = now
    for (const [task, at] of waiting) {
      if (at > now) continue
      waiting.delete(task)
      running.push(task)
    }
    serveTurn()
    sleep(now)
  }

  /** Tasks take turns, so that small tasks do not wait for a large one. */
  function serveTurn(): void {
    let room = Math.min(WRITES_IN_A_TURN, Math.floor(allowance))
    while (room > 0) {
      const task = running.shift()
      if (task === undefined) return
      const written = task.serve(room)
      if (written === room) running.push(task)
      room -= written
      allowance -= written
    }
  }

  function sleep(now: number): void {
    if (isStopped) return
    if (running.length > 0 && allowance >= 1) turn = setImmediate(run)
    else if (running.length > 0) wakeAt(now + TICK_MS, now)
    else wakeAt(Math.min(...waiting.values()), now)
  }

  function wakeAt(at: number, now: number): void {
    if (turn !== null || wakesAt <= at || at === Infinity) return
    cancelWakeUp()
    wakesAt = at
    timer = setTimeout(run, Math.max(0, at - now))
  }

  function cancelWakeUp(): void {
    if (timer !== null) clearTimeout(timer)
    if (turn !== null) clearImmediate(turn)
    timer = null
    turn = null
    wakesAt = Infinity
  }

  return {
    add(task, at) {
      if (isStopped) return
      waiting.set(task, at)
      wakeAt(at, clock())
    },
    stop() {
      isStopped = true
      cancelWakeUp()
    },
  }
}
