import { signal, type ReadonlySignal } from "@preact/signals"
import { ProblemError, type Client } from "../../client/src/index.ts"
import type { LanguageTag } from "../../client/src/languages.ts"
import { storage, type StoredMailbox } from "./browser-storage.ts"

/** What became of a request about a mailbox. */
export type MailboxAnswer =
  | "done"
  | "wrong_code"
  | "wrong_email"
  | "too_often"
  | "no_answer"
  | "off"
  | "challenge"

/** The mailbox that this browser has confirmed, and how it confirms another. */
export interface MailboxModel {
  /** Null: none, or it was too long ago. */
  readonly confirmed: ReadonlySignal<StoredMailbox | null>
  /** Has a code sent. `challenge`: the token of a solved challenge, where the server asks for one. */
  readonly ask: (email: string, challenge: string | null) => Promise<MailboxAnswer>
  readonly enter: (email: string, code: string) => Promise<MailboxAnswer>
  /** Forgets the mailbox, so that the buyer can confirm another one. */
  readonly forget: () => void
  /** Reads what this browser has stored. */
  readonly read: () => void
}

/** A hold that begins now must not meet the end of its token. */
const MARGIN_MS = 60_000

/** Makes the model. It is kept for all tabs, because a buyer confirms the mailbox before the sale, perhaps on another day. */
export function createMailboxModel(
  { customers }: Pick<Client, "customers">,
  language: LanguageTag,
): MailboxModel {
  const confirmed = signal<StoredMailbox | null>(null)

  async function answerTo(send: () => Promise<void>): Promise<MailboxAnswer> {
    try {
      await send()
      return "done"
    } catch (error) {
      return error instanceof ProblemError ? refusalBy(error) : "no_answer"
    }
  }

  return {
    confirmed,
    ask: (email, challenge) =>
      answerTo(async () => {
        await customers.requestCode({ email, language, ...(challenge !== null && { challenge }) })
      }),
    enter: (email, code) =>
      answerTo(async () => {
        const { customer_token, expires_at } = await customers.confirmCode({ email, code })
        confirmed.value = { email, token: customer_token, endsAtMs: Date.parse(expires_at) }
        storage.saveMailbox(confirmed.value)
      }),
    forget() {
      confirmed.value = null
      storage.saveMailbox(null)
    },
    read() {
      const stored = storage.mailbox()
      const isOver = stored !== null && stored.endsAtMs < Date.now() + MARGIN_MS
      confirmed.value = isOver ? null : stored
    },
  }
}

function refusalBy({ code, status }: ProblemError): MailboxAnswer {
  switch (code) {
    case "mail_code_invalid":
      return "wrong_code"
    case "invalid_request":
      return "wrong_email"
    case "rate_limited":
      return "too_often"
    case "mail_codes_off":
      return "off"
    case "challenge_failed":
      return "challenge"
    default:
      return status >= 500 ? "no_answer" : "off"
  }
}
