import type { Logger } from "pino"
import type { Events } from "../events/events.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { PaymentEventHandler } from "../lanes/payment-event-handler.ts"
import type { PaymentProvider } from "../payments/provider.ts"
import type { Database } from "../store/pool.ts"
import { createRecount, type Recount } from "../store/upkeep/recount.ts"
import type { Cancellations } from "../store/queues/cancellations.ts"
import type { Alerts } from "../store/reads/alerts.ts"
import type { MoneyViews } from "../store/reads/money-views.ts"
import { createAlerting, readSigns } from "./alerting.ts"
import { cancelPayments } from "./cancellations.ts"
import { sweepDue } from "./expiry.ts"
import type { RefundQueue } from "../store/queues/refund-queue.ts"
import type { WebhookQueue } from "../store/queues/webhook-queue.ts"
import type { MailQueue } from "../store/queues/mail-queue.ts"
import type { MailContents } from "../store/reads/mail-contents.ts"
import type { CodeQueue } from "../store/queues/mail-code-queue.ts"
import { createCodeMailing, type CodeMailing, type CodeOf } from "./code-mailing.ts"
import { createDeliveries } from "./deliveries.ts"
import { startLoop, type Pace } from "./loop.ts"
import type { MessageWays } from "./send-message.ts"
import { createMailing, type Mailing, type MailWay } from "./mailing.ts"
import { askAboutOpenPayments } from "./open-payments.ts"
import { sendRefunds } from "./refunds.ts"
import {
  createCodeRemoval,
  createDetailsRetention,
  createEventRetention,
  createHoldRetention,
  createKeyRemoval,
  createLapseRemoval,
  createMailRetention,
  createOutgoingRetention,
} from "./retention.ts"

export interface WorkerParts {
  readonly database: Database
  readonly lanes: Lanes
  readonly paymentEvents: PaymentEventHandler
  readonly events: Events
  readonly refunds: RefundQueue
  readonly cancellations: Cancellations
  readonly webhookQueue: WebhookQueue
  readonly alerts: Alerts
  readonly money: Pick<MoneyViews, "countOpen">
  /** All providers; each task uses those that support it. */
  readonly providers: readonly PaymentProvider[]
  readonly log: Logger
  readonly retention: Retention
  /** How outgoing events reach endpoints. */
  readonly ways: MessageWays
  readonly mails: { readonly queue: MailQueue; readonly contents: MailContents }
  readonly codes: CodeQueue
  /** Makes the codes of buyers; not given: none is sent. */
  readonly codeOf?: CodeOf | undefined
  /** Mail is off if it is null or not given. */
  readonly mail?: MailWay | null
}

/** How long ended rows are kept, in days; 0 keeps them for ever. */
export interface Retention {
  readonly holdRetentionDays: number
  readonly eventRetentionDays: number
  readonly outgoingRetentionDays: number
  readonly detailsRetentionDays: number
}

/** A unit whose hold has expired must be on sale within a second; this leaves time for a slow sweep. */
const expiryPace = { pauseMs: 250 }
const parkedPace = { pauseMs: 1_000 }
/**
 * Removal rests nine times as long as it works, so it takes at most a tenth of one connection's time, and
 * reads at most 20,000 rows a second.
 */
const gently = { busyPauseMs: 50, restFactor: 9 }
const keyPace: Pace = { ...gently, pauseMs: 10_000 }
/** Retention is counted in days, so one pass an hour is enough. */
const holdPace: Pace = { ...gently, pauseMs: 3_600_000 }
/** Each pass reads the whole table, which has the open holds and the lapsed ones of an hour. */
const lapsePace: Pace = { ...gently, pauseMs: 600_000 }
/** Seldom, because each pass reads the whole inbox. */
const eventPace: Pace = { ...gently, pauseMs: 6 * 3_600_000 }
/**
 * A recount reads every row. In a large database that takes seconds of processor time, and buyers wait:
 * measured with two million held units, p99 of a hold rose from 20 ms to a second. So a recount does one
 * check at a time, and rests for twenty times as long as it took.
 */
const recountPace = { pauseMs: 60_000, restFactor: 20 }
const openPaymentPace = { pauseMs: 1_000, busyPauseMs: 0 }
const refundPace = { pauseMs: 1_000, busyPauseMs: 0 }
/**
 * A cancellation takes two calls. After a sale with thousands of unpaid orders, at most fifty payments a second are
 * cancelled.
 */
const cancellationPace = { pauseMs: 1_000, busyPauseMs: 200 }
/** Soon enough for receivers, and cheap enough while there are no events. */
const deliveryPace = { pauseMs: 500, busyPauseMs: 50 }
/** A sign becomes an alert after half a minute at the earliest, except for what the recount has found. */
const alertPace = { pauseMs: 10_000, busyPauseMs: 1_000 }
/** As for events: each pass reads all details. */
const detailsPace: Pace = { ...gently, pauseMs: 6 * 3_600_000 }
/** As for deliveries. */
const mailPace = { pauseMs: 500, busyPauseMs: 50 }
const mailCountPace = { pauseMs: 5_000 }
const outgoingPace: Pace = { ...gently, pauseMs: 3_600_000 }
const PARKED_AT_ONCE = 200

