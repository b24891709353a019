import type pg from "pg"
import type { Instant } from "../../domain/time.ts"
import type { Tx } from "../tx.ts"

/** A session to begin. */
export interface NewSession {
  readonly operatorId: number
  /** The token that it begins with. */
  readonly tokenHash: string
  readonly sessionHash: string
  readonly seconds: number
}

/** Browsers in which one person is signed in. */
const MOST_SESSIONS = 20

/**
 * Begins a session and ends the oldest ones beyond {@link MOST_SESSIONS}; see `Operators.beginSession`. The share lock makes a change of the operator wait, or is waited for: a session either begins before the change, which
 * then ends it, or not at all.
 */
export async function insertSession(tx: Tx, session: NewSession): Promise<Instant | null> {
  const { operatorId, tokenHash, sessionHash, seconds } = session
  const { rows } = await tx.query<{ endsAt: Instant }>({
    name: "begin-operator-session",
    text: `
      with bearer as (
        select id
          from operators
         where id = $1
           and token_hash = decode($2, 'hex')
           and disabled_at is null
           for share
      )
      insert into operator_sessions (token_hash, operator_id, created_at, ends_at)
      select decode($3, 'hex'), id, clock_timestamp(),
             date_trunc('milliseconds', clock_timestamp()) + $4 * interval '1 second'
        from bearer
      returning ends_at as "endsAt"`,
    values: [operatorId, tokenHash, sessionHash, seconds],
  })
  await tx.query({
    name: "end-oldest-operator-sessions",
    text: `
      delete from operator_sessions
       where operator_id = $1
         and (ends_at <= clock_timestamp()
          or created_at < (select created_at
                             from operator_sessions
                            where operator_id = $1
                            order by created_at desc
                           offset ${MOST_SESSIONS - 1}
                            limit 1))`,
    values: [operatorId],
  })
  return rows[0]?.endsAt ?? null
}

/** Ends all sessions of an operator. */
export async function deleteSessions(tx: Tx, id: number): Promise<void> {
  await tx.query({
    name: "end-operator-sessions",
    text: `
      delete from operator_sessions
       where operator_id = $1`,
    values: [id],
  })
}

/** Ends the session with this hash; false: there is none. */
export async function deleteSession(pool: pg.Pool, sessionHash: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: "end-operator-session",
    text: `
      delete from operator_sessions
       where token_hash = decode($1, 'hex')`,
    values: [sessionHash],
  })
  return rowCount === 1
}
