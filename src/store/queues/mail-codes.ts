import { randomUUID } from "node:crypto"
import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import { transaction, transactionByIndex, type Tx } from "../tx.ts"
import { advancePace, allowedNow } from "./mail-queue.ts"

/** A request for a code. */
export interface CodeRequest {
  /** The customer who has the mailbox. */
  readonly customerId: string
  /** The address that the code is sent to. */
  readonly email: string
  /** The language of the mail; null: the shop's. */
  readonly language: string | null
}

/** `mail`: a mail follows. `event`: the shop's own system is told. `limited`: nothing follows. */
export type AskedCode = "mail" | "event" | "limited by address" | "limited in all"

/** A code that one worker has leased for its mail. */
export interface DueCode extends CodeRequest {
  readonly seed: string
  /** Including this attempt. */
  readonly attempts: number
  /** The end of the lease, in the database's text form. It identifies this attempt. */
  readonly lease: string
}

/** A code that is open. */
export type OpenCode = CodeRequest & { readonly seed: string; readonly endsAt: Instant }

/** What happens to a mail after an attempt: nothing more, or another attempt. */
export type CodeResult = { readonly kind: "done" } | { readonly kind: "again"; readonly afterSeconds: number }

/** The codes that buyers were mailed. All processes share them, so that their limits bind all of them together. */
export interface MailCodes {
  /** Whether an endpoint of the shop takes the codes, so that the shop mails them itself. */
  areForShop(): Promise<boolean>
  /**
   * Opens a code, or mails the open one again and lets its time begin anew; its tries stay. Does nothing where the address
   * has had {@link MAILS_PER_HOUR} mails within an hour, or all addresses together have had the most.
   */
  ask(request: CodeRequest): Promise<AskedCode>
  /** Counts a try, and returns the seed of the code to compare with; null: no code is open, or its tries are used up. */
  countTry(customerId: string): Promise<string | null>
  /** Ends a code that was entered. Returns false if another request has done so before. */
  use(customerId: string, seed: string): Promise<boolean>
  /** Removes everything that is known of a mailbox. */
  forget(customerId: string): Promise<void>
  /** Leases codes whose mail is due, at most `limit`, and no more than MAIL_PER_SECOND allows. */
  take(limit: number): Promise<DueCode[]>
  /** Records the result of an attempt, unless the mail was asked for again since. */
  note(code: Pick<DueCode, "customerId" | "lease">, result: CodeResult): Promise<void>
  /** The newest open codes, for the mailbox of open mode. */
  newest(limit: number): Promise<OpenCode[]>
}

/** How long a code is valid. */
export const CODE_MINUTES = 10
/** How many times a code may be compared. The table has the same limit. */
const TRIES = 5
/** Mails that an address gets in an hour: enough for somebody who looks in the wrong folder, too few to annoy. */
export const MAILS_PER_HOUR = 5
/** A lease lasts longer than any attempt to send a mail. */
const LEASE_SECONDS = 120

/** The options of the codes. */
export interface MailCodeOptions {
  /** How many codes are mailed in an hour to all addresses together; 0: no limit. */
  readonly perHour: number
  /** As MAIL_PER_SECOND. */
  readonly perSecond: number
}

