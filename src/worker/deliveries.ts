import type { Logger } from "pino"
import type { Events } from "../events/events.ts"
import {
  ADDRESSED_AT_ONCE,
  type DeliveryResult,
  type DueDelivery,
  type WebhookQueue,
} from "../store/queues/webhook-queue.ts"
import { CODE_EVENT, codeEventData } from "../store/queues/mail-codes.ts"
import type { CodeOf } from "./code-mailing.ts"
import type { Answer } from "./post-event.ts"
import { createSendMessage, type MessageWays } from "./send-message.ts"

export interface DeliveryParts extends MessageWays {
  readonly queue: WebhookQueue
  readonly log: Logger
  readonly observer: Pick<Events, "deliveryTried">
  /** Makes the code of a request; absent: events about codes cannot be sent. */
  readonly codeOf?: CodeOf | undefined
  /** Returns a number between 0 and 1, which spreads the retries of many events. */
  readonly random?: () => number
}

/** Sends outgoing events to the endpoints, mailboxes among them. */
export interface Deliveries {
  /**
   * Creates the deliveries of new events and begins to send those that are due; does not wait for the
   * answers. Returns true if there may be more soon.
   */
  begin(): Promise<boolean>
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>
  /** Waits a little for the deliveries under way, then gives the rest back, so that another worker sends them. */
  stop(): Promise<void>
}

/**
 * Requests to one endpoint under way at one time, in one worker. Each endpoint has its own share, so one that
 * hangs does not delay the others. The number of endpoints bounds the total (512).
 */
const AT_ONCE_PER_ENDPOINT = 16
/** How long a stop waits for answers under way. */
const LAST_ANSWERS_WITHIN_MS = 3_000

const MINUTE = 60
const HOUR = 60 * MINUTE
/** Pauses before each further attempt: three days in all. After that, only the shop can ask for another attempt. */
const pausesSeconds = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]
/** Each pause is longer by a random share of up to this much. */
const JITTER = 0.1
const LONGEST_RETRY_AFTER_SECONDS = 24 * HOUR

/**
 * Sends each delivery while this worker has its lease. If a worker dies between sending and saving the result,
 * another one sends the event again under the same id. So events arrive at least once, in no order.
 */
export function createDeliveries({
  queue,
  log,
  observer,
  post,
  mailNotice,
  codeOf,
  random = Math.random,
}: DeliveryParts): Deliveries {
  const underWay = new Set<Promise<void>>()
  const busy = new Map<number, number>()
  const stopping = new AbortController()
  const send = createSendMessage({ post, mailNotice })

  async function deliver(delivery: DueDelivery): Promise<void> {
    const result = await attempt(delivery)
    if (result.kind === "failed" && result.responseStatus === GONE) {
      await queue.disable(delivery.endpointId, delivery.url)
    }
    await queue.note(delivery, result)
    if (result.kind === "given back") return
    const { endpointId, eventId } = delivery
    const error = "error" in result ? result.error : null
    observer.deliveryTried({ endpointId, eventId, outcome: result.kind, error })
  }

  async function attempt(delivery: DueDelivery): Promise<DeliveryResult> {
    const { eventId: id, attempts } = delivery
    const body = withCode(delivery, codeOf)
    if (body === null) return { kind: "failed", responseStatus: null, error: goneOf(delivery) }
    try {
      const answer = await send({ ...delivery, id, body }, stopping.signal)
      return resultOf(answer, attempts, random())
    } catch (error) {
      if (stopping.signal.aborted) return { kind: "given back" }
      const reason = error instanceof Error ? error.message : String(error)
      return failure({ attempts, responseStatus: null, error: reason, atLeastSeconds: 0 }, random())
    }
  }

  function track(delivery: DueDelivery): void {
    const { endpointId } = delivery
    busy.set(endpointId, (busy.get(endpointId) ?? 0) + 1)
    const sent = deliver(delivery)
      // The lease ends by itself, and the event is sent again.
      .catch((error: unknown) => log.warn({ err: error }, "The result of a delivery could not be saved."))
      .then(() => {
        underWay.delete(sent)
        const left = (busy.get(endpointId) ?? 1) - 1
        if (left === 0) busy.delete(endpointId)
        else busy.set(endpointId, left)
      })
    underWay.add(sent)
  }

  return {
    async begin() {
      const addressed = await queue.address()
      const waiting = await queue.waiting()
      const room = new Map(waiting.map((id) => [id, AT_ONCE_PER_ENDPOINT - (busy.get(id) ?? 0)]))
      for (const [id, left] of room) if (left === 0) room.delete(id)
      const taken = room.size === 0 ? [] : await queue.take(room)
      for (const delivery of taken) track(delivery)
      return addressed === ADDRESSED_AT_ONCE || waiting.length > 0
    },

    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },

    async stop() {
      const cut = setTimeout(() => stopping.abort(), LAST_ANSWERS_WITHIN_MS)
      await Promise.all(underWay)
      clearTimeout(cut)
    },
  }
}

/** The message of an event; of one about a code with the address and the code, which are stored in no event. Null: there is none. */
function withCode({ body, code = null }: DueDelivery, codeOf: CodeOf | undefined): string | null {
  if (body === null || !isAboutCode(body)) return body
  if (code === null || codeOf === undefined) return null
  const event = JSON.parse(body) as { readonly data: object }
  const data = { ...event.data, ...codeEventData(code, codeOf(code.customerId, code.seed)) }
  return JSON.stringify({ ...event, data })
}

function isAboutCode(body: string): boolean {
  return body.startsWith(`{"type":"${CODE_EVENT}"`)
}

function goneOf({ body }: DueDelivery): string {
  return body === null ? "its event was removed" : "the code has ended"
}

const GONE = 410

/** The result of a delivery that got this answer. `random` is between 0 and 1. */
export function resultOf(
  { status, retryAfterSeconds }: Answer,
  attempts: number,
  random: number,
): DeliveryResult {
  if (status >= 200 && status < 300) return { kind: "delivered", responseStatus: status }
  const error = `answered ${status}`
  if (status === GONE) return { kind: "failed", responseStatus: status, error: `${error}: disabled` }
  const atLeastSeconds = Math.min(retryAfterSeconds ?? 0, LONGEST_RETRY_AFTER_SECONDS)
  return failure({ attempts, responseStatus: status, error, atLeastSeconds }, random)
}

interface Failure {
  /** This one included. */
  readonly attempts: number
  readonly responseStatus: number | null
  readonly error: string
  /** A receiver may ask for a longer pause but not for a shorter one, which would use up the attempts within minutes. */
  readonly atLeastSeconds: number
}

function failure(
  { attempts, responseStatus, error, atLeastSeconds }: Failure,
  random: number,
): DeliveryResult {
  const pause = pausesSeconds[attempts - 1]
  if (pause === undefined) return { kind: "failed", responseStatus, error }
  const afterSeconds = Math.max(pause * (1 + JITTER * random), atLeastSeconds)
  return { kind: "again", afterSeconds, responseStatus, error }
}
