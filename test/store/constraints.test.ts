import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { insertRow, type Row, type Table } from "../support/rows.ts"

// The constraints enforce the invariants a second time, independently of the code.

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

const isPaid = { status: "paid", paid_at: "2026-11-27T12:01:00Z" }

const isConverted = { status: "converted", ended_at: "2026-11-27T12:01:00Z" }

/** Changes to a valid row that violate the constraint; for a unique constraint the valid row is inserted first. */
const violations: [string, Table, Row][] = [
  ["products_pkey", "products", {}],
  ["products_stock_not_negative", "products", { stock: -1, held: 0, sold: 0 }],
  ["products_held_not_negative", "products", { held: -1 }],
  ["products_sold_not_negative", "products", { sold: -1 }],
  ["products_units_conserved", "products", { held: 2, sold: 9 }],
  ["products_price_not_negative", "products", { price_minor: -1 }],
  ["products_currency_is_a_code", "products", { currency: "eur" }],
  ["products_currency_is_a_code", "products", { currency: "EURO" }],
  [
    "products_opens_before_it_closes",
    "products",
    { opens_at: "2026-11-27T12:00:00Z", closes_at: "2026-11-27T12:00:00Z" },
  ],
  ["products_limits_positive", "products", { max_per_hold: 0 }],
  ["products_limits_positive", "products", { max_per_customer: 0 }],
  ["products_limits_positive", "products", { hold_ttl_seconds: 0 }],

  ["products_saved_with_variants", "products", { variants_version: 2 }],
  ["products_with_variants_look_paused", "products", { variants_version: 1, variants_paused: false }],
  ["products_with_variants_look_paused", "products", { variants_version: 1, paused: true }],
  ["products_with_variants_look_paused", "products", { variants_paused: true, paused: true }],
  ["products_status_known", "products", { status: "listed" }],
  ["products_stock_display_known", "products", { stock_display: "exact" }],
  ["products_customer_known", "products", { customer: "any" }],
  ["products_saved_with_claims", "products", { claims_version: 2 }],
  ["products_with_phases_look_paused", "products", { phases_paused: false }],
  ["products_with_phases_look_paused", "products", { phases: "[]", claims_version: 1, phases_paused: false }],
  ["products_hidden_look_paused", "products", { status: "draft", paused: false, status_paused: false }],
  ["products_hidden_look_paused", "products", { status: "archived", paused: true }],
  ["products_hidden_look_paused", "products", { status: "unlisted", paused: true, status_paused: true }],
  ["products_hidden_look_paused", "products", { paused: true, status_paused: true }],

  ["variants_pkey", "variants", {}],
  ["variants_stock_not_negative", "variants", { stock: -1, held: 0, sold: 0 }],
  ["variants_held_not_negative", "variants", { held: -1 }],
  ["variants_sold_not_negative", "variants", { sold: -1 }],
  ["variants_units_conserved", "variants", { held: 2, sold: 9 }],
  ["variants_price_not_negative", "variants", { price_minor: -1 }],
  ["variants_limit_positive", "variants", { max_per_hold: 0 }],

  ["holds_pkey", "holds", {}],
  ["holds_qty_positive", "holds", { qty: 0 }],
  ["holds_status_known", "holds", { status: "lost", ended_at: "2026-11-27T12:01:00Z" }],
  ["holds_end_is_dated", "holds", { status: "active", ended_at: "2026-11-27T12:01:00Z" }],
  ["holds_end_is_dated", "holds", { status: "released", ended_at: null }],
  ["holds_lines_stand_once", "holds", { variant_id: 1, lines: "[]" }],
  ["holds_ordered_with_lines", "holds", { ...isConverted, variant_id: 1 }],
  ["holds_ordered_with_lines", "holds", { ...isConverted, lines: "[]", ordered_with_lines: false }],
  ["holds_ordered_with_claims", "holds", { ...isConverted, claimants: "[]" }],

  ["orders_pkey", "orders", { hold_id: 2 }],
  ["orders_one_per_hold", "orders", { id: 12 }],
  ["orders_quantity_positive", "orders", { quantity: 0, total_minor: 0 }],
  ["orders_total_is_the_sum", "orders", { total_minor: 19_999 }],
  ["orders_are_priced", "orders", { unit_price_minor: null, variant_id: 1 }],
  ["orders_lines_stand_once", "orders", { variant_id: 1, lines: "[]" }],
  ["orders_status_known", "orders", { status: "lost" }],
  ["orders_origin_known", "orders", { origin: "somewhere" }],
  ["orders_paid_is_dated", "orders", { status: "paid" }],
  ["orders_paid_is_dated", "orders", { status: "cancelled", paid_at: "2026-11-27T12:01:00Z" }],

  ["orders_late_is_paid", "orders", { late: true }],
  ["orders_restocked_within_quantity", "orders", { ...isPaid, restocked_qty: 3 }],
  ["orders_restocked_within_quantity", "orders", { ...isPaid, restocked_qty: -1 }],
  ["orders_restocked_is_sold", "orders", { restocked_qty: 1 }],
  ["orders_refund_count_not_negative", "orders", { refund_count: -1 }],
  ["orders_payment_attempts_not_negative", "orders", { payment_attempts: -1 }],
  ["orders_attempt_cancels_not_negative", "orders", { attempt_cancels: -1 }],
  ["orders_attempt_is_whole", "orders", { attempt_provider: "stripe" }],

  ["payment_messages_once", "payment_messages", { message: "{}" }],
  ["payment_events_once", "payment_events", { outcome: "ignored_final" }],
  ["payment_events_kind_known", "payment_events", { kind: "refunded" }],
  ["payment_events_outcome_known", "payment_events", { outcome: "lost" }],
  ["payment_events_parked_or_applied", "payment_events", { outcome: "parked" }],
  ["payment_events_dispute_is_whole", "payment_events", { order_id: null }],
  ["payment_events_dispute_is_whole", "payment_events", { kind: "dispute_won" }],
  ["payment_events_dispute_is_whole", "payment_events", { dispute_id: "dp-1", order_id: null }],
  [
    "payment_events_dispute_is_whole",
    "payment_events",
    { kind: "dispute_lost", dispute_id: "dp-1", order_id: null, payment_id: null },
  ],
  ["payment_events_parked_or_applied", "payment_events", { applied_at: null }],
  ["payment_events_parked_or_applied", "payment_events", { applied_order_id: null }],

  ["payment_events_returned_is_parked", "payment_events", { returned_at: "2026-11-27T12:01:00Z" }],

  ["payments_one_per_event", "payments", { order_id: 12, payment_id: "pay-2" }],
  ["payments_one_pays_the_order", "payments", { event_key: "key-2", payment_id: "pay-2" }],
  ["payments_counted_once", "payments", { event_key: "key-2", allocation: "refund_due" }],
  ["payments_amount_not_negative", "payments", { amount_minor: -1 }],
  ["payments_allocation_known", "payments", { allocation: "pocket" }],
  ["payments_refunded_within_amount", "payments", { refunded_minor: 19_999 }],
  ["payments_refunded_within_amount", "payments", { refunded_minor: -1 }],

  ["payments_taken_within_amount", "payments", { disputed_minor: -1 }],
  ["payments_taken_within_amount", "payments", { refunded_minor: 1, disputed_minor: 19_998 }],

  ["disputes_pkey", "disputes", {}],
  ["disputes_status_known", "disputes", { status: "pending" }],
  ["disputes_held_within_claim", "disputes", { held_minor: -1 }],
  ["disputes_held_within_claim", "disputes", { held_minor: 19_999 }],
  ["disputes_won_hold_nothing", "disputes", { status: "won", held_minor: 1 }],

  ["refunds_pkey", "refunds", {}],
  ["refunds_number_positive", "refunds", { number: 0 }],
  ["refunds_amount_not_negative", "refunds", { amount_minor: -1, restock_qty: 1 }],
  ["refunds_restock_not_negative", "refunds", { restock_qty: -1 }],
  ["refunds_reversals_not_negative", "refunds", { reversals: -1 }],
  ["refunds_do_something", "refunds", { amount_minor: 0 }],
  ["refunds_status_known", "refunds", { status: "lost" }],
  ["refunds_reason_known", "refunds", { reason: "a whim" }],

  ["unpaid_holds_pkey", "unpaid_holds", {}],
  ["unpaid_holds_qty_positive", "unpaid_holds", { qty: 0 }],
  ["mail_codes_pkey", "mail_codes", {}],
  ["mail_codes_tries_in_range", "mail_codes", { tries: 6 }],
  ["mail_codes_mails_in_range", "mail_codes", { mails: 6 }],
  ["product_customers_pkey", "product_customers", {}],
  ["product_customers_units_not_negative", "product_customers", { units: -1 }],
  ["product_customers_within_limit", "product_customers", { units: 4 }],
  ["claims_pkey", "claims", {}],
  ["claims_units_not_negative", "claims", { units: -1 }],
  ["claims_within_limit", "claims", { units: 4 }],
  ["access_codes_pkey", "access_codes", {}],
  ["access_codes_units_positive", "access_codes", { units: 0 }],

  ["stock_adjustments_pkey", "stock_adjustments", {}],
  ["idempotency_keys_pkey", "idempotency_keys", {}],

  ["outbox_pkey", "outbox", {}],
  ["outbox_type_known", "outbox", { type: "order.lost" }],
  ["webhook_endpoints_pkey", "webhook_endpoints", {}],
  ["webhook_endpoints_disabled_for_a_reason", "webhook_endpoints", { enabled: false }],
  ["webhook_endpoints_disabled_for_a_reason", "webhook_endpoints", { disabled_reason: "gone" }],
  ["webhook_endpoints_previous_secret_ends", "webhook_endpoints", { previous_secret: "whsec_" }],
  ["webhook_deliveries_pkey", "webhook_deliveries", {}],
  ["webhook_deliveries_status_known", "webhook_deliveries", { status: "lost" }],
  ["webhook_deliveries_attempts_not_negative", "webhook_deliveries", { attempts: -1 }],

  ["alerts_pkey", "alerts", {}],
  ["alerts_name_known", "alerts", { name: "the weather" }],

  ["operators_pkey", "operators", { name: "Bob" }],
  ["operators_name_used_once", "operators", { id: 2, name: "ANN" }],
  ["operators_kind_known", "operators", { kind: "robot" }],
  ["operators_role_known", "operators", { role: "king" }],
  ["operators_scopes_known", "operators", { kind: "key", role: null, scopes: "{all}" }],
  ["operators_scopes_known", "operators", { kind: "key", role: null, scopes: "{}" }],
  ["operators_role_or_scopes", "operators", { kind: "key", role: null }],
  ["operators_role_or_scopes", "operators", { kind: "key", scopes: "{holds:write}" }],
  ["operators_people_have_a_role", "operators", { role: null, scopes: "{holds:write}" }],
  ["operators_token_hash_is_sha256", "operators", { token_hash: String.raw`\xab` }],
  ["operator_sessions_pkey", "operator_sessions", {}],

  ["admin_actions_pkey", "admin_actions", {}],
  ["admin_actions_way_known", "admin_actions", { way: "by force" }],
  ["admin_actions_status_is_an_answer", "admin_actions", { status: 0 }],

  ["order_details_pkey", "order_details", {}],
  ["order_details_erased_are_empty", "order_details", { erased_at: "2026-11-27T12:01:00Z" }],

  ["mails_pkey", "mails", {}],
  ["mails_kind_known", "mails", { kind: "news" }],
  ["mails_refund_named", "mails", { refund_number: 1 }],
  ["mails_refund_named", "mails", { kind: "refund" }],
  ["mails_status_known", "mails", { status: "lost" }],
  ["mails_attempts_not_negative", "mails", { attempts: -1 }],

  ["product_contents_pkey", "product_contents", {}],

  ["id_blocks_pkey", "id_blocks", {}],
  ["claimed_order_ids_pkey", "claimed_order_ids", { hold_id: 2 }],
  ["installation_secrets_pkey", "installation_secrets", {}],
]

