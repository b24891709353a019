import type pg from "pg"
import type { EventType } from "../../wire/outgoing-event.ts"
import type { Instant } from "../../domain/time.ts"
import { validSecrets } from "../columns.ts"
import { transaction, transactionByIndex, type Tx } from "../tx.ts"

/** A URL that outgoing events are sent to. */
export interface WebhookEndpoint {
  readonly id: number
  readonly url: string
  /** The event types to send; null for all, including types that later versions add. */
  readonly types: readonly EventType[] | null
  readonly enabled: boolean
  /** True: the events of orders are sent with the buyers' details. */
  readonly includeDetails: boolean
  /** Why the endpoint is disabled; null: it is enabled. */
  readonly disabledReason: "by request" | "gone" | null
  /** Until this time, events are also signed with the previous secret; null: the secret was never rotated. */
  readonly previousSecretUntil: Instant | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** The fields of a new endpoint. */
export interface NewEndpoint {
  readonly id: number
  readonly url: string
  readonly types: readonly EventType[] | null
  /** `whsec_` and the key in base64. */
  readonly secret: string
  readonly includeDetails?: boolean | undefined
}

/** Changes to an endpoint; an absent field stays as it is. */
export interface EndpointChanges {
  readonly url?: string | undefined
  readonly types?: readonly EventType[] | null | undefined
  readonly enabled?: boolean | undefined
  readonly includeDetails?: boolean | undefined
}

/** Where a message to an endpoint goes, and what it is signed with: the newest secret first. */
export interface EndpointTarget {
  readonly url: string
  readonly secrets: readonly string[]
}

/** The endpoints of this installation. Methods return null if there is no such endpoint. Only `target` returns secrets. */
export interface WebhookEndpoints {
  /** Creates an endpoint. Returns null if there are {@link MOST_ENDPOINTS} already. */
  create(endpoint: NewEndpoint): Promise<WebhookEndpoint | null>
  /** Lists all endpoints by id. */
  list(): Promise<WebhookEndpoint[]>
  find(id: number): Promise<WebhookEndpoint | null>
  target(id: number): Promise<EndpointTarget | null>
  change(id: number, changes: EndpointChanges): Promise<WebhookEndpoint | null>
  /** Deletes an endpoint and its deliveries; returns the endpoint as it was. */
  remove(id: number): Promise<WebhookEndpoint | null>
  /**
   * Signs with `secret` from now on, and for 24 hours with the previous secret too. Setting the current secret
   * again changes nothing: a repeated request must not shorten the validity of the previous secret.
   */
  rotate(id: number, secret: string): Promise<WebhookEndpoint | null>
}

/** Limits the endpoints: each event is written once per endpoint, and each endpoint may have several connections. */
export const MOST_ENDPOINTS = 32
const ROTATION_SECONDS = 24 * 60 * 60
/** Deliveries deleted per statement when their endpoint is deleted: few enough to hold no lock for long. */
const REMOVED_AT_ONCE = 5_000

const endpointColumns = `
  id, url, types, enabled,
  coalesce(include_details, false) as "includeDetails",
  disabled_reason as "disabledReason",
  previous_secret_until as "previousSecretUntil",
  created_at as "createdAt",
  updated_at as "updatedAt"`

/** Makes the endpoints over PostgreSQL; `onCreated` is called after each creation in this process. */
export function createWebhookEndpoints(pool: pg.Pool, onCreated: () => void): WebhookEndpoints {
  return {
    async create(endpoint) {
      const created = await transaction(pool, async (tx) => {
        // Creations take turns; otherwise two at once could both pass the limit with the last free slot.
        await lockEndpointIds(tx)
        return insertEndpoint(tx, endpoint)
      })
      onCreated()
      return created
    },
    list: () => listEndpoints(pool),
    find: (id) => findEndpoint(pool, id),
    target: (id) => findTarget(pool, id),
    change: (id, changes) => changeEndpoint(pool, id, changes),
    async remove(id) {
      const removed = await deleteEndpoint(pool, id)
      if (removed !== null) while ((await removeDeliveries(pool, id)) === REMOVED_AT_ONCE);
      return removed
    },
    rotate: (id, secret) => rotateSecret(pool, id, secret),
  }
}

async function lockEndpointIds(tx: Tx): Promise<void> {
  await tx.query({
    name: "lock-endpoint-ids",
    text: `
      select next_id
        from id_blocks
       where kind = 'webhook_endpoints'
         for update`,
  })
}

async function insertEndpoint(
  tx: Tx,
  { id, url, types, secret, includeDetails = false }: NewEndpoint,
): Promise<WebhookEndpoint | null> {
  const { rows } = await tx.query<WebhookEndpoint>({
    name: "insert-webhook-endpoint",
    text: `
      insert into webhook_endpoints (id, url, types, secret, include_details, created_at, updated_at)
      select $1, $2, $3::text[], $4, $6::boolean, now.at, now.at
        from (select clock_timestamp() as at) as now
       where (select count(*) from webhook_endpoints where id > 0) < $5
      returning ${endpointColumns}`,
    values: [id, url, types, secret, MOST_ENDPOINTS, includeDetails],
  })
  return rows[0] ?? null
}

async function listEndpoints(pool: pg.Pool): Promise<WebhookEndpoint[]> {
  const { rows } = await pool.query<WebhookEndpoint>({
    name: "list-webhook-endpoints",
    text: `
      select ${endpointColumns}
        from webhook_endpoints
       where id > 0
       order by id`,
  })
  return rows
}

async function findEndpoint(pool: pg.Pool, id: number): Promise<WebhookEndpoint | null> {
  const { rows } = await pool.query<WebhookEndpoint>({
    name: "find-webhook-endpoint",
    text: `
      select ${endpointColumns}
        from webhook_endpoints
       where id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}

async function findTarget(pool: pg.Pool, id: number): Promise<EndpointTarget | null> {
  const { rows } = await pool.query<EndpointTarget>({
    name: "find-webhook-target",
    text: `
      select url,
             ${validSecrets("webhook_endpoints")} as secrets
        from webhook_endpoints
       where id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}

async function changeEndpoint(
  pool: pg.Pool,
  id: number,
  { url, types, enabled, includeDetails }: EndpointChanges,
): Promise<WebhookEndpoint | null> {
  const { rows } = await pool.query<WebhookEndpoint>({
    name: "change-webhook-endpoint",
    text: `
      update webhook_endpoints
         set url = coalesce($2, url),
             types = case when $3 then $4::text[] else types end,
             enabled = coalesce($5, enabled),
             include_details = coalesce($6, include_details),
             disabled_reason = case
               when coalesce($5, enabled) then null
               else coalesce(disabled_reason, 'by request')
             end,
             updated_at = clock_timestamp()
       where id = $1
      returning ${endpointColumns}`,
    values: [id, url ?? null, types !== undefined, types ?? null, enabled ?? null, includeDetails ?? null],
  })
  return rows[0] ?? null
}

async function deleteEndpoint(pool: pg.Pool, id: number): Promise<WebhookEndpoint | null> {
  const { rows } = await pool.query<WebhookEndpoint>({
    name: "remove-webhook-endpoint",
    text: `
      delete from webhook_endpoints
       where id = $1
      returning ${endpointColumns}`,
    values: [id],
  })
  return rows[0] ?? null
}

async function rotateSecret(pool: pg.Pool, id: number, secret: string): Promise<WebhookEndpoint | null> {
  const { rows } = await pool.query<WebhookEndpoint>({
    name: "rotate-webhook-secret",
    text: `
      update webhook_endpoints
         set previous_secret = case when secret = $2 then previous_secret else secret end,
             previous_secret_until = case
               when secret = $2 then previous_secret_until
               else clock_timestamp() + make_interval(secs => $3)
             end,
             secret = $2,
             updated_at = clock_timestamp()
       where id = $1
      returning ${endpointColumns}`,
    values: [id, secret, ROTATION_SECONDS],
  })
  return rows[0] ?? null
}

/**
 * Deletes one chunk of an endpoint's deliveries; returns how many. If the process dies in between, the rest are deleted
 * together with their events. The rows are selected by an array, here and in the queue, because with a join the
 * planner scans all deliveries for each row when it estimates the table, or the endpoint's share, as small. (Statements
 * that name a single event use `endpoint_id + 0`, so that the planner does not scan the endpoint's deliveries.)
 */
async function removeDeliveries(pool: pg.Pool, endpointId: number): Promise<number> {
  const { rowCount } = await transactionByIndex(pool, (tx) =>
    tx.query({
      name: "remove-deliveries-of-endpoint",
      text: `
      delete from webhook_deliveries
       where event_id = any(array(
               select event_id
                 from webhook_deliveries
                where endpoint_id = $1
                limit ${REMOVED_AT_ONCE}))
         and endpoint_id = $1`,
      values: [endpointId],
    }),
  )
  return rowCount ?? 0
}
