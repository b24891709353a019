import {
  ask,
  hold,
  holdAgain,
  order,
  orderLater,
  outOfStock,
  payment,
  product,
  refused,
  unknown,
  type OperationLine,
} from "./handwritten.ts"

/** A history with one violation, and the nearest legal one. */
export interface PlantedViolation {
  readonly name: string
  readonly stock: number
  readonly prefix: readonly OperationLine[]
  /** The operations that follow the common ones and make the history illegal. */
  readonly violating: readonly OperationLine[]
  readonly legal: readonly OperationLine[]
  /** Words that the reported reason contains. */
  readonly reason: string
}

const [first, second, third] = [1, 2, 3]
const grant = (id: number, at: number, key: string | null = null): OperationLine => [
  at,
  at + 10,
  ask.hold(1, key),
  hold(id, at + 5),
]
const release = (id: number, at: number, heldSince: number): OperationLine => [
  at,
  at + 10,
  ask.release(id),
  hold(id, heldSince, { status: "released" }),
]
const makeOrder = (id: number, at: number): OperationLine => [at, at + 10, ask.order(id), order(id, at + 5)]
const pay = (id: number, at: number, key = "event"): OperationLine => [
  at,
  at + 10,
  ask.pay(100 + id, key),
  payment("paid"),
]
const cancel = (id: number, at: number, madeAt: number): OperationLine => [
  at,
  at + 10,
  ask.cancel(100 + id),
  orderLater(id, madeAt, { status: "cancelled" }),
]

