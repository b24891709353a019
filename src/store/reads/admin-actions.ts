import type pg from "pg"
import { isoTime, type Instant } from "../../domain/time.ts"
import type { PageRequest } from "./page.ts"

/** How the caller was authorised: a token, a session of the control room, or open mode, which needs neither. */
export type AdminWay = "token" | "session" | "open"

/** A request for a change through an admin route. */
export interface NewAdminAction {
  readonly id: number
  readonly way: AdminWay
  /** Null: ADMIN_TOKEN or one of its sessions, or open mode. */
  readonly operatorId: number | null
  /** The operator's name; null with `operatorId`. */
  readonly operatorName: string | null
  /** Method and route, such as `POST /api/admin/products/:id/pause`. */
  readonly route: string
  readonly path: string
  readonly productId: number | null
  readonly orderId: number | null
  /** The content of the request without secrets; null if the request did not fit the schema of its route. */
  readonly content: object | null
  /** The HTTP status of the response. */
  readonly status: number
  readonly requestId: string
}

/** A recorded request for a change. */
export interface AdminAction extends NewAdminAction {
  readonly createdAt: Instant
}

/** The sort key of an action: a page begins after it. */
export interface ActionKey {
  readonly createdAt: Instant
  readonly id: number
}

/** The record of changes that were requested through admin routes. */
export interface AdminActions {
  record(action: NewAdminAction): Promise<void>
  /** Lists actions, newest first; `productId` null: of all products. */
  list(productId: number | null, page: PageRequest<ActionKey>): Promise<AdminAction[]>
}

/** All columns of an action, under the names of their fields. */
export const actionColumns = `
  id, way, route, path,
  operator_id as "operatorId",
  operator_name as "operatorName",
  product_id as "productId",
  order_id as "orderId",
  content, status,
  request_id as "requestId",
  created_at as "createdAt"`

/** Makes the record over PostgreSQL. */
export function createAdminActions(pool: pg.Pool): AdminActions {
  return {
    async record(action) {
      await pool.query({
        name: "record-admin-action",
        // Truncated to milliseconds, because a cursor has no finer time.
        text: `
          insert into admin_actions
            (id, way, route, path, product_id, order_id, content, status, request_id, created_at,
             operator_id, operator_name)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, date_trunc('milliseconds', clock_timestamp()),
                  $10, $11)`,
        values: [
          action.id,
          action.way,
          action.route,
          action.path,
          action.productId,
          action.orderId,
          action.content === null ? null : JSON.stringify(action.content),
          action.status,
          action.requestId,
          action.operatorId,
          action.operatorName,
        ],
      })
    },

    async list(productId, { after, limit }) {
      const { rows } = await pool.query<AdminAction>({
        name: "list-admin-actions",
        text: `
          select ${actionColumns}
            from admin_actions
           where ($1::bigint is null or product_id = $1)
             and (created_at, id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::bigint, 0))
           order by created_at desc, id desc
           limit $4`,
        values: [productId, after === null ? null : isoTime(after.createdAt), after?.id ?? null, limit],
      })
      return rows
    },
  }
}
