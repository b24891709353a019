import { expect, test } from "vitest"
import type { Command } from "../../src/domain/commands.ts"
import { execute } from "../../src/domain/execute.ts"
import {
  askFor,
  disputeEventWith,
  eventWith,
  holdWith,
  NOON,
  orderWith,
  paymentWith,
  stateWith,
  type Given,
} from "../support/builders.ts"

const dispute = {
  kind: "record_dispute",
  productId: 1,
  event: disputeEventWith(),
  orderId: 11,
} as const
const pay = { kind: "record_payment_event", productId: 1, event: eventWith(), newOrderId: 12 } as const
const order = { kind: "place_order", productId: 1, orderId: 11, holdId: 1 } as const

// Only bugs cause these: the store did not load what `needs` asked for, or an id was given twice.
test.each<[string, Given, Command, string]>([
  ["a dispute whose order is missing", { payments: [paymentWith()] }, dispute, "order 11 is not loaded"],
  ["an order without its product", { product: null, holds: [holdWith()] }, order, "product 1 is not loaded"],
  [
    "money without its product",
    { product: null, orders: [orderWith({ status: "expired" })] },
    pay,
    "product 1 is not loaded",
  ],
  ["an id of a hold that is taken", { holds: [holdWith({ id: 100 })] }, askFor(1), "row 100 exists already"],
  [
    "an id of an order that is taken",
    { holds: [holdWith()], orders: [orderWith({ holdId: 2 })] },
    order,
    "row 11 exists already",
  ],
])("%s is a bug and is thrown, not returned", (_, given, command, message) => {
  expect(() => execute(stateWith(given), command, NOON)).toThrow(message)
})
