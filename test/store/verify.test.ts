import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { verify } from "../../src/store/upkeep/verify.ts"
import { createBusyDatabase, type BusyDatabase } from "../support/busy-database.ts"
import { differencesIn } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

let busy: BusyDatabase

beforeAll(async () => {
  busy = await createBusyDatabase()
})

afterAll(async () => {
  await busy[Symbol.asyncDispose]()
})

test("a healthy database has no violation, and all its rows were checked", async () => {
  await using copy = await busy.copy()
  await using database = openScopedDatabase(copy.url)
  expect(await verify(database.views)).toEqual({
    products: 1,
    holds: 6,
    orders: 4,
    paymentEvents: 5,
    violations: [],
  })
})

test("a due hold or order that no sweep has ended is no violation", async () => {
  await using copy = await busy.copy()
  await runSql(
    copy.url,
    "update holds set expires_at = '2020-01-01'",
    "update orders set expires_at = '2020-01-01'",
  )
  expect(await differencesIn(copy.url)).toEqual([])
})

test("a violation lists the rows behind it, the newest ten of a kind", async () => {
  await using copy = await busy.copy()
  await runSql(
    copy.url,
    "update products set held = held + 1",
    `insert into holds (id, product_id, qty, status, expires_at, created_at)
     select 100 + n, 1, 1, 'active', '2026-11-27 12:00Z', now() from generate_series(1, 12) as n`,
  )
  await using database = openScopedDatabase(copy.url)
  const { violations } = await verify(database.views)

  const held = violations.find(({ what }) => what.startsWith("held is"))
  expect(held?.rows.slice(0, 2)).toEqual([
    "hold 112 is active: 1 units, until 2026-11-27T12:00:00Z",
    "hold 111 is active: 1 units, until 2026-11-27T12:00:00Z",
  ])
  expect(held?.rows.filter((row) => row.startsWith("hold"))).toHaveLength(10)
  expect(held?.rows.filter((row) => row.startsWith("order"))).toEqual([
    expect.stringMatching(/^order 1 is pending_payment: 2 units, 0 of them restocked, of hold \d+, changed /),
  ])
})

const secondProduct = `
  insert into products (id, stock, price_minor, currency, name, created_at, updated_at)
  values (2, 0, 1, 'EUR', 'Desk', now(), now())`

/** An open dispute of order 2 about the payment with this event key. */
function disputeOf(eventKey: string, claim: number, held: number): string {
  return `
    insert into disputes (product_id, order_id, provider, dispute_id, event_key, payment_id, amount_minor,
                          currency, held_minor, status, created_at, updated_at)
    values (1, 2, 'generic', 'dp-1', ${eventKey}, 'pay', ${claim}, 'EUR', ${held}, 'open', now(), now())`
}

