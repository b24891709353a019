import { productFrame, type Frame } from "./frames.ts"
import type { Pace, Task } from "./pace.ts"
import type { ProductText } from "../wire/wire.ts"
import type { Instant } from "../../domain/time.ts"

/** A product as it is now. */
export interface News {
  /** Names the state; what has another name has changed. */
  readonly name: string
  readonly frame: Frame
}

/** Those who watch one product. */
export interface Channel<Watcher> {
  readonly productId: number
  readonly size: number
  /** The product as it is. */
  newest(): News
  /** From now on the watcher gets what is not the state of this name. */
  add(watcher: Watcher, known: string): void
  remove(watcher: Watcher): void
  /** The product has changed. */
  changed(): void
}

export interface ChannelParts<Watcher> {
  readonly productId: number
  /** Null: nobody watches the product any more. */
  readonly read: () => { readonly text: ProductText; readonly serverTime: Instant } | null
  readonly send: (watcher: Watcher, frame: Frame) => void
  readonly pace: Pace
  readonly clock: () => number
}

/** Changes that come sooner are told together: four times a second at most. */
const ROUND_EVERY_MS = 250
/** Bytes are made anew after this, because `server_time` is in them. */
const FRESH_MS = 250

/**
 * Brings a product's changes to its watchers in rounds. Each gets the state that is the newest when its
 * turn comes, so nobody is further behind than a round takes, and the last state reaches everyone: when
 * something has changed since a round began, another one follows.
 */
export function createChannel<Watcher>(parts: ChannelParts<Watcher>): Channel<Watcher> {
  const { productId, read, send, pace, clock } = parts
  /** The name of the state that each was sent last. */
  const watchers = new Map<Watcher, string>()
  let round: Iterator<[Watcher, string]> | null = null
  let startedAt = -Infinity
  let isOnItsWay = false
  let hasChanged = false
  let last: (News & { readonly madeAt: number }) | null = null

  function newest(): News {
    const product = read()
    if (product === null) throw new Error("a product is watched by somebody and by nobody")
    const { text, serverTime } = product
    if (last?.name === text.name && clock() - last.madeAt < FRESH_MS) return last
    const frame = productFrame(text.name, text.textAt(serverTime))
    last = { name: text.name, frame, madeAt: clock() }
    return last
  }

  const task: Task = {
    serve(most) {
      if (watchers.size === 0) return end(0)
      const { name, frame } = newest()
      round ??= begin()
      for (let written = 0; written < most; written += 1) {
        const watcher = nextBehind(round, name)
        if (watcher === null) return end(written)
        // Noted first: who does not read is removed by the sending.
        watchers.set(watcher, name)
        send(watcher, frame)
      }
      return most
    },
  }

  function begin(): Iterator<[Watcher, string]> {
    startedAt = clock()
    hasChanged = false
    return watchers.entries()
  }

  /** Everybody is served; what has changed since the round began is for the next one. */
  function end(written: number): number {
    round = null
    isOnItsWay = false
    if (hasChanged && watchers.size > 0) start()
    return written
  }

  function start(): void {
    isOnItsWay = true
    pace.add(task, Math.max(clock(), startedAt + ROUND_EVERY_MS))
  }

  return {
    productId,
    get size() {
      return watchers.size
    },
    newest,
    add: (watcher, known) => void watchers.set(watcher, known),
    remove: (watcher) => void watchers.delete(watcher),
    changed() {
      hasChanged = true
      if (!isOnItsWay) start()
    },
  }
}

/** The next in the round who has not been sent this state; null: there is none. */
function nextBehind<Watcher>(round: Iterator<[Watcher, string]>, name: string): Watcher | null {
  for (;;) {
    const next = round.next()
    if (next.done === true) return null
    const [watcher, sent] = next.value
    if (sent !== name) return watcher
  }
}
