/**
 * SQL expressions that list the rows behind a violation as lines of text, newest first and at most ten. `which` is the
 * condition for these rows; it names a row `one`.
 */

const SHOWN = 10

const moment = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

const lines = (line: string, table: string, order: string) => (which: string) =>
  `
  array(
    select ${line}
      from ${table} as one
     where ${which}
     order by ${order} desc
     limit ${SHOWN})`

export const holdRows = lines(
  `format('hold %s is %s: %s units, until %s', one.id, one.status, one.qty, ${moment("one.expires_at")})`,
  "holds",
  "one.id",
)

export const orderRows = lines(
  `format('order %s is %s: %s units, %s of them restocked, of hold %s, changed %s', one.id, one.status,
          one.quantity, one.restocked_qty, one.hold_id, ${moment("one.updated_at")})`,
  "orders",
  "one.id",
)

export const adjustmentRows = lines(
  `format('stock adjustment %s: from %s to %s at %s', one.id, one.stock_before, one.stock_after,
          ${moment("one.created_at")})`,
  "stock_adjustments",
  "one.id",
)

export const eventRows = lines(
  "format('event %s (%s) has the outcome %s: %s %s', one.key, one.provider, one.outcome, one.amount_minor, one.currency)",
  "payment_events",
  "one.key",
)

export const refundRows = lines(
  `format('refund %s-%s is %s: %s %s, %s units restocked, reason %s', one.order_id, one.number, one.status,
          one.amount_minor, one.currency, one.restock_qty, one.reason)`,
  "refunds",
  "one.number",
)

export const disputeRows = lines(
  `format('dispute %s (%s) is %s: %s of %s %s held', one.dispute_id, one.provider, one.status, one.held_minor,
          one.amount_minor, one.currency)`,
  "disputes",
  "one.updated_at",
)