/** Makes the codes over PostgreSQL. */
export function createMailCodes(pool: pg.Pool, { perHour, perSecond }: MailCodeOptions): MailCodes {
  return {
    areForShop: () => hasEndpoint(pool),

    async ask(request) {
      const isForShop = await hasEndpoint(pool)
      try {
        return await transaction(pool, async (tx) => {
          if (!(await openCode(tx, request, isForShop))) return "limited by address"
          // Last, because all requests wait for this row.
          if (perHour > 0 && !(await countInTotal(tx, perHour))) throw new TotalReached()
          if (isForShop) await writeEvent(tx, request.customerId)
          return isForShop ? "event" : "mail"
        })
      } catch (error) {
        if (error instanceof TotalReached) return "limited in all"
        throw error
      }
    },

    async countTry(customerId) {
      const { rows } = await pool.query<{ seed: string }>({
        name: "count-code-try",
        text: `
          update mail_codes
             set tries = tries + 1
           where mailbox = $1
             and ${isOpen}
          returning seed`,
        values: [customerId],
      })
      return rows[0]?.seed ?? null
    },

    async use(customerId, seed) {
      const { rowCount } = await pool.query({
        name: "use-code",
        text: `
          update mail_codes
             set ends_at = clock_timestamp(),
                 due_at = null
           where mailbox = $1
             and seed = $2
             and ends_at > clock_timestamp()`,
        values: [customerId, seed],
      })
      return rowCount === 1
    },

    async forget(customerId) {
      await pool.query({
        name: "forget-code",
        text: "delete from mail_codes where mailbox = $1",
        values: [customerId],
      })
    },

    async take(limit) {
      if (!(await isAnyDue(pool))) return []
      return transactionByIndex(pool, async (tx) => {
        const allowed = perSecond === 0 ? limit : Math.min(limit, await allowedNow(tx, perSecond))
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

    async newest(limit) {
      const { rows } = await pool.query<OpenCode>({
        name: "newest-codes",
        text: `
          select mailbox as "customerId", email, language, seed,
                 ends_at as "endsAt"
            from mail_codes
           where ${isOpen}
           order by ends_at desc
           limit $1`,
        values: [limit],
      })
      return rows
    },
  }
}

/** Rolls the request back. */
class TotalReached extends Error {}

const isOpen = `ends_at > clock_timestamp() and tries < ${TRIES}`
const isNewHour = "counted_from <= clock_timestamp() - interval '1 hour'"

async function hasEndpoint(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query({
    name: "endpoint-for-codes",
    text: `
      select id
        from webhook_endpoints
       where id > 0
         and enabled
         and '${CODE_EVENT}' = any(types)
       limit 1`,
  })
  return rows.length > 0
}

/** Returns false where the address has had its mails. */
async function openCode(
  tx: Tx,
  { customerId, email, language }: CodeRequest,
  isForShop: boolean,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: "open-code",
    text: `
      insert into mail_codes as known (mailbox, email, language, seed, ends_at, counted_from, due_at)
      values ($1, $2, $3, $4, clock_timestamp() + interval '${CODE_MINUTES} minutes', clock_timestamp(),
              case when $5 then null else clock_timestamp() end)
      on conflict (mailbox) do update
         set email = excluded.email,
             language = excluded.language,
             seed = case when ${ofKnown(isOpen)} then known.seed else excluded.seed end,
             tries = case when ${ofKnown(isOpen)} then known.tries else 0 end,
             ends_at = excluded.ends_at,
             mails = case when ${ofKnown(isNewHour)} then 1 else known.mails + 1 end,
             counted_from = case when ${ofKnown(isNewHour)} then excluded.counted_from else known.counted_from end,
             due_at = excluded.due_at,
             attempts = 0
       where ${ofKnown(isNewHour)}
          or known.mails < ${MAILS_PER_HOUR}`,
    values: [customerId, email, language, randomUUID(), isForShop],
  })
  return rowCount === 1
}

function ofKnown(condition: string): string {
  return condition.replaceAll(/\b(ends_at|tries|counted_from)\b/g, "known.$1")
}

/** Returns false where all addresses together have had the most. */
async function countInTotal(tx: Tx, perHour: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: "count-code-in-total",
    text: `
      update mail_code_total
         set mails = case when ${isNewHour} then 1 else mails + 1 end,
             counted_from = case when ${isNewHour} then clock_timestamp() else counted_from end
       where id
         and (${isNewHour} or mails < $1)`,
    values: [perHour],
  })
  return rowCount === 1
}

/** The type of the event by which a shop that mails the codes itself is told of a request. */
export const CODE_EVENT = "customer.code_requested"

/**
 * The event has neither the address nor the code: the worker adds both when it sends the event, while the code is open. So
 * neither can be read later.
 */
async function writeEvent(tx: Tx, customerId: string): Promise<void> {
  const now = new Date().toISOString()
  await tx.query({
    name: "write-code-event",
    text: `
      insert into outbox (id, product_id, type, body, created_at)
      values ($1, 0, $2, $3, clock_timestamp())`,
    values: [
      `${CODE_EVENT.replace(".", "_")}-${randomUUID()}`,
      CODE_EVENT,
      JSON.stringify({ type: CODE_EVENT, timestamp: now, data: { customer_id: customerId } }),
    ],
  })
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

/** An open code as its event says it. */
export function codeEventData({ email, language, endsAt }: OpenCode, code: string): object {
  return { email, code, language, expires_at: isoTime(endsAt) }
}
