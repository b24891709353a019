import { productFrame, type Frame } from "./frames.ts"
import type { Task, WriteScheduler } from "./write-scheduler.ts"
import type { ProductText } from "../wire/product-texts.ts"
import type { Instant } from "../../domain/time.ts"

/** One state of a product, ready to be sent. */
export interface ProductState {
  /** The event's id: two states with the same id are the same. */
  readonly id: string
  /** Null: the product is hidden now, so its watchers see no more of it. */
  readonly frame: Frame | null
}

/** The streams that watch one product. */
export interface Channel<Watcher> {
  readonly productId: number
  readonly size: number
  /** The product's state now. */
  current(): ProductState
  /** Sends the watcher each state from now on, except the one with the id `known`. */
  add(watcher: Watcher, known: string): void
  remove(watcher: Watcher): void
  /** Call when the product has changed. */
  changed(): void
}

export interface ChannelOptions<Watcher> {
  readonly productId: number
  /** Null: the product is not watched any more. */
  readonly read: () => {
    readonly text: ProductText
    readonly serverTime: Instant
    readonly isHidden: boolean
  } | null
  /** `frame` null: ends what the watcher sees. */
  readonly send: (watcher: Watcher, frame: Frame | null) => void
  readonly scheduler: WriteScheduler
  readonly clock: () => number
}

/** Changes within this time are sent as one: at most four a second. */
const ROUND_EVERY_MS = 250
/** A frame is made again after this time, because `server_time` is in it. */
const FRESH_MS = 250

/**
 * Sends a product's changes to its watchers in rounds. Each watcher gets the state that is the newest when its turn
 * comes, so it is never further behind than one round takes. A change during a round causes another round, so every
 * watcher gets the last state.
 */
export function createChannel<Watcher>(options: ChannelOptions<Watcher>): Channel<Watcher> {
  const { productId, send, scheduler, clock } = options
  /** The watchers, each with the id of the last state that was sent to it. */
  const watchers = new Map<Watcher, string>()
  const current = rememberState(options)
  let round: Iterator<[Watcher, string]> | null = null
  let startedAt = -Infinity
  let isScheduled = false
  let hasChanged = false

  const task: Task = {
    serve(most) {
      if (watchers.size === 0) return end(0)
      const { id, frame } = current()
      round ??= begin()
      for (let written = 0; written < most; written += 1) {
        const watcher = nextBehind(round, id)
        if (watcher === null) return end(written)
        // Before sending, which removes a watcher that does not read.
        watchers.set(watcher, id)
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

  /** All watchers have this round's state; a change since it began needs another round. */
  function end(written: number): number {
    round = null
    isScheduled = false
    if (hasChanged && watchers.size > 0) schedule()
    return written
  }

  function schedule(): void {
    isScheduled = true
    scheduler.add(task, Math.max(clock(), startedAt + ROUND_EVERY_MS))
  }

  return {
    productId,
    get size() {
      return watchers.size
    },
    current,
    add: (watcher, known) => void watchers.set(watcher, known),
    remove: (watcher) => void watchers.delete(watcher),
    changed() {
      hasChanged = true
      if (!isScheduled) schedule()
    },
  }
}

/** Reads the product's state, and makes its frame once for all watchers while it is fresh. */
function rememberState({ read, clock }: Pick<ChannelOptions<never>, "read" | "clock">): () => ProductState {
  let last: (ProductState & { readonly madeAt: number }) | null = null
  return () => {
    const product = read()
    if (product === null) throw new Error("a channel outlived the watch of its product")
    const { text, serverTime, isHidden } = product
    if (last?.id === text.name && clock() - last.madeAt < FRESH_MS) return last
    const frame = isHidden ? null : productFrame(text.name, text.textAt(serverTime))
    last = { id: text.name, frame, madeAt: clock() }
    return last
  }
}

/** The next watcher of the round that has not been sent the state `id`; null when the round is over. */
function nextBehind<Watcher>(round: Iterator<[Watcher, string]>, id: string): Watcher | null {
  for (;;) {
    const next = round.next()
    if (next.done === true) return null
    const [watcher, sent] = next.value
    if (sent !== id) return watcher
  }
}
