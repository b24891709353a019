import { seededRandom } from "./random.ts"

/**
 * `calm`: nothing happens until a request asks for it, and each event is delivered once and in order.
 * `wild`: results, disputes and delivery faults come by chance, see {@link probabilities}.
 */
export type PlanName = "calm" | "wild"

/** Every plan, for the command line. */
export const planNames: readonly PlanName[] = ["calm", "wild"]

/** How an event is delivered to the shop. */
export interface DeliveryPlan {
  /** One copy is sent for each entry, after that pause. */
  readonly pausesMs: readonly number[]
  /** True if a copy with an invalid signature is sent first. */
  readonly badSignature: boolean
}

/** How a payment ends, and how its result is delivered. */
export interface PlannedPayment extends DeliveryPlan {
  readonly result: "succeed" | "decline"
  /** How long the result takes; `late` if it comes after the order has expired. */
  readonly delayMs: number | "late"
  /** True if the failure of an earlier attempt is delivered after the success. */
  readonly outOfOrder: boolean
  /** True if the result is delivered before the request that creates the payment is answered, if it names a hold. */
  readonly beforeOrder: boolean
  /** How much is captured. */
  readonly amount: "exact" | "too little" | "too much"
}

/** A dispute of a payment: when the buyer's bank opens and closes it, and how both events are delivered. */
export interface PlannedDispute {
  /** How long after the payment's success it is opened. */
  readonly opensAfterMs: number
  readonly openedDelivery: DeliveryPlan
  /** How long after the opening it is closed. */
  readonly closesAfterMs: number
  readonly verdict: "won" | "lost"
  readonly closedDelivery: DeliveryPlan
}

/** What happens to each payment, refund and dispute in turn; the same for the same seed. */
export interface Plan {
  readonly name: PlanName
  readonly seed: number
  /** Null if the payment waits for a request that ends it. */
  nextPayment(): PlannedPayment | null
  nextRefund(): DeliveryPlan
  /** Called for each payment that succeeds; null if it is not disputed. */
  nextDispute(): PlannedDispute | null
}

/**
 * How likely each fault is under the wild plan. All are independent, except that a late result is not `beforeOrder`.
 */
const probabilities = {
  declined: 0.05,
  late: 0.1,
  beforeOrder: 0.1,
  duplicate: 0.3,
  outOfOrder: 0.3,
  wrongAmount: 0.02,
  badSignature: 0.05,
  disputed: 0.05,
}

const MOST_COPIES = 4
/** Long enough for the results of different payments to overtake each other. */
const LONGEST_DELAY_MS = 150
const LONGEST_PAUSE_MS = 400

/** Payments, refunds and disputes each have a random generator, so that one kind does not change another's plan. */
const REFUND_SEED_MASK = 0x5bd1e995
const DISPUTE_SEED_MASK = 0x27d4eb2f

/**
 * How long after an order's deadline a late result comes: longer than the one extension of an order whose payment is
 * not known yet. An order whose buyer has started a payment may wait even longer.
 */
const LATE_BY_SECONDS = 70

/** How long a late payment takes, in milliseconds, when orders wait `paymentTtlSeconds` for their payment. */
export function lateMsAfter(paymentTtlSeconds: number): number {
  return (paymentTtlSeconds + LATE_BY_SECONDS) * 1_000
}

/** Makes the plan of that name. */
export function createPlan(name: PlanName, seed: number): Plan {
  if (name === "calm") {
    return { name, seed, nextPayment: () => null, nextRefund: () => deliveredOnce, nextDispute: () => null }
  }
  const paymentDice = diceOf(seed)
  const refundDice = diceOf(seed ^ REFUND_SEED_MASK)
  const disputeDice = diceOf(seed ^ DISPUTE_SEED_MASK)
  return {
    name,
    seed,
    nextPayment: () => wildPayment(paymentDice),
    nextRefund: () => wildDelivery(refundDice),
    nextDispute: () => wildDispute(disputeDice),
  }
}

/** One copy without a pause, correctly signed. */
export const deliveredOnce: DeliveryPlan = { pausesMs: [0], badSignature: false }

interface Dice {
  happens(probability: number): boolean
  /** A whole number from 0 to `most`. */
  upTo(most: number): number
}

function diceOf(seed: number): Dice {
  const random = seededRandom(seed)
  return {
    happens: (probability) => random() < probability,
    upTo: (most) => Math.floor(random() * (most + 1)),
  }
}

// Every draw is made each time, whether its result is used or not: the sequence of a seed must stay the same.

function wildPayment(dice: Dice): PlannedPayment {
  const result = dice.happens(probabilities.declined) ? "decline" : "succeed"
  const isLate = dice.happens(probabilities.late)
  const beforeOrder = dice.happens(probabilities.beforeOrder) && !isLate
  const outOfOrder = dice.happens(probabilities.outOfOrder)
  const isWrong = dice.happens(probabilities.wrongAmount)
  const wrongAmount = dice.happens(0.5) ? "too little" : "too much"
  const delayMs = dice.upTo(LONGEST_DELAY_MS)
  const { pausesMs, badSignature } = wildDelivery(dice)
  return {
    result,
    delayMs: isLate ? "late" : beforeOrder ? 0 : delayMs,
    beforeOrder,
    outOfOrder,
    amount: isWrong ? wrongAmount : "exact",
    pausesMs: beforeOrder ? [0, ...pausesMs.slice(1)] : pausesMs,
    badSignature,
  }
}

/**
 * The delays of a dispute are as short as a payment's, so the events of payment, opening and closing may overtake each
 * other.
 */
function wildDispute(dice: Dice): PlannedDispute | null {
  const isDisputed = dice.happens(probabilities.disputed)
  const dispute: PlannedDispute = {
    opensAfterMs: dice.upTo(LONGEST_DELAY_MS),
    openedDelivery: wildDelivery(dice),
    closesAfterMs: dice.upTo(LONGEST_DELAY_MS),
    verdict: dice.happens(0.5) ? "won" : "lost",
    closedDelivery: wildDelivery(dice),
  }
  return isDisputed ? dispute : null
}

function wildDelivery(dice: Dice): DeliveryPlan {
  const copies = dice.happens(probabilities.duplicate) ? 2 + dice.upTo(MOST_COPIES - 2) : 1
  const badSignature = dice.happens(probabilities.badSignature)
  return { pausesMs: Array.from({ length: copies }, () => dice.upTo(LONGEST_PAUSE_MS)), badSignature }
}
