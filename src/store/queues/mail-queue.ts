import type pg from "pg"
import { LINKS_PER_HOUR, type MailKind } from "../../domain/mails.ts"
import type { Instant } from "../../domain/time.ts"
import { sameEmail } from "../columns.ts"
import { transaction, transactionByIndex, type Tx } from "../tx.ts"

/** A mail that one worker has leased. */
export interface DueMail {
  readonly id: string
  readonly productId: number
  readonly orderId: number
  readonly kind: MailKind
  readonly refundNumber: number | null
  /** The part of the Message-ID before the `@`; the same in every attempt. */
  readonly messageKey: string
  readonly createdAt: Instant
  /** Including this attempt. */
  readonly attempts: number
  /** The end of the lease, in the database's text form. It identifies this attempt. */
  readonly lease: string
}

/** The result of an attempt. */
export type MailResult =
  | { readonly kind: "sent" }
  /** Refused for good, or tried often enough. */
  | { readonly kind: "failed"; readonly error: string }
  /** The order has no address. */
  | { readonly kind: "skipped" }
  | { readonly kind: "again"; readonly afterSeconds: number; readonly error: string }
  /** The attempt was not made, or was broken off: the worker stops, or the mail server is away. It does not count. */
  | { readonly kind: "given back"; readonly error: string | null }

/** The queue of mails, shared by all workers. */
export interface MailQueue {
  /**
   * Leases due mails, at most `limit`, and no more than MAIL_PER_SECOND allows all workers together. While the lease
   * lasts, no other worker takes them; if this worker dies, another one takes them afterwards.
   */
  take(limit: number): Promise<DueMail[]>
  /** Records the result of an attempt, unless the lease has ended and another worker has taken the mail. */
  note(mail: Pick<DueMail, "id" | "productId" | "lease">, result: MailResult): Promise<void>
  /**
   * Makes a mail of this order due again, unless it is or the order has none with this id. One that was sent gets another
   * Message-ID, so that mail programs show it once more.
   */
  sendAgain(orderId: number, id: string): Promise<void>
  /** Counts the mails that wait, up to {@link MOST_COUNTED}. */
  waiting(): Promise<number>
  /**
   * Writes the mail with the links of all orders of this address, unless there are none, or the address has had
   * {@link LINKS_PER_HOUR} such mails within the last hour.
   */
  askForLinks(email: string): Promise<void>
}

/** A lease lasts longer than any attempt to send a mail. */
const MAIL_LEASE_SECONDS = 180
/** A count for a gauge; past this number the exact one does not matter. */
const MOST_COUNTED = 100_000
const LONGEST_ERROR = 300
/** How far ahead mails are sent, so that a worker that looks every 50 ms keeps to the rate. */
const AHEAD_SECONDS = 0.25

/** Makes the queue over PostgreSQL. `perSecond` 0: mails are sent as fast as the workers can. */
export function createMailQueue(pool: pg.Pool, perSecond: number): MailQueue {
  return {
    async take(limit) {
      if (!(await isAnyDue(pool))) return []
      return transactionByIndex(pool, async (tx) => {
        const allowed = perSecond === 0 ? limit : Math.min(limit, await allowedNow(tx, perSecond))
        if (allowed === 0) return []
        const mails = await takeMails(tx, allowed)
        if (perSecond > 0 && mails.length > 0) await advancePace(tx, mails.length / perSecond)
        return mails
      })
    },

    note: (mail, result) => noteResult(pool, mail, result),

    async sendAgain(orderId, id) {
      await pool.query({
        name: "send-mail-again",
        text: `
          update mails
             set status = 'due',
                 attempts = 0,
                 not_before = clock_timestamp(),
                 message_key = case when status = 'sent' then gen_random_uuid() else message_key end,
                 last_error = null,
                 updated_at = clock_timestamp()
           where order_id = $1
             and id = $2
             and status <> 'due'`,
        values: [orderId, id],
      })
    },

    async waiting() {
      const { rows } = await pool.query<{ waiting: number }>({
        name: "count-waiting-mails",
        text: `
          select count(*)::integer as waiting
            from (select 1
                    from mails
                   where status = 'due'
                   limit ${MOST_COUNTED}) as due`,
      })
      return rows[0]?.waiting ?? 0
    },

    askForLinks: (email) => transaction(pool, (tx) => insertLinks(tx, email)),
  }
}

/** Spares the transaction in the usual case, that no mail is due. */
async function isAnyDue(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query({
    name: "any-due-mail",
    text: `
      select id
        from mails
       where status = 'due'
         and not_before <= statement_timestamp()
       order by not_before
       limit 1`,
  })
  return rows.length > 0
}

