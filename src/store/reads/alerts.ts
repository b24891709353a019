import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import { alertEvent, type Alert, type AlertName } from "../../wire/alert.ts"
import { transaction, type Tx } from "../tx.ts"

/** The alerts that are raised, shared by all workers. */
export interface Alerts {
  /** Whether an enabled endpoint receives alerts. */
  areWanted(): Promise<boolean>
  /** Raises an alert and writes its event, unless it is raised already; then it only notes that it was seen again. */
  raise(name: AlertName, text: string): Promise<void>
  /** Ends an alert and writes its event, if it is raised. */
  end(name: AlertName): Promise<void>
  /** Ends an alert that nobody has seen for so long, as {@link Alerts.end} does. */
  endUnseen(name: AlertName, milliseconds: number): Promise<void>
  /** Forgets all alerts without an event, because nobody receives one. */
  forget(): Promise<void>
}

/** Makes the alerts over PostgreSQL. */
export function createAlerts(pool: pg.Pool): Alerts {
  async function endSeenBefore(name: AlertName, milliseconds: number): Promise<void> {
    await transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ raisedAt: Instant; now: Instant }>({
        name: "end-alert",
        text: `
          delete from alerts
           where name = $1
             and coalesce(seen_at, raised_at) <= clock_timestamp() - $2 * interval '1 millisecond'
          returning raised_at as "raisedAt", clock_timestamp() as now`,
        values: [name, milliseconds],
      })
      const [row] = rows
      if (row !== undefined) await write(tx, { name, text: null, raisedAt: row.raisedAt }, row.now)
    })
  }

  return {
    async areWanted() {
      const { rows } = await pool.query({
        name: "endpoint-for-alerts",
        text: `
          select id
            from webhook_endpoints
           where id > 0
             and enabled
             and (types is null or types && '{alert.raised,alert.ended}')
           limit 1`,
      })
      return rows.length > 0
    },

    raise: (name, text) =>
      transaction(pool, async (tx) => {
        const { rows } = await tx.query<{ raisedAt: Instant; isNew: boolean }>({
          name: "raise-alert",
          text: `
            insert into alerts as a (name, raised_at, seen_at)
            select $1, now, now
              from (select date_trunc('milliseconds', clock_timestamp()) as now) as clock
            on conflict (name) do update
               set seen_at = excluded.seen_at
            returning raised_at as "raisedAt", xmax = 0 as "isNew"`,
          values: [name],
        })
        const [row] = rows
        if (row?.isNew === true) await write(tx, { name, text, raisedAt: row.raisedAt }, row.raisedAt)
      }),

    end: (name) => endSeenBefore(name, 0),
    endUnseen: (name, milliseconds) => endSeenBefore(name, milliseconds),

    async forget() {
      await pool.query({ name: "forget-alerts", text: "delete from alerts where name > ''" })
    },
  }
}

async function write(tx: Tx, alert: Alert, now: Instant): Promise<void> {
  const { id, productId, type, body, createdAt } = alertEvent(alert, now)
  await tx.query({
    name: "write-alert",
    text: `
      insert into outbox (id, product_id, type, body, created_at)
      values ($1, $2, $3, $4, $5)`,
    values: [id, productId, type, body, isoTime(createdAt)],
  })
}
