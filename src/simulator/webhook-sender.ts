import { signWebhook } from "../payments/standard-webhooks.ts"
import type { Timers } from "./timers.ts"

/** One copy of a webhook message. */
export interface WebhookCopy {
  /** The same for every copy of a message. */
  readonly id: string
  readonly body: string
  /** How long to wait before it is sent for the first time. */
  readonly pauseMs: number
  /** True for a copy signed with another key. It is sent once, because the shop should refuse it. */
  readonly isForged?: boolean
}

/** Results of all sends so far, including copies and forgeries. */
export interface DeliveryCounts {
  readonly waiting: number
  readonly delivered: number
  readonly refusedForgeries: number
  /** Copies that the shop did not accept within ten minutes; they are not sent any more. */
  readonly givenUp: number
}

/** Sends webhooks to the shop. Each is repeated until the shop accepts it, for ten minutes at most. */
export interface WebhookSender {
  /** Reserves room for copies that will be sent; false if too many are waiting. */
  reserve(count: number): boolean
  /** Returns room that is not needed any more. */
  release(count: number): void
  /** Sends a copy for which room is reserved. Resolves at the end, with true if the shop has accepted the copy. */
  send(copy: WebhookCopy): Promise<boolean>
  counts(): DeliveryCounts
}

/** The shop that receives the webhooks, and the key that signs them. */
export interface WebhookSenderOptions {
  /** The shop's webhook address; asked for at each send, because the shop may not listen yet. */
  readonly target: () => string
  readonly secret: Buffer
  readonly timers: Timers
  readonly onGivenUp: (id: string) => void
}

/** A waiting copy takes about a kilobyte. */
const MOST_WAITING = 100_000
/** About as many connections as a real provider uses. */
const CONCURRENT_SENDS = 32
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** With the pauses above, this is ten minutes for a shop that does not answer. */
const MOST_ATTEMPTS = 120
const GIVE_UP_AFTER_MS = 600_000
const TIMEOUT_MS = 5_000

/** Makes the sender of one simulator; nothing waits yet. */
export function createWebhookSender({
  target,
  secret,
  timers,
  onGivenUp,
}: WebhookSenderOptions): WebhookSender {
  let waiting = 0
  let delivered = 0
  let refusedForgeries = 0
  let givenUp = 0
  const limited = limitConcurrency(CONCURRENT_SENDS)
  const forgedSecret = Buffer.from(`not ${secret.toString("base64")}`)

  /** Sends the copy once. True if the shop has accepted it. */
  async function sendOnce({ id, body, isForged = false }: WebhookCopy): Promise<boolean> {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = signWebhook(isForged ? forgedSecret : secret, { id, timestamp }, body)
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    }
    try {
      const request = { method: "POST", headers, body, redirect: "manual" } as const
      const response = await fetch(target(), { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) })
      await response.body?.cancel()
      return response.ok
    } catch {
      // No answer counts as a refusal: the webhook is sent again.
      return false
    }
  }

  async function sendUntilTaken(copy: WebhookCopy): Promise<boolean> {
    const deadline = performance.now() + GIVE_UP_AFTER_MS
    for (let attempt = 0; attempt < MOST_ATTEMPTS && performance.now() < deadline; attempt += 1) {
      if (attempt > 0) await timers.wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
      if (await limited(() => sendOnce(copy))) return true
    }
    return false
  }

  return {
    reserve(count) {
      if (waiting + count > MOST_WAITING) return false
      waiting += count
      return true
    },
    release: (count) => void (waiting -= count),
    async send(copy) {
      if (copy.pauseMs > 0) await timers.wait(copy.pauseMs)
      const isForged = copy.isForged === true
      const taken = await (isForged ? limited(() => sendOnce(copy)) : sendUntilTaken(copy))
      waiting -= 1
      if (taken) delivered += 1
      else if (isForged) refusedForgeries += 1
      else {
        givenUp += 1
        onGivenUp(copy.id)
      }
      return taken
    },
    counts: () => ({ waiting, delivered, refusedForgeries, givenUp }),
  }
}

/** Runs at most `most` tasks at a time; the others wait in the order in which they came. */
function limitConcurrency(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => queue.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      // The next task in the queue runs instead of this one, so the number of running tasks stays the same.
      const next = queue.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
