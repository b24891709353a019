import { seededRandom } from "../../simulator/random.ts"
import { codePlaceOf } from "./presale.ts"

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

/** When a visitor tells the details that the product asks for. */
export type Telling =
  | "with the order"
  | "before paying"
  | "after paying"
  /** With the order, and not everything. */
  | "in part"
  | "never"

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
  /**
   * Of a visitor of the product with sizes: the places of the sizes in its list, one unit of each. Null: the visitor
   * wants the product without sizes.
   */
  readonly sizes: readonly number[] | null
  /** The sizes that the visitor takes in the place of the first ones, having given those back; null: keeps them. */
  readonly exchangedFor: readonly number[] | null
  /** Of a visitor of the product with sizes, which asks for details; null: the other product asks for none. */
  readonly tells: Telling | null
  /** Of a visitor of the product with sizes: the place of the visitor's access code; null: has none. */
  readonly codePlace: number | null
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
  const wish = sizesWanted(seed)
  const telling = tellings(seed)
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
  // Even seeds use keys, odd ones do not. Without keys the gate answers, so units that return depend on its probes.
  const arePagesCareful = seed % 2 === 0
  const crowd = Array.from({ length: visitors }, (_, index): Visitor => {
    const number = index + 1
    // Half of the crowd arrives in the first eighth of the rush.
    const arrivesMs = Math.floor(rushMs * random() ** 3)
    const behaviour = behaviourOf(random() * 100)
    const isBot = behaviour === "bot"
    const quantity = isBot ? 2 : between(1, 2)
    const wanted = number % WANTS_SIZES_IN === 0 ? wish() : { sizes: null, exchangedFor: null }
    return {
      number,
      customerId: isBot ? `bot-${Math.floor(number / VISITS_OF_A_BOT)}` : `visitor-${number}`,
      arrivesMs,
      behaviour,
      keepsKeys: arePagesCareful && !isBot,
      ...wanted,
      tells: wanted.sizes === null ? null : telling(),
      codePlace: wanted.sizes === null ? null : codePlaceOf(number / WANTS_SIZES_IN),
      quantity: wanted.sizes?.length ?? quantity,
      tries: isBot ? 20 : between(1, 6),
      pauseMs: isBot ? between(20, 60) : between(500, 2_500),
      thinkMs: isBot ? 0 : between(100, 2_000),
    }
  })
  return crowd.sort((a, b) => a.arrivesMs - b.arrivesMs)
}

/** One visitor in three wants the product with sizes. */
export const WANTS_SIZES_IN = 3
/** How much each size is wanted: the one in the middle four times as much as the first and the last. */
const sizeWeights = [1, 2, 4, 2, 1]
/** The number of sizes. */
export const SIZES = sizeWeights.length
/** Of a hundred visitors who want sizes: those who want two neighbours, and of these those who exchange them. */
const percentOfBaskets = 50
const percentOfExchanges = 40

/**
 * Returns a function that chooses the sizes of the next visitor. Baskets overlap: two neighbours, which are exchanged
 * for two neighbours that have one of them in common, so that visitors wait for the last unit that another gives back.
 */
function sizesWanted(seed: number): () => Pick<Visitor, "sizes" | "exchangedFor"> {
  const random = seededRandom(seed + 1)
  const places = sizeWeights.flatMap((weight, place) => Array.from({ length: weight }, () => place))
  const isOf = (percent: number) => random() * 100 < percent
  return () => {
    const place = places[Math.floor(random() * places.length)] ?? 0
    const first = Math.min(place, SIZES - 2)
    const other = first === SIZES - 2 ? first - 1 : first + 1
    if (!isOf(percentOfBaskets)) return { sizes: [place], exchangedFor: null }
    const sizes = isOf(50) ? [first, first + 1] : [first + 1, first]
    return { sizes, exchangedFor: isOf(percentOfExchanges) ? [other, other + 1] : null }
  }
}

/** Of a hundred visitors who are asked for details. The money of those who do not give them arrives all the same. */
const percentOfTelling: readonly (readonly [Telling, number])[] = [
  ["with the order", 50],
  ["before paying", 20],
  ["after paying", 10],
  ["in part", 10],
  ["never", 10],
]

/** Returns a function that chooses when the next visitor tells the details. */
function tellings(seed: number): () => Telling {
  const random = seededRandom(seed + 2)
  const choices = percentOfTelling.flatMap(([telling, percent]) => Array<Telling>(percent).fill(telling))
  return () => choices[Math.floor(random() * choices.length)] ?? "never"
}

function behaviourOf(hundredth: number): Behaviour {
  if (hundredth < bots) return "bot"
  if (hundredth < bots + walkAway) return "walks away"
  if (hundredth < bots + walkAway + giveBack) return "gives back"
  if (hundredth < bots + walkAway + giveBack + clickTwice) return "clicks twice"
  return "buys"
}