/**
 * Starts the background work: expiry, parked payment events, questions about open payments, refunds,
 * cancellation of payments whose orders have ended, outgoing events, removal of old rows, and the recount for
 * the invariant gauge. None of it is needed for correctness.
 */
export function startWorker(parts: WorkerParts): { stop(): Promise<void> } {
  const { database, lanes, paymentEvents, events, log, retention } = parts
  const report = (task: string) => (error: unknown) =>
    log.warn({ err: error, task }, "Background task fails; it is tried again until it works.")
  const stopping = new AbortController()
  const recount = createRecount(database, stopping.signal)
  let violations: number | null = null
  const observer: Pick<Events, "invariantViolations"> = {
    invariantViolations(count) {
      violations = count
      events.invariantViolations(count)
    },
  }
  const { alerts } = parts
  const alerting = createAlerting({ alerts, look: () => readSigns(parts, violations) })
  const deliveries = createDeliveries({
    queue: parts.webhookQueue,
    log,
    observer: events,
    codeOf: parts.codeOf,
    ...parts.ways,
  })
  const loops = [
    startLoop(
      expiryPace,
      async () => void (await sweepDue({ lanes, database, observer: events })),
      report("expiry"),
    ),
    startLoop(
      parkedPace,
      async () => void (await paymentEvents.applyParked(PARKED_AT_ONCE)),
      report("parked payment events"),
    ),
    startLoop(openPaymentPace, () => askAboutOpenPayments(parts), report("open payments")),
    startLoop(refundPace, () => sendRefunds(parts), report("refunds")),
    startLoop(cancellationPace, () => cancelPayments(parts), report("cancelled payments")),
    startLoop(deliveryPace, () => deliveries.begin(), report("outgoing events")),
    startLoop(keyPace, createKeyRemoval(database), report("idempotency keys")),
    startLoop(lapsePace, createLapseRemoval(database), report("lapsed holds")),
    startLoop(lapsePace, createCodeRemoval(database), report("old codes")),
    startLoop(recountPace, () => reportRecount(recount, observer, log, stopping.signal), report("recount")),
    startLoop(alertPace, alerting, report("alerts")),
  ]
  const { holdRetentionDays, eventRetentionDays, outgoingRetentionDays, detailsRetentionDays } = retention
  if (holdRetentionDays > 0) {
    const removeSome = createHoldRetention(database, holdRetentionDays)
    loops.push(startLoop(holdPace, removeSome, report("ended holds")))
  }
  if (eventRetentionDays > 0) {
    const removeSome = createEventRetention(database, eventRetentionDays)
    loops.push(startLoop(eventPace, removeSome, report("old payment events")))
  }
  if (outgoingRetentionDays > 0) {
    const removeSome = createOutgoingRetention(database, outgoingRetentionDays)
    loops.push(startLoop(outgoingPace, removeSome, report("old outgoing events")))
    const removeMails = createMailRetention(database, outgoingRetentionDays)
    if (parts.mail != null) loops.push(startLoop(outgoingPace, removeMails, report("old mails")))
  }
  const mailing = createMailingOf(parts)
  if (mailing !== null) {
    loops.push(startLoop(mailPace, () => mailing.begin(), report("mails")))
    loops.push(startLoop(mailCountPace, () => mailing.count(), report("waiting mails")))
  }
  const codeMailing = createCodeMailingOf(parts)
  if (codeMailing !== null) loops.push(startLoop(mailPace, () => codeMailing.begin(), report("codes")))
  if (detailsRetentionDays > 0) {
    const removeSome = createDetailsRetention(database, detailsRetentionDays)
    loops.push(startLoop(detailsPace, removeSome, report("details of old orders")))
  }
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops.map((loop) => loop.stop()))
      await Promise.all([deliveries.stop(), codeMailing?.stop()])
      // Last, because it closes the connections to the mail server.
      await mailing?.stop()
    },
  }
}

function createMailingOf({ mail, mails, log, events }: WorkerParts): Mailing | null {
  return mail == null ? null : createMailing({ ...mail, ...mails, log, observer: events })
}

function createCodeMailingOf({ mail, codes, codeOf, log, events }: WorkerParts): CodeMailing | null {
  if (mail == null || codeOf === undefined) return null
  return createCodeMailing({ ...mail, codes, codeOf, log, observer: events })
}

async function reportRecount(
  recount: () => Promise<Recount>,
  events: Pick<Events, "invariantViolations">,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { violations } = await recount().catch((error: unknown) => {
    // A stop cancels the running check and skips the others.
    if (signal.aborted) return { violations: [] }
    throw error
  })
  if (signal.aborted) return
  events.invariantViolations(violations.length)
  for (const { invariant, productId, what, rows } of violations) {
    log.error({ invariant, product_id: productId, what, rows }, "An invariant does not hold.")
  }
}
