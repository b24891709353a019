import { timingSafeEqual } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Instant } from "../../domain/time.ts"
import type { MailboxKeys } from "./mailbox-keys.ts"

/** Whose code is asked for. */
interface Asker {
  readonly email: string
  /** The language of the mail; null: the shop's. */
  readonly language: string | null
}

/** The proof that a buyer has a mailbox. */
export interface ConfirmedMailbox {
  readonly customerToken: string
  /** In milliseconds since 1970. */
  readonly endsAt: number
}

/** Confirms the mailboxes of buyers by codes. */
export interface MailboxCodes {
  /** Whether codes are mailed by this installation or by the shop itself. The same for every address. */
  canSend(): Promise<boolean>
  /**
   * Has a code sent, unless the limits of mails are reached. Returns at once, and the same for every address; false: too many
   * requests wait.
   */
  ask(asker: Asker): boolean
  /**
   * Returns the token of the mailbox if this is its code; null if not. A wrong code is answered after {@link WRONG_TAKES_MS},
   * whether the address has a code or not.
   */
  confirm(email: string, code: string): Promise<ConfirmedMailbox | null>
  /** Removes what is known of a mailbox: by its address, or by the name of its customer. */
  forget(mailbox: { readonly email: string } | { readonly customerId: string }): Promise<void>
  /** Resolves when everything that was asked for is written. */
  settled(): Promise<void>
}

/** A code that would have been mailed. */
export interface ReadCode {
  readonly email: string
  readonly code: string
  readonly endsAt: Instant
}

/** `mail`: a mail follows. `event`: the shop's own system is told. */
export type AskedCode = "mail" | "event" | "limited by address" | "limited in all"

/** The codes that are stored. */
interface StoredCodes {
  areForShop(): Promise<boolean>
  ask(request: Asker & { readonly customerId: string }): Promise<AskedCode>
  countTry(customerId: string): Promise<string | null>
  use(customerId: string, seed: string): Promise<boolean>
  forget(customerId: string): Promise<void>
}

interface Parts {
  readonly codes: StoredCodes
  readonly keys: MailboxKeys
  /** Whether this installation sends mails. */
  readonly hasMail: boolean
  /** Counts a request or a try. */
  readonly onResult: (result: AskedCode | "confirmed" | "refused") => void
  readonly onError: (error: unknown) => void
}

/** How long a confirmed mailbox stays confirmed: a buyer can confirm it days before the sale. */
const TOKEN_DAYS = 7
const DAY_MS = 86_400_000
/** Longer than the database takes, so that the time does not tell whether the address has a code. */
export const WRONG_TAKES_MS = 250
/** Requests that are written at one time, so that a flood takes few connections, and those that may wait for that. */
const AT_ONCE = 4
const MOST_WAITING = 5_000

/**
 * Makes the codes. A request is answered before it is looked up, so that neither the answer nor its time tells what the address
 * has had before. A request that a crash interrupts is lost; the buyer asks again.
 */
export function createMailboxCodes({ codes, keys, hasMail, onResult, onError }: Parts): MailboxCodes {
  const waiting: Asker[] = []
  const writers = new Set<Promise<void>>()

  async function writeWaiting(): Promise<void> {
    for (let asker = waiting.shift(); asker !== undefined; asker = waiting.shift()) {
      try {
        onResult(await codes.ask({ ...asker, customerId: keys.customerOf(asker.email) }))
      } catch (error) {
        onError(error)
      }
    }
  }

  async function judged(customerId: string, code: string): Promise<boolean> {
    // The try is counted before it is judged, and by the database: of any number of simultaneous ones five are judged.
    const seed = await codes.countTry(customerId)
    const expected = Buffer.from(keys.codeOf(customerId, seed ?? ""))
    const isRight = expected.length === code.length && timingSafeEqual(expected, Buffer.from(code))
    return isRight && seed !== null && (await codes.use(customerId, seed))
  }

  return {
    canSend: async () => hasMail || (await codes.areForShop()),

    ask(asker) {
      if (waiting.length >= MOST_WAITING) return false
      waiting.push(asker)
      if (writers.size < AT_ONCE) {
        const writer = writeWaiting().then(() => void writers.delete(writer))
        writers.add(writer)
      }
      return true
    },

    async confirm(email, code) {
      const atLeast = sleep(WRONG_TAKES_MS)
      const customerId = keys.customerOf(email)
      if (!(await judged(customerId, code))) {
        onResult("refused")
        await atLeast
        return null
      }
      onResult("confirmed")
      const endsAt = Math.floor((Date.now() + TOKEN_DAYS * DAY_MS) / 1_000)
      return { customerToken: keys.tokenOf(customerId, endsAt), endsAt: endsAt * 1_000 }
    },

    forget: (mailbox) =>
      codes.forget("email" in mailbox ? keys.customerOf(mailbox.email) : mailbox.customerId),

    settled: async () => void (await Promise.all(writers)),
  }
}
