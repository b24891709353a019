import type { Logger } from "pino"
import type { Events } from "../events/events.ts"
import { isEmailAddress } from "../domain/email-address.ts"
import type { Mailbox } from "../mail/address.ts"
import { composeMail, nameInMail, type Shop } from "../mail/compose.ts"
import { buildMessage } from "../mail/message.ts"
import type { MailSender } from "../mail/smtp.ts"
import type { DueMail, MailQueue, MailResult } from "../store/queues/mail-queue.ts"
import type { MailContents } from "../store/reads/mail-contents.ts"

/** How mails are sent. */
export interface MailWay {
  /** Asked for each mail, because the shop may change its name. */
  readonly shop: () => Promise<Shop>
  /** The sender; without a name it gets the shop's. */
  readonly from: Mailbox
  readonly sender: MailSender
}

export interface MailingParts extends MailWay {
  readonly queue: MailQueue
  readonly contents: Pick<MailContents, "contentOf">
  readonly log: Logger
  readonly observer: Pick<Events, "mailTried" | "mailServerAway" | "mailServerBack" | "mailsWaiting">
  /** Returns a number between 0 and 1, which spreads the retries of many mails. */
  readonly random?: () => number
}

/** Sends mails to buyers. */
export interface Mailing {
  /** Begins to send mails that are due; does not wait for the answers. Returns true if there may be more soon. */
  begin(): Promise<boolean>
  /** Counts the mails that wait, for the metrics. */
  count(): Promise<void>
  /** Resolves when no mail is under way. */
  idle(): Promise<void>
  /** Waits a little for the mails under way, then gives the rest back, so that another worker sends them. */
  stop(): Promise<void>
}

/** Mails, and so connections, under way at one time in one worker. Servers allow 10 and more of one sender. */
const AT_ONCE = 5
/** How long a stop waits for answers under way. */
const LAST_ANSWERS_WITHIN_MS = 3_000

const MINUTE = 60
const HOUR = 60 * MINUTE
/** Pauses before each further attempt of a mail that the server does not take yet: two days in all. */
const pausesSeconds = [10, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]
/**
 * A payment may arrive before the details of its order, so a mail without an address waits for one: an hour and a quarter
 * in all.
 */
const addressPausesSeconds = [5, 20, MINUTE, 10 * MINUTE, HOUR]
/** Each pause is longer by a random share of up to this much. */
const JITTER = 0.1
/** The first pause after the server was away; each further one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Sends each mail while this worker has its lease. If a worker dies between sending and saving the result, another one
 * sends the mail again under the same Message-ID. So mails arrive at least once.
 *
 * While the mail server is away, no mail uses up its attempts: one mail at a time tries whether the server is back.
 */
export function createMailing(parts: MailingParts): Mailing {
  const { queue, log, observer, sender, random = Math.random } = parts
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const server = createServerWatch(observer, random)

  async function send(mail: DueMail): Promise<void> {
    const result = await attempt(mail, { ...parts, random }, stopping.signal).catch(
      // A mail that cannot be written must not stop the others.
      (error: unknown): MailResult => again(mail, `could not be written: ${String(error)}`, random()),
    )
    if (result.kind === "sent") server.answered()
    if (result.kind === "given back" && result.error !== null) server.isAway(result.error)
    await queue.note(mail, result)
    if (result.kind === "given back") return
    const { id, orderId, kind } = mail
    const error = "error" in result ? result.error : null
    observer.mailTried({ id, orderId, kind, outcome: result.kind, error })
  }

  function track(mail: DueMail): void {
    const sent = send(mail)
      // The lease ends by itself, and the mail is sent again.
      .catch((error: unknown) => log.warn({ err: error }, "The result of a mail could not be saved."))
      .then(() => void underWay.delete(sent))
    underWay.add(sent)
  }

  return {
    async begin() {
      const room = server.room() - underWay.size
      if (room <= 0) return underWay.size > 0
      const mails = await queue.take(room)
      for (const mail of mails) track(mail)
      return underWay.size > 0
    },

    count: async () => observer.mailsWaiting(await queue.waiting()),

    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },

    async stop() {
      const cut = setTimeout(() => stopping.abort(), LAST_ANSWERS_WITHIN_MS)
      await Promise.all(underWay)
      clearTimeout(cut)
      sender.close()
    },
  }
}

/** Remembers whether the mail server takes mails. */
function createServerWatch(
  observer: Pick<MailingParts["observer"], "mailServerAway" | "mailServerBack">,
  random: () => number,
) {
  let away = { times: 0, until: 0 }
  return {
    /** How many mails may be under way now: none in a pause, then one that tries. */
    room(): number {
      if (performance.now() < away.until) return 0
      return away.times > 0 ? 1 : AT_ONCE
    },
    answered(): void {
      if (away.times > 0) observer.mailServerBack()
      away = { times: 0, until: 0 }
    },
    /** The mails that were under way together count as one failure. */
    isAway(error: string): void {
      if (performance.now() < away.until) return
      if (away.times === 0) observer.mailServerAway(error)
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** away.times, LONGEST_PAUSE_MS)
      away = { times: away.times + 1, until: performance.now() + pause * (1 + JITTER * random()) }
    },
  }
}

type AttemptParts = Pick<MailingParts, "contents" | "shop" | "from" | "sender"> & {
  readonly random: () => number
}

async function attempt(
  mail: DueMail,
  { contents, shop, from, sender, random }: AttemptParts,
  signal: AbortSignal,
): Promise<MailResult> {
  const content = await contents.contentOf(mail)
  if (content === null) return withoutAddress(mail, random())
  if (!isEmailAddress(content.email)) {
    return { kind: "failed", error: "the order's e-mail address is not one that mail can be sent to" }
  }
  const current = await shop()
  const message = await buildMessage(composeMail({ kind: mail.kind, ...content }, current), {
    from: from.name === "" ? { ...from, name: current.name } : from,
    to: { name: nameInMail({ ...content, kind: mail.kind }), address: content.email },
    key: mail.messageKey,
    date: new Date(mail.createdAt),
  })
  const result = await sender.send(message, signal)
  if (result.kind === "sent") return result
  if (signal.aborted) return { kind: "given back", error: null }
  switch (result.kind) {
    case "refused":
      return { kind: "failed", error: result.error }
    case "unavailable":
      return { kind: "given back", error: result.error }
    case "later":
      return again(mail, result.error, random())
  }
}

function again({ attempts }: DueMail, error: string, random: number): MailResult {
  return pausedBy(pausesSeconds[attempts - 1], error, random) ?? { kind: "failed", error }
}

function withoutAddress({ attempts }: DueMail, random: number): MailResult {
  const error = "the order has no e-mail address"
  return pausedBy(addressPausesSeconds[attempts - 1], error, random) ?? { kind: "skipped" }
}

function pausedBy(seconds: number | undefined, error: string, random: number): MailResult | null {
  return seconds === undefined
    ? null
    : { kind: "again", afterSeconds: seconds * (1 + JITTER * random), error }
}
