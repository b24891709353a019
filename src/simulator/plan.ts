import { seededRandom } from "./random.ts"

/** `calm`: everything is told once and in order, when somebody asks for it. `wild`: see {@link wild}. */
export type PlanName = "calm" | "wild"

/** Every plan, for the command line. */
export const planNames: readonly PlanName[] = ["calm", "wild"]

/** How often something happens is told, and when. */
export interface Telling {
  /** A pause before each copy of the message; one for each. */
  readonly pausesMs: readonly number[]
  /** A forgery with the same content comes first. */
  readonly badSignature: boolean
}

/** What becomes of a payment, and how that is told. */
export interface Course extends Telling {
  readonly result: "succeed" | "decline"
  /** How long the result takes; `late`: until the order has ended. */
  readonly delayMs: number | "late"
  /** The failure of an earlier attempt is told after the success. */
  readonly outOfOrder: boolean
  /** It is told before the payment's creation is answered, if the payment names a hold. */
  readonly beforeOrder: boolean
  /** What is captured. */
  readonly amount: "exact" | "too little" | "too much"
}

/** What becomes of a payment later: its buyer's bank takes it back. Each of the two is told. */
export interface DisputeCourse {
  /** How long after the success. */
  readonly delayMs: number
  readonly opening: Telling
  /** How long after that it ends. */
  readonly endsAfterMs: number
  readonly end: "won" | "lost"
  readonly ending: Telling
}

/** The course of each payment, refund and dispute in turn, the same for the same seed. */
export interface Plan {
  readonly name: PlanName
  readonly seed: number
  /** Null: nothing happens until somebody asks for it. */
  nextPayment(): Course | null
  nextRefund(): Telling
  /** For each payment that succeeds; null: nobody disputes it. */
  nextDispute(): DisputeCourse | null
}

/** How likely each mischief is. They are independent of each other, but for what excludes another. */
const wild = {
  declined: 0.05,
  late: 0.1,
  beforeOrder: 0.1,
  duplicate: 0.3,
  outOfOrder: 0.3,
  wrongAmount: 0.02,
  badSignature: 0.05,
  disputed: 0.05,
}

const MOST_WILD_COPIES = 4
/** Long enough for results of different payments to overtake each other. */
const LONGEST_DELAY_MS = 150
const LONGEST_PAUSE_MS = 400

/** Payments, refunds and disputes draw from generators of their own, so that none changes another's course. */
const REFUNDS_APART = 0x5bd1e995
const DISPUTES_APART = 0x27d4eb2f

/**
 * So long after an order's time is over, more than what it gets once when nobody can say yet whether
 * it is paid. An order whose buyer has said that he begins to pay may wait longer than that.
 */
const LATE_BY_SECONDS = 70

/** How long a late payment takes where orders wait for so many seconds. */
export function lateMsAfter(paymentTtlSeconds: number): number {
  return (paymentTtlSeconds + LATE_BY_SECONDS) * 1_000
}

/** Makes a plan. */
export function createPlan(name: PlanName, seed: number): Plan {
  if (name === "calm")
    return { name, seed, nextPayment: () => null, nextRefund: () => plainTelling, nextDispute: () => null }
  const paymentDice = diceOf(seed)
  const refundDice = diceOf(seed ^ REFUNDS_APART)
  const disputeDice = diceOf(seed ^ DISPUTES_APART)
  return {
    name,
    seed,
    nextPayment: () => wildCourse(paymentDice),
    nextRefund: () => wildTelling(refundDice),
    nextDispute: () => wildDispute(disputeDice),
  }
}

/** Once, at once, and honestly. */
export const plainTelling: Telling = { pausesMs: [0], badSignature: false }

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

function wildCourse(dice: Dice): Course {
  const result = dice.happens(wild.declined) ? "decline" : "succeed"
  const isLate = dice.happens(wild.late)
  const beforeOrder = dice.happens(wild.beforeOrder) && !isLate
  const outOfOrder = dice.happens(wild.outOfOrder)
  const isWrong = dice.happens(wild.wrongAmount)
  const wrong = dice.happens(0.5) ? "too little" : "too much"
  const delayMs = dice.upTo(LONGEST_DELAY_MS)
  const { pausesMs, badSignature } = wildTelling(dice)
  return {
    result,
    delayMs: isLate ? "late" : beforeOrder ? 0 : delayMs,
    beforeOrder,
    outOfOrder,
    amount: isWrong ? wrong : "exact",
    pausesMs: beforeOrder ? [0, ...pausesMs.slice(1)] : pausesMs,
    badSignature,
  }
}

/** Delays as short as those of payments, so that it may overtake them, or its own end overtake it. */
function wildDispute(dice: Dice): DisputeCourse | null {
  const isDisputed = dice.happens(wild.disputed)
  const course: DisputeCourse = {
    delayMs: dice.upTo(LONGEST_DELAY_MS),
    opening: wildTelling(dice),
    endsAfterMs: dice.upTo(LONGEST_DELAY_MS),
    end: dice.happens(0.5) ? "won" : "lost",
    ending: wildTelling(dice),
  }
  return isDisputed ? course : null
}

function wildTelling(dice: Dice): Telling {
  const copies = dice.happens(wild.duplicate) ? 2 + dice.upTo(MOST_WILD_COPIES - 2) : 1
  const badSignature = dice.happens(wild.badSignature)
  return { pausesMs: Array.from({ length: copies }, () => dice.upTo(LONGEST_PAUSE_MS)), badSignature }
}