/** Returns how many mails may be sent now. Holds the lock of the pace until the transaction ends. */
export async function allowedNow(tx: Tx, perSecond: number): Promise<number> {
  const { rows } = await tx.query<{ aheadSeconds: number }>({
    name: "lock-mail-pace",
    text: `
      select greatest(0, extract(epoch from free_at - statement_timestamp()))::float8 as "aheadSeconds"
        from mail_pace
       where id
         for update`,
  })
  const [pace] = rows
  if (pace === undefined) throw new Error("mail_pace has no row")
  const allowance = Math.max(AHEAD_SECONDS, 1 / perSecond)
  return Math.max(0, Math.floor((allowance - pace.aheadSeconds) * perSecond + ROUNDING))
}

/** Sums of fractions such as 1/3 fall short of a whole number by less than this. */
const ROUNDING = 1e-3

/** Lets so much time pass before the next mail may be sent. Call it in the transaction of {@link allowedNow}. */
export async function advancePace(tx: Tx, seconds: number): Promise<void> {
  await tx.query({
    name: "advance-mail-pace",
    text: `
      update mail_pace
         set free_at = greatest(free_at, statement_timestamp()) + make_interval(secs => $1)
       where id`,
    values: [seconds],
  })
}

/** Counts the mails about orders that are due and that no worker has, up to `most`. */
export async function countDue(tx: Tx, most: number): Promise<number> {
  const { rows } = await tx.query<{ due: number }>({
    name: "count-due-mails",
    text: `
      select count(*)::integer as due
        from (select 1
                from mails
               where status = 'due'
                 and not_before <= statement_timestamp()
               limit $1) as due`,
    values: [most],
  })
  return rows[0]?.due ?? 0
}

async function takeMails(tx: Tx, limit: number): Promise<DueMail[]> {
  const { rows } = await tx.query<DueMail>({
    name: "take-mails",
    text: `
      with taken as materialized (
        select id, product_id
          from mails
         where status = 'due'
           and not_before <= statement_timestamp()
         order by not_before
         limit $1
           for update skip locked
      )
      update mails
         set attempts = attempts + 1,
             not_before = clock_timestamp() + make_interval(secs => ${MAIL_LEASE_SECONDS})
        from taken
       where mails.id = taken.id
         and mails.product_id = taken.product_id
      returning mails.id, kind, attempts,
                mails.product_id as "productId",
                order_id as "orderId",
                refund_number as "refundNumber",
                message_key as "messageKey",
                created_at as "createdAt",
                not_before::text as lease`,
    values: [limit],
  })
  return rows
}

async function noteResult(
  pool: pg.Pool,
  { id, productId, lease }: Pick<DueMail, "id" | "productId" | "lease">,
  result: MailResult,
): Promise<void> {
  const isDue = result.kind === "again" || result.kind === "given back"
  await pool.query({
    name: "note-mail",
    text: `
      update mails
         set status = $4,
             not_before = case
               when $4 = 'due' then clock_timestamp() + make_interval(secs => $5)
               else not_before
             end,
             attempts = attempts - $6,
             last_error = case when $4 = 'due' then coalesce($7, last_error) else $7 end,
             updated_at = clock_timestamp()
       where id = $1
         and product_id = $2
         and status = 'due'
         and not_before = $3::timestamptz`,
    values: [
      id,
      productId,
      lease,
      isDue ? "due" : result.kind,
      result.kind === "again" ? result.afterSeconds : 0,
      result.kind === "given back" ? 1 : 0,
      "error" in result ? (result.error?.slice(0, LONGEST_ERROR) ?? null) : null,
    ],
  })
}

/**
 * The lock makes requests for one address of one shop take turns; a request that does not get it is dropped, because another one is
 * being served. The mail stands at the newest order of the address, and its id names the moment.
 */
async function insertLinks(tx: Tx, email: string): Promise<void> {
  const { rows } = await tx.query<{ isMine: boolean }>({
    name: "lock-links-of-address",
    text: `select pg_try_advisory_xact_lock(${LINKS_LOCK}, hashtext(current_schema() || ' ' || ${sameEmail("$1::text")})) as "isMine"`,
    values: [email],
  })
  if (rows[0]?.isMine !== true) return
  await tx.query({
    name: "insert-links-mail",
    text: `
      insert into mails (id, product_id, order_id, kind, not_before, created_at, updated_at)
      select format('links-%s-%s', order_id, (extract(epoch from clock_timestamp()) * 1000)::bigint),
             product_id, order_id, 'links', clock_timestamp(), clock_timestamp(), clock_timestamp()
        from order_details
       where ${sameEmail("email")} = ${sameEmail("$1::text")}
         and email is not null
         and ${LINKS_PER_HOUR} > (
             select count(*)
               from order_details as own
               join mails
                 on mails.order_id = own.order_id
                and mails.product_id = own.product_id
                and mails.kind = 'links'
                and mails.created_at > clock_timestamp() - interval '1 hour'
              where ${sameEmail("own.email")} = ${sameEmail("$1::text")}
                and own.email is not null)
       order by order_id desc
       limit 1
      on conflict (id, product_id) do nothing`,
    values: [email],
  })
}

/** The first key of the advisory locks of addresses; any number that nothing else uses. */
const LINKS_LOCK = 7_145_001
