import fc from "fast-check"

/** One step of a random sale. `pick` chooses among the rows that exist when the step is played. */
export type Intent =
  | {
      readonly does: "hold"
      readonly qty: number
      readonly customer: string | null
      /** One of the codes, or one that there is not; null: none is sent. */
      readonly code: string | null
    }
  | { readonly does: "release"; readonly pick: number }
  /** `tells` null: the request says nothing of the buyer. */
  | { readonly does: "order"; readonly pick: number; readonly tells: Told | null }
  | { readonly does: "tell"; readonly pick: number; readonly tells: Told; readonly by: "owner" | "shop" }
  /** `whose`: a customer, or `the address`, which is the same for all buyers of a sale. */
  | { readonly does: "erase"; readonly whose: string }
  | { readonly does: "cancel"; readonly pick: number }
  | ({ readonly does: "pay" } & PayIntent)
  | { readonly does: "pay_again"; readonly pick: number; readonly altered: boolean }
  | { readonly does: "sweep"; readonly limit: number }
  | {
      readonly does: "refund"
      readonly pick: number
      /** Null: all that is left of the payment. */
      readonly amount: number | null
      readonly restock: number
    }
  | { readonly does: "start"; readonly pick: number }
  | { readonly does: "await"; readonly pick: number }
  | {
      readonly does: "settle"
      readonly pick: number
      readonly to: "due" | "sent" | "confirmed" | "failed"
      /** The provider's id of the refund; null: the provider does not name it. */
      readonly name: string | null
    }
  | ({ readonly does: "elsewhere" } & ElsewhereIntent)
  | ({ readonly does: "dispute" } & DisputeIntent)
  | { readonly does: "adjust"; readonly by: number; readonly isStale: boolean }
  | { readonly does: "change"; readonly what: Change }
  /** Sends an earlier request with an Idempotency-Key again; `altered`: with another content. */
  | { readonly does: "repeat"; readonly pick: number; readonly altered: boolean }

/** A refund that the shop has made at its provider. */
export interface ElsewhereIntent {
  readonly pick: number
  readonly paymentId: "pay-1" | "pay-2"
  readonly name: string
  readonly amount: number
  readonly currency: string
  readonly status: "sent" | "confirmed" | "failed"
}

/** What a buyer tells about an order: all that the product asks for, a part of it, or nothing. */
export type Told = readonly DetailName[]
/** What a product asks for. */
export type DetailName = "email" | "name"
/** Whether a product asks for each of them. */
export type Asks = Readonly<Record<DetailName, "required" | "optional" | "no">>

export interface PayIntent {
  readonly kind: "succeeded" | "failed" | "cancelled"
  readonly pick: number
  /** Unless it is `no`, the event names an order that does not exist yet. */
  readonly early: "no" | "by id" | "with hold" | "with wrong quantity"
  readonly paymentId: string | null
  readonly amount: "unsaid" | "exact" | "more" | "less"
  readonly currency: string | null
}

export interface DisputeIntent {
  readonly says: "dispute_opened" | "dispute_won" | "dispute_lost"
  readonly name: "a" | "b"
  readonly paymentId: "pay-1" | "pay-2"
  /** Null: the message has no amount. */
  readonly amount: number | null
  readonly currency: string | null
}

export type Change =
  | { readonly maxPerHold: number | null }
  | { readonly maxPerCustomer: number | null }
  | { readonly paused: boolean }
  /** Whether buyers need a code. */
  | { readonly needsCode: boolean }
  | { readonly priceMinor: number }
  | { readonly holdTtlSeconds: number | null }
  | { readonly asks: Asks }
  /** Seconds from now; null: the sale has no such end. */
  | { readonly opensIn: number | null; readonly closesIn: number | null }

/** Steps that share one transaction, after a pause. */
export interface Turn {
  readonly pauseMs: number
  readonly keyed: boolean
  readonly intents: readonly Intent[]
}

/** The access codes of every sale, by claim: the units of each. */
export const CODES: Readonly<Record<string, number>> = { "k:two-units": 2, "k:three-units": 3 }

const pick = fc.nat(1_000)
const customer = fc.constantFrom("anna", "ben", "cleo", null)

const payment = fc.record({
  does: fc.constant("pay" as const),
  kind: fc.constantFrom("succeeded" as const, "succeeded" as const, "failed" as const, "cancelled" as const),
  pick,
  early: fc.constantFrom(
    "no" as const,
    "no" as const,
    "by id" as const,
    "with hold" as const,
    "with wrong quantity" as const,
  ),
  paymentId: fc.constantFrom(null, "pay-1", "pay-2"),
  amount: fc.constantFrom("unsaid" as const, "exact" as const, "more" as const, "less" as const),
  currency: fc.constantFrom(null, "EUR", "EUR", "USD"),
})

const refund = fc.record({
  does: fc.constant("refund" as const),
  pick,
  amount: fc.constantFrom(null, null, 0, 1, 5_000, 9_999, 20_000),
  restock: fc.constantFrom(0, 0, 1, 2),
})

const dispute = fc.record({
  does: fc.constant("dispute" as const),
  says: fc.constantFrom("dispute_opened" as const, "dispute_won" as const, "dispute_lost" as const),
  name: fc.constantFrom("a" as const, "a" as const, "b" as const),
  paymentId: fc.constantFrom("pay-1" as const, "pay-2" as const),
  amount: fc.constantFrom(null, 1, 5_000, 9_999, 20_000),
  currency: fc.constantFrom(null, "EUR", "USD"),
})

