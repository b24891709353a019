import { seededRandom } from "../../simulator/random.ts"

/** How a visitor behaves. */
export type Behaviour =
  /** Holds, orders, pays. */
  | "buys"
  /** As "buys", but sends the order twice at once. */
  | "clicks twice"
  /** Holds, and does nothing more: the hold expires. */
  | "walks away"
  /** Holds, and releases the hold. */
  | "gives back"
  /** A program that asks many times as one customer, to get more than the limit. */
  | "bot"

export interface Visitor {
  readonly number: number
  /** The customer id that a shop would send; the visits of one bot share it. */
  readonly customerId: string
  /** Milliseconds after the rehearsal began. */
  readonly arrivesMs: number
  readonly behaviour: Behaviour
  /**
   * True if holds are sent with an Idempotency-Key. Without one the gate may answer, and a repetition may hold twice.
   */
  readonly keepsKeys: boolean
  readonly quantity: number
  /** How many times the visitor requests a hold before giving up. */
  readonly tries: number
  readonly pauseMs: number
  /** Pause before ordering, and again before paying. */
  readonly thinkMs: number
}

export interface CrowdOptions {
  readonly visitors: number
  /** All visitors arrive within this time. */
  readonly rushMs: number
  readonly seed: number
}

/** Percent of visitors with each behaviour; the rest buy. */
const walkAway = 15
const giveBack = 5
const clickTwice = 10
const bots = 2

/** Visits of one bot, all with one customer id. */
const VISITS_OF_A_BOT = 10

/** Makes a crowd in order of arrival. The same seed makes the same crowd. */
export function createCrowd({ visitors, rushMs, seed }: CrowdOptions): Visitor[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
  // Even seeds use keys, odd ones do not. Without keys the gate answers, so units that return depend on its probes.
  const arePagesCareful = seed % 2 === 0
  const crowd = Array.from({ length: visitors }, (_, index): Visitor => {
    const number = index + 1
    // Half of the crowd arrives in the first eighth of the rush.
    const arrivesMs = Math.floor(rushMs * random() ** 3)
    const behaviour = behaviourOf(random() * 100)
    const isBot = behaviour === "bot"
    return {
      number,
      customerId: isBot ? `bot-${Math.floor(number / VISITS_OF_A_BOT)}` : `visitor-${number}`,
      arrivesMs,
      behaviour,
      keepsKeys: arePagesCareful && !isBot,
      quantity: isBot ? 2 : between(1, 2),
      tries: isBot ? 20 : between(1, 6),
      pauseMs: isBot ? between(20, 60) : between(500, 2_500),
      thinkMs: isBot ? 0 : between(100, 2_000),
    }
  })
  return crowd.sort((a, b) => a.arrivesMs - b.arrivesMs)
}

function behaviourOf(hundredth: number): Behaviour {
  if (hundredth < bots) return "bot"
  if (hundredth < bots + walkAway) return "walks away"
  if (hundredth < bots + walkAway + giveBack) return "gives back"
  if (hundredth < bots + walkAway + giveBack + clickTwice) return "clicks twice"
  return "buys"
}
