import type pg from "pg"
import { transactionByIndex, type Tx } from "../tx.ts"
import { advancePace, allowedNow, countDue } from "./mail-queue.ts"

/** A request for a code. */
export interface CodeRequest {
  /** The customer who has the mailbox. */
  readonly customerId: string
  /** The address that the code is sent to. */
  readonly email: string
  /** The language of the mail; null: the shop's. */
  readonly language: string | null
}

/** A code that one worker has leased for its mail. */
export interface DueCode extends CodeRequest {
  readonly seed: string
  /** Including this attempt. */
  readonly attempts: number
  /** The end of the lease, in the database's text form. It identifies this attempt. */
  readonly lease: string
}

/** What happens to a mail after an attempt: nothing more, or another attempt. */
export type CodeResult = { readonly kind: "done" } | { readonly kind: "again"; readonly afterSeconds: number }

/** The codes whose mails are due, shared by all workers. */
export interface CodeQueue {
  /** Leases codes whose mail is due, at most `limit`, and no more than MAIL_PER_SECOND leaves beside mails about orders. */
  take(limit: number): Promise<DueCode[]>
  /** Records the result of an attempt, unless the mail was asked for again since. */
  note(code: Pick<DueCode, "customerId" | "lease">, result: CodeResult): Promise<void>
}

/** How many times a code may be compared. The table has the same limit. */
const TRIES = 5
/** A lease lasts longer than any attempt to send a mail. */
const LEASE_SECONDS = 120

/** Whether a row of `mail_codes` is a code that can still be entered. */
export const isOpen = `ends_at > clock_timestamp() and tries < ${TRIES}`

/** Makes the queue over PostgreSQL. `perSecond` 0: mails are sent as fast as the workers can. */
export function createCodeQueue(pool: pg.Pool, perSecond: number): CodeQueue {
  return {
    async take(limit) {
      if (!(await isAnyDue(pool))) return []
      return transactionByIndex(pool, async (tx) => {
        const allowed = perSecond === 0 ? limit : await leftByOrders(tx, limit, perSecond)
        if (allowed === 0) return []
        const codes = await takeCodes(tx, allowed)
        if (perSecond > 0 && codes.length > 0) await advancePace(tx, codes.length / perSecond)
        return codes
      })
    },

    async note({ customerId, lease }, result) {
      await pool.query({
        name: "note-code",
        text: `
          update mail_codes
             set due_at = case when $3::float8 is null then null
                               else clock_timestamp() + make_interval(secs => $3) end
           where mailbox = $1
             and due_at = $2::timestamptz`,
        values: [customerId, lease, result.kind === "again" ? result.afterSeconds : null],
      })
    },
  }
}

/** In one second of so many, codes wait for no other mail: one that has waited for ten minutes is of no use any more. */
const TURN_EVERY_SECONDS = 4

/**
 * How many codes may be mailed now. Mails about orders go first: everybody can have codes mailed, and a flood of them must
 * delay the receipts of buyers who have paid by a quarter at most.
 */
async function leftByOrders(tx: Tx, limit: number, perSecond: number): Promise<number> {
  const allowed = await allowedNow(tx, perSecond)
  if (allowed === 0) return 0
  const left = (await isTurnOfCodes(tx)) ? allowed : allowed - (await countDue(tx, allowed))
  return Math.min(limit, left)
}

/** By the database's clock, so that all workers have the same turns. */
async function isTurnOfCodes(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ isTurn: boolean }>({
    name: "turn-of-codes",
    text: `select floor(extract(epoch from statement_timestamp()))::bigint % ${TURN_EVERY_SECONDS} = 0 as "isTurn"`,
  })
  return rows[0]?.isTurn === true
}

async function isAnyDue(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query({
    name: "any-due-code",
    text: `
      select mailbox
        from mail_codes
       where due_at <= statement_timestamp()
       order by due_at
       limit 1`,
  })
  return rows.length > 0
}

/** A code that has ended or was used up meanwhile is mailed to nobody. */
async function takeCodes(tx: Tx, limit: number): Promise<DueCode[]> {
  const { rows } = await tx.query<DueCode>({
    name: "take-codes",
    text: `
      with taken as materialized (
        select mailbox
          from mail_codes
         where due_at <= statement_timestamp()
         order by due_at
         limit $1
           for update skip locked
      ),
      leased as (
        update mail_codes
           set attempts = attempts + 1,
               due_at = case when ${isOpen} then clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) end
          from taken
         where mail_codes.mailbox = taken.mailbox
        returning mail_codes.mailbox, email, language, seed, attempts, due_at
      )
      select email, language, seed, attempts,
             mailbox as "customerId",
             due_at::text as lease
        from leased
       where due_at is not null`,
    values: [limit],
  })
  return rows
}