const settle = fc.record({
  does: fc.constant("settle" as const),
  pick,
  to: fc.constantFrom("due" as const, "sent" as const, "confirmed" as const, "failed" as const),
  name: fc.constantFrom(null, "re-1", "re-1", "re-2"),
})

const elsewhere = fc.record({
  does: fc.constant("elsewhere" as const),
  pick,
  paymentId: fc.constantFrom("pay-1" as const, "pay-2" as const),
  name: fc.constantFrom("re-1", "re-2", "re-3"),
  amount: fc.constantFrom(1, 5_000, 9_999, 20_000),
  currency: fc.constantFrom("EUR", "EUR", "EUR", "USD"),
  status: fc.constantFrom("sent" as const, "confirmed" as const, "confirmed" as const, "failed" as const),
})

const told: fc.Arbitrary<Told> = fc.constantFrom<Told[]>(["email", "name"], ["email"], ["name"], [])
const order = fc.record({
  does: fc.constant("order" as const),
  pick,
  tells: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: told }),
})
const tell = fc.record({
  does: fc.constant("tell" as const),
  pick,
  tells: told,
  by: fc.constantFrom("owner" as const, "owner" as const, "shop" as const),
})
const erase = fc.record({
  does: fc.constant("erase" as const),
  whose: fc.constantFrom("anna", "ben", "cleo", "the address"),
})

const buyers = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant("hold" as const),
      qty: fc.integer({ min: 1, max: 4 }),
      customer,
      code: fc.constantFrom(null, ...Object.keys(CODES), "k:unknown"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("release" as const), pick }) },
  { weight: 5, arbitrary: order },
  { weight: 2, arbitrary: tell },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("cancel" as const), pick }) },
  { weight: 6, arbitrary: payment },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("pay_again" as const), pick, altered: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("sweep" as const), limit: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: refund },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("start" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("await" as const), pick }) },
  { weight: 2, arbitrary: settle },
  { weight: 1, arbitrary: elsewhere },
  { weight: 2, arbitrary: dispute },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("repeat" as const), pick, altered: fc.boolean() }) },
)

const demand = fc.constantFrom("required" as const, "required" as const, "optional" as const, "no" as const)
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ maxPerHold: fc.constantFrom(null, null, 2, 3) }),
  fc.record({ maxPerCustomer: fc.constantFrom(null, 2, 3, 6) }),
  fc.record({ paused: fc.constantFrom(false, false, true) }),
  fc.record({ needsCode: fc.boolean() }),
  fc.record({ priceMinor: fc.constantFrom(0, 1, 9_999) }),
  fc.record({ holdTtlSeconds: fc.constantFrom(null, 1, 30) }),
  fc.record({ asks: fc.record({ email: demand, name: demand }) }),
  fc.record({
    opensIn: fc.constantFrom(null, null, -5, 5),
    closesIn: fc.constantFrom(null, null, null, 10, 60, -1),
  }),
)

const shops = fc.oneof(
  fc.record({
    does: fc.constant("adjust" as const),
    by: fc.integer({ min: -6, max: 8 }),
    isStale: fc.boolean(),
  }),
  fc.record({ does: fc.constant("change" as const), what: change }),
)

/**
 * A shop's change has a batch of its own. A batch loads due rows for the units that are missing when it begins. So
 * after a change in the middle of a batch, a buyer may be refused a unit that the next batch finds (I9 allows a second).
 */
const intents: fc.Arbitrary<readonly Intent[]> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(buyers) },
  { weight: 3, arbitrary: fc.array(buyers, { minLength: 2, maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.oneof({ weight: 7, arbitrary: shops }, { weight: 1, arbitrary: erase })),
  },
)

/** Most turns follow at once. Some come exactly at the next deadline, or long after it. */
const pauseMs = fc.constantFrom(0, 0, 0, 1, 999, 1_000, 29_999, 30_000, 60_000, 120_000, 900_000)

/** One sale from beginning to end. */
export const sale: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({ pauseMs, keyed: fc.boolean(), intents }),
  { maxLength: 200, size: "max" },
)

const purchase: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 6, arbitrary: payment },
  { weight: 2, arbitrary: order },
  { weight: 1, arbitrary: tell },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("cancel" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("start" as const), pick }) },
  { weight: 1, arbitrary: refund },
  { weight: 2, arbitrary: settle },
  { weight: 1, arbitrary: elsewhere },
  { weight: 2, arbitrary: dispute },
)

const bought: readonly Turn[] = [
  { pauseMs: 0, keyed: false, intents: [{ does: "hold", qty: 2, customer: "anna", code: null }] },
  { pauseMs: 0, keyed: false, intents: [{ does: "order", pick: 0, tells: null }] },
]

/** A purchase and what follows: random events of its payment and its refunds, and pauses. */
export const purchases: fc.Arbitrary<readonly Turn[]> = fc
  .array(fc.record({ pauseMs, intents: fc.tuple(purchase) }), { minLength: 1, maxLength: 8, size: "max" })
  .map((turns) => bought.concat(turns.map((turn) => ({ ...turn, keyed: false }))))