describe("finds", () => {
  // Where a constraint would refuse the corruption, it is dropped first.
  test.each<[string, RegExp, string[]]>([
    [
      "more units held and sold than there are",
      /^I1 .*held is 4 and sold is 400 of a stock of 30/,
      ["alter table products drop constraint products_units_conserved", "update products set sold = 400"],
    ],
    [
      "a negative number of held units",
      /^I1 .*held is -1/,
      ["alter table products drop constraint products_held_not_negative", "update products set held = -1"],
    ],
    [
      "a negative number of sold units",
      /^I1 .*sold is -1/,
      ["alter table products drop constraint products_sold_not_negative", "update products set sold = -1"],
    ],
    ["stock that no adjustment explains", /^I1 .*stock is 31/, ["update products set stock = 31"]],
    ["a missing adjustment", /^I1 .*add up to 20/, ["delete from stock_adjustments where id = 2"]],
    ["no adjustment at all", /^I1 .*add up to 0/, ["delete from stock_adjustments"]],

    ["held units without a hold or order", /^I2 .*held is 5/, ["update products set held = held + 1"]],
    [
      "a hold with more units than were counted",
      /^I2 .*active holds have 3/,
      ["update holds set qty = 3 where id = 1"],
    ],
    [
      "an unpaid order whose units were not counted as held",
      /^I2 .*unpaid orders 0/,
      ["update orders set status = 'expired' where id = 1"],
    ],
    ["sold units without an order", /^I2 .*sold is 5/, ["update products set sold = sold + 1"]],
    [
      "sold units whose paid order has expired",
      /^I2 .*sold is 4, but its paid orders have 2/,
      ["update orders set status = 'expired', paid_at = null where id = 2"],
    ],
    ["a hold without a product", /^I2 .*hold 2 belongs/, ["update holds set product_id = 77 where id = 2"]],
    [
      "an order without a product",
      /^I2 .*order 3 belongs/,
      ["update orders set product_id = 77 where id = 3"],
    ],

    ["a converted hold without an order", /^I3 .*hold 5 is converted/, ["delete from orders where id = 3"]],
    [
      "an order whose hold was released",
      /^I3 .*order 3 .*released/,
      ["update holds set status = 'released' where id = 5"],
    ],
    ["an order without a hold", /^I3 .*order 3 .*missing/, ["delete from holds where id = 5"]],
    [
      "an order with other units than its hold",
      /^I3 .*order 3 has 2 units, but its hold 5 is converted with 9/,
      ["update holds set qty = 9 where id = 5"],
    ],
    [
      "an order id that exists twice",
      /^I3 .*order id 3 exists 2 times/,
      [
        secondProduct,
        `insert into orders
         select id, 2, hold_id, customer_id, quantity, unit_price_minor, total_minor, currency, status, origin,
                expires_at, paid_at, created_at, updated_at
           from orders where id = 3`,
      ],
    ],
    [
      "a hold id that exists twice",
      /^I3 .*hold id 2 exists 2 times/,
      [
        secondProduct,
        `insert into holds
         select id, 2, qty, status, expires_at, created_at, ended_at, customer_id from holds where id = 2`,
      ],
    ],

    [
      "a payment without an event",
      /^I4 .*event first .* no event in the inbox/,
      ["delete from payment_events where key = 'first'"],
    ],
    [
      "a payment for another order than its event's",
      /^I4 .*event again/,
      ["update payment_events set applied_order_id = 1 where key = 'again'"],
    ],
    [
      "two events that both paid an order",
      /^I4 .*order 2 was paid by 2 events/,
      ["update payment_events set outcome = 'paid' where key = 'again'"],
    ],
    [
      "two such events, only one of which names the product",
      /^I4 .*order 2 was paid by 2 events/,
      ["update payment_events set outcome = 'paid', product_id = 1 where key = 'again'"],
    ],
    [
      "two such events of different providers",
      /^I4 .*order 2 was paid by 2 events/,
      ["update payment_events set outcome = 'paid', provider = 'stripe' where key = 'failure'"],
    ],

    [
      "a paid order without its payment",
      /^I7 .*order 2 is paid/,
      ["delete from payments where event_key = 'first'"],
    ],
    [
      "a payment for an order that is not paid",
      /^I7 .*pays order 4, which is cancelled/,
      ["update orders set status = 'cancelled', paid_at = null where id = 4"],
    ],
    [
      "a payment of a missing order",
      /^I7 .*pays order 4, which is missing/,
      ["delete from orders where id = 4"],
    ],
    [
      "an event with the outcome paid but no payment",
      /^I7 .*event early .*paid/,
      ["delete from payments where event_key = 'early'"],
    ],
    [
      "an event with the outcome refund_due but no payment, on an order that another payment paid",
      /^I7 .*event again .*refund_due/,
      ["delete from payments where event_key = 'again'"],
    ],

    [
      "a payment whose disputed amount is higher than that of its disputes",
      /^I7 .*event first .* disputed amount is 5 and .* hold 0/,
      ["update payments set disputed_minor = 5 where event_key = 'first'"],
    ],
    [
      "a dispute that is not in its payment's disputed amount",
      /^I7 .*event first .*hold 7/,
      [disputeOf("'first'", 7, 7)],
    ],
    ["a dispute without a payment", /^I7 .*dispute dp-1 .*has no payment/, [disputeOf("'nothing'", 7, 0)]],
    [
      "a paid order whose whole price is refunded",
      /^I7 .*order 2 is paid: it counts 2 refunds .*; (\d+) of its price of \1 is refunded/,
      [
        "update orders set refund_count = 2 where id = 2",
        `insert into refunds (product_id, order_id, number, provider, event_key, amount_minor, currency, reason,
                              restock_qty, status, not_before, created_at, updated_at)
         select product_id, order_id, 2, provider, event_key, amount_minor, currency, 'elsewhere',
                0, 'confirmed', now(), now(), now()
           from payments
          where event_key = 'first'`,
        "update payments set refunded_minor = amount_minor where event_key = 'first'",
      ],
    ],
    [
      "a due refund of a payment that a dispute takes back",
      /^I7 .*refund 2-1 is due, but dispute dp-1/,
      [disputeOf("'again'", 7, 0)],
    ],
    [
      "an event with the outcome disputed but no dispute",
      /^I7 .*event d .*no dispute/,
      [
        `insert into payment_events (provider, key, fingerprint, kind, payment_id, dispute_id, outcome,
                                     applied_order_id, order_status, received_at, applied_at)
         values ('generic', 'd', 'f', 'dispute_opened', 'pay-1', 'dp-1', 'disputed', 2, 'paid', now(), now())`,
      ],
    ],
    [
      "a customer with more units than the counter says",
      /^I8 .*customer anna has 8 units, but the counter says 7/,
      ["update product_customers set units = 7"],
    ],
    [
      "a customer with units but no counter",
      /^I8 .*customer anna has 8 units, but the counter says 0/,
      ["delete from product_customers"],
    ],
    [
      "a customer with more units than the limit",
      /^I8 .*more than the limit of 3/,
      [
        "alter table product_customers drop constraint product_customers_within_limit",
        "update product_customers set unit_limit = 3",
      ],
    ],
    [
      "a code with more units than the counter says",
      /^I8 .*claim k:press has 2 units, but the counter says 1/,
      [
        `update holds set claimants = '["k:press"]' where id = 1`,
        "insert into claims values (1, 'k:press', 1, 3)",
      ],
    ],
    [
      "a code whose units were never given back",
      /^I8 .*claim k:press has 0 units, but the counter says 2/,
      ["insert into claims values (1, 'k:press', 2, 3)"],
    ],
    [
      "a code with more units than it allows",
      /^I8 .*claim k:press has 2 units, more than the limit of 1/,
      [
        "alter table claims drop constraint claims_within_limit",
        `update holds set claimants = '["k:press"]' where id = 1`,
        "insert into claims values (1, 'k:press', 2, 1)",
      ],
    ],
    [
      "an order without the claims of its hold",
      /^I8 .*order 1 has the claims none, but its hold 3 has \["k:press"\]/,
      [`update holds set claimants = '["k:press"]', ordered_with_claims = true where id = 3`],
    ],
  ])("%s", async (_, violation, corruption) => {
    await using copy = await busy.copy()
    await runSql(copy.url, ...corruption)
    expect(await differencesIn(copy.url)).toContainEqual(expect.stringMatching(violation))
  })
})