test.each(violations)("%s refuses in %s: %o", async (constraint, table, changes) => {
  await client.query("begin")
  try {
    await insertRow(client, table)
    const identity = /pkey|one_per|once|one_pays/.test(constraint) ? {} : otherIdentity[table]
    const refused = insertRow(client, table, { ...identity, ...changes })
    await expect(refused).rejects.toMatchObject({ constraint, table })
  } finally {
    await client.query("rollback")
  }
})

/** Keys by which the invalid row differs from the valid one, so that no unique constraint refuses it first. */
const otherIdentity: Partial<Record<Table, Row>> = {
  products: { id: 2 },
  holds: { id: 2 },
  orders: { id: 12, hold_id: 2 },
  payment_events: { key: "key-2" },
  payments: { event_key: "key-2", payment_id: "pay-2", order_id: 12 },
  unpaid_holds: { hold_id: 2 },
  mail_codes: { mailbox: "mailbox:ben" },
  product_customers: { customer_id: "ben" },
  claims: { claimant: "k:other" },
  access_codes: { claimant: "k:other" },
  refunds: { number: 2 },
  disputes: { dispute_id: "dp-2" },
  outbox: { id: "order_paid-12" },
  webhook_endpoints: { id: 2 },
  webhook_deliveries: { endpoint_id: 2 },
  operators: { id: 2, name: "Bob" },
  admin_actions: { id: 2 },
  order_details: { order_id: 12 },
  mails: { id: "receipt-12" },
}

