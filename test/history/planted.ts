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
  type Line,
} from "./written.ts"

/** A history with one lie in it, and the same without. */
export interface Planted {
  readonly name: string
  readonly stock: number
  readonly told: readonly Line[]
  /** Comes instead of the last lines of the same number. */
  readonly wrong: readonly Line[]
  readonly right: readonly Line[]
  /** Words of the reason that is given. */
  readonly because: string
}

const [first, second, third] = [1, 2, 3]
const grant = (id: number, at: number, key: string | null = null): Line => [
  at,
  at + 10,
  ask.hold(1, key),
  hold(id, at + 5),
]
const release = (id: number, at: number, heldSince: number): Line => [
  at,
  at + 10,
  ask.release(id),
  hold(id, heldSince, { status: "released" }),
]
const makeOrder = (id: number, at: number): Line => [at, at + 10, ask.order(id), order(id, at + 5)]
const pay = (id: number, at: number, key = "event"): Line => [
  at,
  at + 10,
  ask.pay(100 + id, key),
  payment("paid"),
]
const cancel = (id: number, at: number, madeAt: number): Line => [
  at,
  at + 10,
  ask.cancel(100 + id),
  orderLater(id, madeAt, { status: "cancelled" }),
]

/** Every lie that the check has to see, each beside what may be said instead. */
export const planted: readonly Planted[] = [
  {
    name: "oversold by one",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [grant(second, 5)],
    right: [[5, 15, ask.hold(), outOfStock]],
    because: "never room for this",
  },
  {
    name: "oversold by one, with a release that was not asked for in time",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [grant(second, 100), release(first, 120, 5)],
    right: [grant(second, 100), [95, 130, ask.release(first), hold(first, 5, { status: "released" })]],
    because: "never room for this",
  },
  {
    name: "a unit that is there is refused for longer than the gate remembers",
    stock: 1,
    told: [grant(first, 0), release(first, 100, 5)],
    wrong: [[1_400, 1_410, ask.hold(), outOfStock]],
    right: [[1_300, 1_310, ask.hold(), outOfStock]],
    because: "never true",
  },
  {
    name: "a request with a key is refused from memory",
    stock: 1,
    told: [grant(first, 0), release(first, 100, 5)],
    wrong: [[200, 210, ask.hold(1, "key"), outOfStock]],
    right: [[200, 210, ask.hold(1), outOfStock]],
    because: "never true",
  },
  {
    name: "a unit is refused although its hold is over",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [[1_400, 1_410, ask.hold(1, "key"), outOfStock]],
    right: [[1_100, 1_110, ask.hold(1, "key"), outOfStock]],
    because: "never true",
  },
  {
    name: "one unit is released twice and granted twice",
    stock: 1,
    told: [grant(first, 0), release(first, 100, 5), release(first, 200, 5), grant(second, 300)],
    wrong: [grant(third, 400)],
    right: [[400, 410, ask.hold(), outOfStock]],
    because: "never room for this",
  },
  {
    name: "an acknowledged hold is lost",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [[100, 110, ask.hold_status(first), refused("hold_not_found")]],
    right: [[100, 110, ask.hold_status(first), hold(first, 5)]],
    because: "not there",
  },
  {
    name: "an acknowledged hold is lost, and only its unit tells",
    stock: 2,
    told: [grant(first, 0)],
    wrong: [[700, 710, ask.product(), product(2, [2, 0, 0])]],
    right: [[700, 710, ask.product(), product(2, [1, 1, 0])]],
    because: "never true",
  },
  {
    name: "an order is made and paid after the release",
    stock: 1,
    told: [grant(first, 0), release(first, 100, 5)],
    wrong: [makeOrder(first, 200), pay(first, 300)],
    right: [
      [200, 210, ask.order(first), refused("hold_released")],
      [300, 310, ask.hold_status(first), hold(first, 5, { status: "released" })],
    ],
    because: "both released and ordered",
  },
  {
    name: "an order is made after the hold's time",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [makeOrder(first, 1_100)],
    right: [makeOrder(first, 990)],
    because: "after the time was over",
  },
  {
    name: "a hold is over before its time",
    stock: 1,
    told: [grant(first, 0)],
    wrong: [[900, 910, ask.hold_status(first), hold(first, 5, { status: "expired" })]],
    right: [[1_000, 1_010, ask.hold_status(first), hold(first, 5, { status: "expired" })]],
    because: "before its time",
  },
  {
    name: "a number that was never true",
    stock: 3,
    told: [grant(first, 0), grant(second, 5)],
    wrong: [[0, 20, ask.product(), product(3, [0, 3, 0])]],
    right: [[0, 20, ask.product(), product(3, [1, 2, 0])]],
    because: "never true",
  },
  {
    name: "two numbers that were true, but not together",
    stock: 2,
    told: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    wrong: [[100, 300, ask.product(), product(2, [1, 1, 1])]],
    right: [[100, 300, ask.product(), product(2, [1, 0, 1])]],
    because: "never true",
  },
  {
    name: "a refusal that names a number that was never true",
    stock: 2,
    told: [grant(first, 0)],
    wrong: [[100, 110, ask.hold(2), refused("out_of_stock", { available: 0 })]],
    right: [[100, 110, ask.hold(2), refused("out_of_stock", { available: 1 })]],
    because: "never true",
  },
  {
    name: "a reader is shown what is older than the memory",
    stock: 3,
    told: [grant(first, 0)],
    wrong: [[600, 610, ask.product(), product(3, [3, 0, 0])]],
    right: [[400, 410, ask.product(), product(3, [3, 0, 0])]],
    because: "never true",
  },
  {
    name: "a hold comes back to life",
    stock: 1,
    told: [
      grant(first, 0),
      [100, 200, ask.release(first), hold(first, 5, { status: "released" })],
      [110, 120, ask.hold_status(first), hold(first, 5, { status: "released" })],
    ],
    wrong: [[130, 140, ask.hold_status(first), hold(first, 5)]],
    right: [[105, 140, ask.hold_status(first), hold(first, 5)]],
    because: "contradict each other",
  },
  {
    name: "a repeated request gets another hold",
    stock: 2,
    told: [grant(first, 0, "key")],
    wrong: [[100, 110, ask.hold(1, "key"), hold(second, 105)]],
    right: [[100, 110, ask.hold(1, "key"), holdAgain(first, 5)]],
    because: "another hold",
  },
  {
    name: "two requests get the same hold",
    stock: 2,
    told: [grant(first, 0)],
    wrong: [[100, 110, ask.hold(), hold(first, 5)]],
    right: [grant(second, 100)],
    because: "the same hold",
  },
  {
    name: "a repeated request is refused what it was granted",
    stock: 1,
    told: [grant(first, 0, "key")],
    wrong: [[100, 110, ask.hold(1, "key"), outOfStock]],
    right: [[100, 110, ask.hold(1, "another"), outOfStock]],
    because: "contradict each other",
  },
  {
    name: "a call without an answer would have to have happened twice",
    stock: 2,
    told: [[0, Infinity, ask.hold(), unknown]],
    wrong: [[600, 610, ask.product(), product(2, [0, 2, 0])]],
    right: [[600, 610, ask.product(), product(2, [1, 1, 0])]],
    because: "never true",
  },
  {
    name: "a call without an answer would have to have happened before it was asked",
    stock: 1,
    told: [grant(first, 0), [200, Infinity, ask.release(first), unknown]],
    wrong: [grant(second, 100)],
    right: [grant(second, 300)],
    because: "never room for this",
  },
  {
    name: "a call without an answer undoes itself",
    stock: 1,
    told: [grant(first, 0), [100, Infinity, ask.release(first), unknown], grant(second, 200)],
    wrong: [[300, 310, ask.hold_status(first), hold(first, 5)]],
    right: [[300, 310, ask.hold_status(first), hold(first, 5, { status: "released" })]],
    because: "never room for this",
  },
  {
    name: "an order is cancelled and paid",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), cancel(first, 200, 105)],
    wrong: [pay(first, 195)],
    right: [[195, 225, ask.pay(101), payment("refund_due", { orderStatus: "cancelled" })]],
    because: "both cancelled and paid",
  },
  {
    name: "late money takes a unit that is not there",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), cancel(first, 200, 105), grant(second, 300)],
    wrong: [[400, 410, ask.pay(101), payment("paid", { late: true })]],
    right: [[250, 305, ask.pay(101), payment("refund_due", { orderStatus: "cancelled" })]],
    because: "never room for this",
  },
  {
    name: "a sold unit is granted again",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    wrong: [grant(second, 300)],
    right: [[300, 310, ask.hold(), outOfStock]],
    because: "never room for this",
  },
  {
    name: "an order is paid by two events",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), pay(first, 200, "one")],
    wrong: [pay(first, 300, "another")],
    right: [[300, 310, ask.pay(101, "another"), payment("ignored_final")]],
    because: "paid twice",
  },
  {
    name: "one event acts twice",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    wrong: [pay(first, 300)],
    right: [[300, 310, ask.pay(101), payment("paid", { duplicate: true })]],
    because: "paid twice",
  },
  {
    name: "one event has two outcomes",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100), pay(first, 200)],
    wrong: [[300, 310, ask.pay(101), payment("refund_due", { duplicate: true })]],
    right: [[300, 310, ask.pay(101), payment("paid", { duplicate: true })]],
    because: "two outcomes",
  },
  {
    name: "a hold becomes two orders",
    stock: 1,
    told: [grant(first, 0), makeOrder(first, 100)],
    wrong: [[100, 110, ask.order(first), order(first, 105, { id: 999 })]],
    right: [[100, 110, ask.order(first), refused("hold_already_used", { orderId: 101 })]],
    because: "two orders",
  },
  {
    name: "more is granted than was added to the stock",
    stock: 1,
    told: [grant(first, 0), [100, 110, ask.stock(2, 1), product(2, [1, 1, 0])], grant(second, 200)],
    wrong: [grant(third, 300)],
    right: [[300, 310, ask.hold(), outOfStock]],
    because: "never room for this",
  },
  {
    name: "added stock is not for sale",
    stock: 0,
    told: [[100, 110, ask.stock(1, 0), product(1, [1, 0, 0])]],
    wrong: [[200, 210, ask.hold(1, "key"), outOfStock]],
    right: [[105, 210, ask.hold(1, "key"), outOfStock]],
    because: "never true",
  },
]
