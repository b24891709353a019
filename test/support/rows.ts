import pg from "pg"
import { openDatabase } from "../../src/store/pool.ts"

/** A row: values by column. */
export type Row = Readonly<Record<string, unknown>>

/** A row of each table that satisfies all constraints. */
export const validRows = {
  products: {
    id: 1,
    stock: 10,
    held: 2,
    sold: 3,
    version: 1,
    price_minor: 9_999,
    currency: "EUR",
    opens_at: null,
    closes_at: null,
    max_per_hold: null,
    max_per_customer: null,
    hold_ttl_seconds: null,
    name: "Lamp",
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  variants: {
    product_id: 1,
    id: 1,
    position: 0,
    name: "Size 42",
    options: '{"size":"42"}',
    enabled: true,
    stock: 10,
    held: 2,
    sold: 3,
  },
  holds: {
    id: 1,
    product_id: 1,
    qty: 2,
    status: "active",
    expires_at: "2026-11-27T12:02:00Z",
    created_at: "2026-11-27T12:00:00Z",
    ended_at: null,
    customer_id: null,
  },
  orders: {
    id: 11,
    product_id: 1,
    hold_id: 1,
    customer_id: null,
    quantity: 2,
    unit_price_minor: 9_999,
    total_minor: 19_998,
    currency: "EUR",
    status: "pending_payment",
    origin: "buyer",
    expires_at: "2026-11-27T12:15:00Z",
    paid_at: null,
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  payment_events: {
    provider: "generic",
    key: "key-1",
    fingerprint: "f",
    kind: "succeeded",
    order_id: 11,
    payment_id: null,
    product_id: null,
    outcome: "paid",
    applied_order_id: 11,
    order_status: "paid",
    received_at: "2026-11-27T12:00:00Z",
    applied_at: "2026-11-27T12:00:00Z",
  },
  payment_messages: {
    provider: "generic",
    key: "key-1",
    message: '{"order_id":11,"livemode":true}',
    received_at: "2026-11-27T12:00:00Z",
  },
  payments: {
    product_id: 1,
    order_id: 11,
    provider: "generic",
    event_key: "key-1",
    payment_id: "pay-1",
    amount_minor: 19_998,
    currency: "EUR",
    allocation: "order",
    received_at: "2026-11-27T12:00:00Z",
  },
  refunds: {
    product_id: 1,
    order_id: 11,
    number: 1,
    provider: "generic",
    event_key: "key-1",
    payment_id: "pay-1",
    amount_minor: 5,
    currency: "EUR",
    reason: "requested",
    restock_qty: 0,
    status: "due",
    not_before: "2026-11-27T12:00:00Z",
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  disputes: {
    product_id: 1,
    order_id: 11,
    provider: "generic",
    dispute_id: "dp-1",
    event_key: "key-1",
    payment_id: "pay-1",
    amount_minor: 19_998,
    currency: "EUR",
    held_minor: 0,
    status: "open",
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  unpaid_holds: { product_id: 1, hold_id: 1, holder: 7, qty: 1, ends_at: "2026-11-27T12:02:00Z" },
  mail_codes: {
    mailbox: "mailbox:anna",
    email: "anna@example.com",
    language: "en",
    seed: "00000000-0000-4000-8000-000000000000",
    tries: 1,
    ends_at: "2026-11-27T12:10:00Z",
    mails: 1,
    counted_from: "2026-11-27T12:00:00Z",
  },
  product_customers: { product_id: 1, customer_id: "anna", units: 2, unit_limit: 3 },
  claims: { product_id: 1, claimant: "k:code", units: 2, unit_limit: 3 },
  access_codes: {
    product_id: 1,
    claimant: "k:code",
    code_set: "press",
    units: 3,
    created_at: "2026-11-27T12:00:00Z",
  },
  stock_adjustments: {
    id: 1,
    product_id: 1,
    stock_before: 0,
    stock_after: 10,
    created_at: "2026-11-27T12:00:00Z",
  },
  idempotency_keys: {
    scope: "s",
    key: "k",
    fingerprint: "f",
    outcome: "{}",
    created_at: "2026-11-27T12:00:00Z",
  },
  outbox: {
    id: "order_paid-11",
    product_id: 1,
    type: "order.paid",
    body: "{}",
    created_at: "2026-11-27T12:00:00Z",
    addressed_at: null,
  },
  webhook_endpoints: {
    id: 1,
    url: "https://shop.example/hook",
    types: null,
    enabled: true,
    disabled_reason: null,
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  webhook_deliveries: {
    event_id: "order_paid-11",
    endpoint_id: 1,
    product_id: 1,
    status: "due",
    not_before: "2026-11-27T12:00:00Z",
    attempts: 0,
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  alerts: { name: "expiry", raised_at: "2026-11-27T12:00:00Z" },
  operators: {
    id: 1,
    name: "Ann",
    kind: "person",
    role: "support",
    scopes: null,
    token_hash: `\\x${"ab".repeat(32)}`,
    created_at: "2026-11-27T12:00:00Z",
  },
  operator_sessions: {
    token_hash: `\\x${"cd".repeat(32)}`,
    operator_id: 1,
    created_at: "2026-11-27T12:00:00Z",
    ends_at: "2026-11-28T00:00:00Z",
  },
  admin_actions: {
    id: 1,
    way: "token",
    route: "POST /api/admin/products/:id/pause",
    path: "/api/admin/products/1/pause",
    product_id: 1,
    order_id: null,
    content: null,
    status: 200,
    request_id: "r-1",
    created_at: "2026-11-27T12:00:00Z",
  },
  order_details: {
    product_id: 1,
    order_id: 11,
    email: "ann@example.com",
    answers: "{}",
    awaited: false,
    erased_at: null,
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  mails: {
    product_id: 1,
    id: "receipt-11",
    order_id: 11,
    kind: "receipt",
    refund_number: null,
    status: "due",
    not_before: "2026-11-27T12:00:00Z",
    attempts: 0,
    created_at: "2026-11-27T12:00:00Z",
    updated_at: "2026-11-27T12:00:00Z",
  },
  product_contents: {
    product_id: 1,
    image_alt: "A lamp",
    pictures: "[]",
    after_purchase: "Thank you",
    translations: "{}",
    updated_at: "2026-11-27T12:00:00Z",
  },
  id_blocks: { kind: "something", next_id: 1 },
  claimed_order_ids: { order_id: 7, hold_id: 1 },
  installation_secrets: { name: "n", value: "v" },
} satisfies Record<string, Row>

export type Table = keyof typeof validRows

/** Inserts the valid row of a table with `changes`. */
export async function insertRow(client: pg.ClientBase | pg.Pool, table: Table, changes: Row = {}) {
  const row: Row = { ...validRows[table], ...changes }
  const columns = Object.keys(row)
  const values = columns.map((_, index) => `$${index + 1}`)
  await client.query(
    `insert into ${table} (${columns.join(", ")}) values (${values.join(", ")})`,
    columns.map((column) => row[column]),
  )
}

/** All rows of all tables, as JSON, to compare before and after. */
export async function everyRow(pool: pg.Pool): Promise<Record<string, unknown[]>> {
  const tables = Object.keys(validRows)
  const contents = await Promise.all(
    tables.map((table) =>
      pool.query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} as t order by 1`),
    ),
  )
  return Object.fromEntries(
    tables.map((table, index) => [table, (contents[index]?.rows ?? []).map(({ row }) => row)]),
  )
}

/** Runs statements on the database at `url`, one after the other. */
export async function runSql(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Opens pools on `url` that close at the end of the scope. */
export function openScopedDatabase(url: string) {
  const database = openDatabase({ url })
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.close() })
}
