import { seededRandom } from "../../simulator/random.ts"

/** What a visitor is like. */
export type Behaviour =
  /** Holds, orders, pays. */
  | "buys"
  /** The same, but sends the order twice at once. */
  | "clicks twice"
  /** Holds, and never comes back. */
  | "walks away"
  /** Holds, thinks better of it, and gives the hold back. */
  | "gives back"
  /** A program that asks again and again under one name, to have more than it may. */
  | "bot"

export interface Visitor {
  readonly number: number
  /** Who a shop would say this is; a bot's visits share one. */
  readonly customerId: string
  /** After the doors were opened. */
  readonly arrivesMs: number
  readonly behaviour: Behaviour
  /** Whether a hold is asked for under a key; without one the gate may answer, and asking again may hold twice. */
  readonly keepsKeys: boolean
  readonly quantity: number
  /** How often units are asked for before the visitor gives up. */
  readonly tries: number
  readonly pauseMs: number
  /** Before ordering, and again before paying. */
  readonly thinkMs: number
}

export interface CrowdOptions {
  readonly visitors: number
  /** Within this time all of them have come. */
  readonly rushMs: number
  readonly seed: number
}

/** How many of a hundred do what; the rest buy. */
const walkAway = 15
const giveBack = 5
const clickTwice = 10
const bots = 2

/** How many visits a bot makes, and so how many stand under one name. */
const VISITS_OF_A_BOT = 10

/** The same crowd for the same seed, in the order in which it arrives. */
export function createCrowd({ visitors, rushMs, seed }: CrowdOptions): Visitor[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
  // In every other sale nobody uses keys: units that come back are then seen only when the gate lets somebody look.
  const arePagesCareful = seed % 2 === 0
  const crowd = Array.from({ length: visitors }, (_, index): Visitor => {
    const number = index + 1
    // Half of a crowd comes in the first eighth of the rush.
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
