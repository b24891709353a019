import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import { alertEvent, type Alert, type AlertName } from "../../wire/alert.ts"
import { transaction, type Tx } from "../tx.ts"

/** The alerts that are raised, shared by all workers. */
export interface Alerts {
  /** Whether an enabled endpoint receives alerts. */
  areWanted(): Promise<boolean>
  /** Raises an alert and writes its event, unless it is raised already. */
  raise(name: AlertName, text: string): Promise<void>
  /** Ends an alert and writes its event, if it is raised. */
  end(name: AlertName): Promise<void>
  /** Forgets all alerts without an event, because nobody receives one. */
  forget(): Promise<void>
}

/** Makes the alerts over PostgreSQL. */
export function createAlerts(pool: pg.Pool): Alerts {
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
        const { rows } = await tx.query<{ raisedAt: Instant }>({
          name: "raise-alert",
          text: `
            insert into alerts (name, raised_at)
            values ($1, date_trunc('milliseconds', clock_timestamp()))
            on conflict (name) do nothing
            returning raised_at as "raisedAt"`,
          values: [name],
        })
        const [row] = rows
        if (row !== undefined) await write(tx, { name, text, raisedAt: row.raisedAt }, row.raisedAt)
      }),

    end: (name) =>
      transaction(pool, async (tx) => {
        const { rows } = await tx.query<{ raisedAt: Instant; now: Instant }>({
          name: "end-alert",
          text: `
            delete from alerts
             where name = $1
            returning raised_at as "raisedAt", clock_timestamp() as now`,
          values: [name],
        })
        const [row] = rows
        if (row !== undefined) await write(tx, { name, text: null, raisedAt: row.raisedAt }, row.now)
      }),

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
