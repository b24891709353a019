/** Something that many have to get, a few at a time. */
export interface Task {
  /** Writes up to `most` times and returns how often; fewer times than that: everybody is served. */
  serve(most: number): number
}

/** Spreads what is written to streams over time, so that nobody who buys waits for those who watch. */
export interface Pace {
  /** Serves a task from the moment `at` on, until everybody is served. It must not be under way. */
  add(task: Task, at: number): void
  stop(): void
}

/**
 * A write costs 10 to 20 µs, so this is an eighth to a fifth of a processor, however many watch. It is also
 * what makes ten thousand of them wait 0.9 seconds for their turn, which may be one at most.
 */
const WRITES_PER_MS = 11
/** How often the next ones get their turn; a turn of a busy event loop takes as long. */
const TICK_MS = 10
/** A hold that comes meanwhile waits for these at most, a millisecond or two. */
const WRITES_IN_A_TURN = 128
/** What a quiet or late process may catch up on, several turns of the event loop in a row. */
const MOST_SAVED_WRITES = 1_250

/** `clock` tells milliseconds and never goes back. */
export function createPace(clock: () => number = () => performance.now()): Pace {
  const waiting = new Map<Task, number>()
  const underWay: Task[] = []
  let allowance = MOST_SAVED_WRITES
  let countedAt = clock()
  let timer: NodeJS.Timeout | null = null
  let turn: NodeJS.Immediate | null = null
  let wakesAt = Infinity
  let isStopped = false

  function run(): void {
    forgetWaking()
    const now = clock()
    allowance = Math.min(MOST_SAVED_WRITES, allowance + (now - countedAt) * WRITES_PER_MS)
    countedAt = now
    for (const [task, at] of waiting) {
      if (at > now) continue
      waiting.delete(task)
      underWay.push(task)
    }
    serveSome()
    sleep(now)
  }

  /** Tasks take turns, so that a large one does not keep small ones waiting. */
  function serveSome(): void {
    let room = Math.min(WRITES_IN_A_TURN, Math.floor(allowance))
    while (room > 0) {
      const task = underWay.shift()
      if (task === undefined) return
      const written = task.serve(room)
      if (written === room) underWay.push(task)
      room -= written
      allowance -= written
    }
  }

  function sleep(now: number): void {
    if (isStopped) return
    if (underWay.length > 0 && allowance >= 1) turn = setImmediate(run)
    else if (underWay.length > 0) wakeAt(now + TICK_MS, now)
    else wakeAt(Math.min(...waiting.values()), now)
  }

  function wakeAt(at: number, now: number): void {
    if (turn !== null || wakesAt <= at || at === Infinity) return
    forgetWaking()
    wakesAt = at
    timer = setTimeout(run, Math.max(0, at - now))
  }

  function forgetWaking(): void {
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
      forgetWaking()
    },
  }
}