test("the total of mailed codes is one row, which is there from the start", async () => {
  await expect(client.query("insert into mail_code_total default values")).rejects.toMatchObject({
    constraint: "mail_code_total_pkey",
  })
  await expect(client.query("insert into mail_code_total (id) values (false)")).rejects.toMatchObject({
    constraint: "mail_code_total_is_one_row",
  })
})

test("the pace of mails is one row, which is there from the start", async () => {
  await expect(client.query("insert into mail_pace default values")).rejects.toMatchObject({
    constraint: "mail_pace_pkey",
  })
  await expect(client.query("insert into mail_pace (id) values (false)")).rejects.toMatchObject({
    constraint: "mail_pace_is_one_row",
  })
})

test("the note of the program that migrated is one row", async () => {
  const insert = "insert into schema_program (id, version, needs)"
  await expect(client.query(`${insert} values (true, '1', '1'), (true, '2', '2')`)).rejects.toMatchObject({
    constraint: "schema_program_pkey",
  })
  await expect(client.query(`${insert} values (false, '1', '1')`)).rejects.toMatchObject({
    constraint: "schema_program_is_one_row",
  })
})

const shopConstraints = ["shop_pkey", "shop_is_one_row", "shop_accent_is_a_colour"]

test("the shop is one row, which is there from the start, with a colour or none", async () => {
  const refused = (text: string, constraint: string) =>
    expect(client.query(text)).rejects.toMatchObject({ constraint })
  await refused("insert into shop default values", "shop_pkey")
  await refused("insert into shop (id) values (false)", "shop_is_one_row")
  for (const colour of ["red", "#FFCC00", "#fc0", "#ffcc00;"]) {
    await refused(`update shop set accent = '${colour}'`, "shop_accent_is_a_colour")
  }
})

test("the tests above name every constraint of the schema", async () => {
  const { rows } = await client.query<{ name: string }>(`
    select i.relname as name
      from pg_index x
      join pg_class i on i.oid = x.indexrelid
      join pg_class t on t.oid = x.indrelid
     where x.indisunique
       and t.relnamespace = 'public'::regnamespace
       and t.relname not like 'kysely%'
     union
    select c.conname
      from pg_constraint c
      join pg_class t on t.oid = c.conrelid
     where c.contype = 'c'
       and t.relnamespace = 'public'::regnamespace`)
  const tested = [
    ...violations.map(([name]) => name),
    "mail_pace_pkey",
    "mail_pace_is_one_row",
    "mail_code_total_pkey",
    "mail_code_total_is_one_row",
    "schema_program_pkey",
    "schema_program_is_one_row",
    ...shopConstraints,
  ]
  expect(new Set(tested)).toEqual(new Set(rows.map((row) => row.name)))
})
