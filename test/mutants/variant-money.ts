import type { Mutant } from "./mutants.ts"

const http = "test/http/variant-money.test.ts"
const goods = "test/payments/stripe-goods.test.ts"
const csv = "src/http/routes/admin/orders/export-orders-csv.ts"
const parcels = "src/http/routes/admin/orders/csv-parcels.ts"

/** Bugs in the money of orders with several lines: late payments, refunds, and what other systems are told of them. */
export const variantMoneyMutants: readonly Mutant[] = [
  {
    name: "variant money: a late payment of a basket looks at its first line only",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "lackingLines(product, lines).length === 0",
        replace: "lackingLines(product, lines.slice(0, 1)).length === 0",
      },
    ],
    caughtBy: { file: http, test: "units of its last line: all the money goes back" },
  },
  {
    name: "variant money: a late payment takes a variant that is off sale",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "variantOf(product, variantId)?.enabled === true",
        replace: "variantOf(product, variantId) !== undefined",
      },
    ],
    caughtBy: { file: http, test: "of which a variant is off sale" },
  },
  {
    name: "variant money: a restock of several lines puts back the units of the first only",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "  for (const { variantId, qty } of lines) {\n    const index = variants.findIndex",
        replace:
          "  for (const { variantId, qty } of lines.slice(0, sold === -1 ? 1 : 20)) {\n    const index = variants.findIndex",
      },
    ],
    caughtBy: { file: http, test: "restocks the units of its line and of no other" },
  },
  {
    name: "variant money: a restocked line keeps no count of its restocked units",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "restockedQty: line.restockedQty + (restocked?.qty ?? 0) }",
        replace: "restockedQty: line.restockedQty }",
      },
    ],
    caughtBy: { file: http, test: "restocks the units of its line and of no other" },
  },
  {
    name: "variant money: events of orders name no variant",
    edits: [
      {
        file: "src/wire/outgoing-event.ts",
        find: "if (order.lines === null) return json",
        replace: "if (order.lines !== null) return json",
      },
    ],
    caughtBy: { file: "test/wire/outgoing-event.test.ts", test: "every event of an order has them" },
  },
  {
    name: "variant money: the CSV repeats the order's total in the row of each line",
    edits: [
      {
        file: csv,
        find: "{ ...json, ...cellsOf(line, order) }",
        replace: "{ ...json, ...cellsOf(line, order), total_price: json.total_price }",
      },
    ],
    caughtBy: { file: http, test: "has a row for each line" },
  },
  {
    name: "variant money: the parcel list sends units that are back on sale",
    edits: [
      {
        file: parcels,
        find: "=> qty - restockedQty",
        replace: "=> qty",
      },
    ],
    caughtBy: { file: "test/http/parcel-list.test.ts", test: "without units that are back on sale" },
  },
  {
    name: "variant money: the search by sku finds baskets by their first line only",
    edits: [
      {
        file: "src/store/reads/row-lists.ts",
        find: "from jsonb_array_elements(lines) as line",
        replace: "from (select lines -> 0 as line) as line",
      },
    ],
    caughtBy: { file: http, test: "are searched by variant and by its number" },
  },
  {
    name: "variant money: a long name makes Stripe refuse the payment",
    edits: [
      {
        file: "src/payments/stripe-goods.ts",
        find: "text = cut(text + line, room)",
        replace: "text += line",
      },
    ],
    caughtBy: { file: goods, test: "20 lines of the longest names" },
  },
  {
    name: "variant money: a renamed variant makes Stripe refuse the key",
    edits: [
      {
        file: "src/payments/stripe-payments.ts",
        find: "`${idempotencyKey}${keyEnding(texts)}${keyEnding(shops)}`",
        replace: "`${idempotencyKey}${keyEnding(shops)}`",
      },
    ],
    caughtBy: { file: goods, test: "a variant that is renamed between two requests" },
  },
]
