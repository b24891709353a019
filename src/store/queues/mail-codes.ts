import { randomUUID } from "node:crypto"
import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import { transaction, type Tx } from "../tx.ts"
import { createCodeQueue, isOpen, type CodeQueue, type CodeRequest } from "./mail-code-queue.ts"

/** `mail`: a mail follows. `event`: the shop's own system is told. `limited`: nothing follows. */
export type AskedCode = "mail" | "event" | "limited by address" | "limited in all"

/** A code that is open. */
export type OpenCode = CodeRequest & { readonly seed: string; readonly endsAt: Instant }

/** The codes that buyers were mailed. All processes share them, so that their limits bind all of them together. */
export interface MailCodes extends CodeQueue {
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
  /** The newest open codes, for the mailbox of open mode. */
  newest(limit: number): Promise<OpenCode[]>
}

/** How long a code is valid. */
export const CODE_MINUTES = 10
/** Mails that an address gets in an hour: enough for somebody who looks in the wrong folder, too few to annoy. */
const MAILS_PER_HOUR = 5

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
    ...createCodeQueue(pool, perSecond),

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
             due_at = case when excluded.due_at is not null then least(known.due_at, excluded.due_at) end,
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

/** An open code as its event says it. */
export function codeEventData({ email, language, endsAt }: OpenCode, code: string): object {
  return { email, code, language, expires_at: isoTime(endsAt) }
}
