import { createHash } from "node:crypto"
import type { Logger } from "pino"
import type { Events } from "../events/events.ts"
import { composeCode } from "../mail/code-mail.ts"
import { buildMessage } from "../mail/message.ts"
import type { CodeQueue, CodeResult, DueCode } from "../store/queues/mail-code-queue.ts"
import { CODE_MINUTES } from "../store/queues/mail-codes.ts"
import type { MailWay } from "./mailing.ts"

/** Makes the six digits of a request, which are stored nowhere. */
export type CodeOf = (customerId: string, seed: string) => string

interface CodeMailingParts extends MailWay {
  readonly codes: CodeQueue
  readonly codeOf: CodeOf
  readonly log: Logger
  readonly observer: Pick<Events, "mailCode">
}

/** Sends codes to buyers. */
export interface CodeMailing {
  /** Begins to send mails that are due; does not wait for the answers. Returns true if there may be more soon. */
  begin(): Promise<boolean>
  /** Resolves when no mail is under way. */
  idle(): Promise<void>
  /** Waits a little for the mails under way. */
  stop(): Promise<void>
}

/** Mails under way at one time in one worker, beside those about orders. */
const AT_ONCE = 5
const LAST_ANSWERS_WITHIN_MS = 3_000
/** Pauses before each further attempt. A code is valid for ten minutes, and its buyer waits. */
const pausesSeconds = [3, 10, 30, 60, 120, 240]

/**
 * Sends each code while this worker has its lease. A buyer waits for it, so it is tried again sooner than a mail about an order,
 * and no longer than it is valid.
 */
export function createCodeMailing(parts: CodeMailingParts): CodeMailing {
  const { codes, log, observer } = parts
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()

  async function send(due: DueCode): Promise<void> {
    const { outcome, error } = await attempt(due, parts, stopping.signal).catch((fault: unknown) => ({
      outcome: "again" as const,
      error: `could not be written: ${String(fault)}`,
    }))
    const result = resultOf(due, outcome)
    await codes.note(due, result)
    observer.mailCode(outcome === "again" && result.kind === "done" ? "failed" : outcome, error)
  }

  return {
    async begin() {
      const room = AT_ONCE - underWay.size
      const taken = room <= 0 ? [] : await codes.take(room)
      for (const due of taken) {
        const sent = send(due)
          // The lease ends by itself, and the mail is sent again.
          .catch((error: unknown) => log.warn({ err: error }, "The result of a mail could not be saved."))
          .then(() => void underWay.delete(sent))
        underWay.add(sent)
      }
      return underWay.size > 0
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

interface Attempted {
  readonly outcome: "sent" | "again" | "failed"
  readonly error: string | null
}

async function attempt(
  { customerId, email, language, seed }: DueCode,
  { shop, from, sender, codeOf }: CodeMailingParts,
  signal: AbortSignal,
): Promise<Attempted> {
  const current = await shop()
  const code = codeOf(customerId, seed)
  const message = await buildMessage(composeCode({ code, language, minutes: CODE_MINUTES }, current), {
    from: from.name === "" ? { ...from, name: current.name } : from,
    to: { name: "", address: email },
    // A mail that is sent again by request is another one, so that mail programs show it.
    key: createHash("sha256").update(`${seed} ${Date.now()}`).digest("hex").slice(0, 32),
    date: new Date(),
  })
  const result = await sender.send(message, signal)
  if (result.kind === "sent") return { outcome: "sent", error: null }
  return { outcome: result.kind === "refused" ? "failed" : "again", error: result.error }
}

function resultOf({ attempts }: DueCode, outcome: Attempted["outcome"]): CodeResult {
  const afterSeconds = pausesSeconds[attempts - 1]
  return outcome === "again" && afterSeconds !== undefined
    ? { kind: "again", afterSeconds }
    : { kind: "done" }
}
