import { signWebhook } from "../payments/standard-webhooks.ts"
import type { Timers } from "./timers.ts"

/** A message to the shop. */
export interface Message {
  /** The same for every copy of it. */
  readonly id: string
  readonly body: string
  readonly pauseMs: number
  /** Signed with another key. It is sent once, for nobody should take it. */
  readonly isForged?: boolean
}

/** What has become of the messages so far; copies and forgeries count. */
export interface DeliveryCounts {
  readonly waiting: number
  readonly delivered: number
  readonly refusedForgeries: number
  /** It took too long, and the shop will never hear of it this way. */
  readonly givenUp: number
}

/** Brings messages to the shop, each until it is taken or for ten minutes. */
export interface Deliveries {
  /** Makes room for messages that will be sent; false: too many are waiting. */
  reserve(count: number): boolean
  /** Gives room back that was not needed. */
  leave(count: number): void
  /** Sends a message for which there is room. Resolves when that is over; true: the shop has taken it. */
  send(message: Message): Promise<boolean>
  counts(): DeliveryCounts
}

export interface DeliveryOptions {
  /** Where the shop takes webhooks; asked for each time, because a shop may be about to listen. */
  readonly target: () => string
  readonly secret: Buffer
  readonly timers: Timers
  readonly onGivenUp: (id: string) => void
}

/** Each waits with its content, a kilobyte. */
const MOST_WAITING = 100_000
/** As many connections as a provider might keep. */
const AT_ONCE = 32
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** With the pauses above, ten minutes of a shop that is away. */
const MOST_ATTEMPTS = 120
const GIVE_UP_AFTER_MS = 600_000
const ANSWER_WITHIN_MS = 5_000

/** Starts without messages. */
export function createDeliveries({ target, secret, timers, onGivenUp }: DeliveryOptions): Deliveries {
  let waiting = 0
  let delivered = 0
  let refusedForgeries = 0
  let givenUp = 0
  const takeTurn = createTurns(AT_ONCE)
  const forger = Buffer.from(`not ${secret.toString("base64")}`)

  async function isTaken({ id, body, isForged = false }: Message): Promise<boolean> {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = signWebhook(isForged ? forger : secret, { id, timestamp }, body)
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    }
    try {
      const request = { method: "POST", headers, body, redirect: "manual" } as const
      const answer = await fetch(target(), { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      await answer.body?.cancel()
      return answer.ok
    } catch {
      // A shop that is away is asked again like one that refuses.
      return false
    }
  }

  async function insist(message: Message): Promise<boolean> {
    const deadline = performance.now() + GIVE_UP_AFTER_MS
    for (let attempt = 0; attempt < MOST_ATTEMPTS && performance.now() < deadline; attempt += 1) {
      if (attempt > 0) await timers.wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
      if (await takeTurn(() => isTaken(message))) return true
    }
    return false
  }

  return {
    reserve(count) {
      if (waiting + count > MOST_WAITING) return false
      waiting += count
      return true
    },
    leave: (count) => void (waiting -= count),
    async send(message) {
      if (message.pauseMs > 0) await timers.wait(message.pauseMs)
      const isForged = message.isForged === true
      const taken = await (isForged ? takeTurn(() => isTaken(message)) : insist(message))
      waiting -= 1
      if (taken) delivered += 1
      else if (isForged) refusedForgeries += 1
      else {
        givenUp += 1
        onGivenUp(message.id)
      }
      return taken
    },
    counts: () => ({ waiting, delivered, refusedForgeries, givenUp }),
  }
}

/** Lets at most `most` tasks run at one time; the others wait in the order in which they came. */
function createTurns(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      // Whoever waits takes the place over.
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