/** Every kind of violation that the check must find, each with the nearest legal history. */
export const plantedViolations: readonly PlantedViolation[] = [
  {
    name: "oversold by one",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [grant(second, 5)],
    legal: [[5, 15, ask.hold(), outOfStock]],
    reason: "no units for this",
  },
  {
    name: "oversold by one: the release that would free the unit was requested too late",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [grant(second, 100), release(first, 120, 5)],
    legal: [grant(second, 100), [95, 130, ask.release(first), hold(first, 5, { status: "released" })]],
    reason: "no units for this",
  },
  {
    name: "an available unit is refused for longer than the gate's memory lasts",
    stock: 1,
    prefix: [grant(first, 0), release(first, 100, 5)],
    violating: [[1_400, 1_410, ask.hold(), outOfStock]],
    legal: [[1_300, 1_310, ask.hold(), outOfStock]],
    reason: "true at no moment",
  },
  {
    name: "a request with a key is refused from the gate's memory",
    stock: 1,
    prefix: [grant(first, 0), release(first, 100, 5)],
    violating: [[200, 210, ask.hold(1, "key"), outOfStock]],
    legal: [[200, 210, ask.hold(1), outOfStock]],
    reason: "true at no moment",
  },
  {
    name: "a unit is refused although its hold has expired",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [[1_400, 1_410, ask.hold(1, "key"), outOfStock]],
    legal: [[1_100, 1_110, ask.hold(1, "key"), outOfStock]],
    reason: "true at no moment",
  },
  {
    name: "one unit is released twice and granted twice",
    stock: 1,
    prefix: [grant(first, 0), release(first, 100, 5), release(first, 200, 5), grant(second, 300)],
    violating: [grant(third, 400)],
    legal: [[400, 410, ask.hold(), outOfStock]],
    reason: "no units for this",
  },
  {
    name: "an acknowledged hold is lost",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [[100, 110, ask.hold_status(first), refused("hold_not_found")]],
    legal: [[100, 110, ask.hold_status(first), hold(first, 5)]],
    reason: "is missing",
  },
  {
    name: "an acknowledged hold is lost, which only the product's counts show",
    stock: 2,
    prefix: [grant(first, 0)],
    violating: [[700, 710, ask.product(), product(2, [2, 0, 0])]],
    legal: [[700, 710, ask.product(), product(2, [1, 1, 0])]],
    reason: "true at no moment",
  },
  {
    name: "an order is made and paid after the release",
    stock: 1,
    prefix: [grant(first, 0), release(first, 100, 5)],
    violating: [makeOrder(first, 200), pay(first, 300)],
    legal: [
      [200, 210, ask.order(first), refused("hold_released")],
      [300, 310, ask.hold_status(first), hold(first, 5, { status: "released" })],
    ],
    reason: "both released and ordered",
  },
  {
    name: "an order is made after the hold's deadline",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [makeOrder(first, 1_100)],
    legal: [makeOrder(first, 990)],
    reason: "after the deadline",
  },
  {
    name: "a hold has expired before its deadline",
    stock: 1,
    prefix: [grant(first, 0)],
    violating: [[900, 910, ask.hold_status(first), hold(first, 5, { status: "expired" })]],
    legal: [[1_000, 1_010, ask.hold_status(first), hold(first, 5, { status: "expired" })]],
    reason: "before its deadline",
  },
  {
    name: "a read shows counts that were never true",
    stock: 3,
    prefix: [grant(first, 0), grant(second, 5)],
    violating: [[0, 20, ask.product(), product(3, [0, 3, 0])]],
    legal: [[0, 20, ask.product(), product(3, [1, 2, 0])]],
    reason: "true at no moment",
  },
  {
    name: "a read shows two counts that were true at different moments only",
    stock: 2,
    prefix: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    violating: [[100, 300, ask.product(), product(2, [1, 1, 1])]],
    legal: [[100, 300, ask.product(), product(2, [1, 0, 1])]],
    reason: "true at no moment",
  },
  {
    name: "a refusal reports an available number that was never true",
    stock: 2,
    prefix: [grant(first, 0)],
    violating: [[100, 110, ask.hold(2), refused("out_of_stock", { available: 0 })]],
    legal: [[100, 110, ask.hold(2), refused("out_of_stock", { available: 1 })]],
    reason: "true at no moment",
  },
  {
    name: "a read shows counts that are older than the cache allows",
    stock: 3,
    prefix: [grant(first, 0)],
    violating: [[600, 610, ask.product(), product(3, [3, 0, 0])]],
    legal: [[400, 410, ask.product(), product(3, [3, 0, 0])]],
    reason: "true at no moment",
  },
  {
    name: "a released hold is active again",
    stock: 1,
    prefix: [
      grant(first, 0),
      [100, 200, ask.release(first), hold(first, 5, { status: "released" })],
      [110, 120, ask.hold_status(first), hold(first, 5, { status: "released" })],
    ],
    violating: [[130, 140, ask.hold_status(first), hold(first, 5)]],
    legal: [[105, 140, ask.hold_status(first), hold(first, 5)]],
    reason: "contradict each other",
  },
  {
    name: "a repeated request gets another hold",
    stock: 2,
    prefix: [grant(first, 0, "key")],
    violating: [[100, 110, ask.hold(1, "key"), hold(second, 105)]],
    legal: [[100, 110, ask.hold(1, "key"), holdAgain(first, 5)]],
    reason: "got another hold",
  },
  {
    name: "two requests get the same hold",
    stock: 2,
    prefix: [grant(first, 0)],
    violating: [[100, 110, ask.hold(), hold(first, 5)]],
    legal: [grant(second, 100)],
    reason: "the same hold",
  },
  {
    name: "a repeated request is refused although the first one was granted",
    stock: 1,
    prefix: [grant(first, 0, "key")],
    violating: [[100, 110, ask.hold(1, "key"), outOfStock]],
    legal: [[100, 110, ask.hold(1, "another"), outOfStock]],
    reason: "contradict each other",
  },
  {
    name: "an operation without a response would have to take effect twice",
    stock: 2,
    prefix: [[0, Infinity, ask.hold(), unknown]],
    violating: [[600, 610, ask.product(), product(2, [0, 2, 0])]],
    legal: [[600, 610, ask.product(), product(2, [1, 1, 0])]],
    reason: "true at no moment",
  },
  {
    name: "an operation without a response would have to take effect before its invocation",
    stock: 1,
    prefix: [grant(first, 0), [200, Infinity, ask.release(first), unknown]],
    violating: [grant(second, 100)],
    legal: [grant(second, 300)],
    reason: "no units for this",
  },
  {
    name: "an operation without a response takes effect and is then undone",
    stock: 1,
    prefix: [grant(first, 0), [100, Infinity, ask.release(first), unknown], grant(second, 200)],
    violating: [[300, 310, ask.hold_status(first), hold(first, 5)]],
    legal: [[300, 310, ask.hold_status(first), hold(first, 5, { status: "released" })]],
    reason: "no units for this",
  },
  {
    name: "an order is cancelled and paid",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), cancel(first, 200, 105)],
    violating: [pay(first, 195)],
    legal: [[195, 225, ask.pay(101), payment("refund_due", { orderStatus: "cancelled" })]],
    reason: "both cancelled and paid",
  },
  {
    name: "a late payment takes a unit that is not available",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), cancel(first, 200, 105), grant(second, 300)],
    violating: [[400, 410, ask.pay(101), payment("paid", { late: true })]],
    legal: [[250, 305, ask.pay(101), payment("refund_due", { orderStatus: "cancelled" })]],
    reason: "no units for this",
  },
  {
    name: "a sold unit is granted again",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    violating: [grant(second, 300)],
    legal: [[300, 310, ask.hold(), outOfStock]],
    reason: "no units for this",
  },
  {
    name: "an order is paid by two events",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), pay(first, 200, "one")],
    violating: [pay(first, 300, "another")],
    legal: [[300, 310, ask.pay(101, "another"), payment("ignored_final")]],
    reason: "paid twice",
  },
  {
    name: "one payment event takes effect twice",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    violating: [pay(first, 300)],
    legal: [[300, 310, ask.pay(101), payment("paid", { duplicate: true })]],
    reason: "paid twice",
  },
  {
    name: "one payment event has two outcomes",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    violating: [[300, 310, ask.pay(101), payment("refund_due", { duplicate: true })]],
    legal: [[300, 310, ask.pay(101), payment("paid", { duplicate: true })]],
    reason: "two outcomes",
  },
  {
    name: "one hold is converted to two orders",
    stock: 1,
    prefix: [grant(first, 0), makeOrder(first, 100)],
    violating: [[100, 110, ask.order(first), order(first, 105, { id: 999 })]],
    legal: [[100, 110, ask.order(first), refused("hold_already_used", { orderId: 101 })]],
    reason: "two orders",
  },
  {
    name: "more is granted than was added to the stock",
    stock: 1,
    prefix: [grant(first, 0), [100, 110, ask.stock(2, 1), product(2, [1, 1, 0])], grant(second, 200)],
    violating: [grant(third, 300)],
    legal: [[300, 310, ask.hold(), outOfStock]],
    reason: "no units for this",
  },
  {
    name: "added stock is not for sale",
    stock: 0,
    prefix: [[100, 110, ask.stock(1, 0), product(1, [1, 0, 0])]],
    violating: [[200, 210, ask.hold(1, "key"), outOfStock]],
    legal: [[105, 210, ask.hold(1, "key"), outOfStock]],
    reason: "true at no moment",
  },
]
