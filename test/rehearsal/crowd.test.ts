import { describe, expect, test } from "vitest"
import { createCrowd } from "../../src/proof/rehearsal/crowd.ts"

describe("a crowd", () => {
  const options = { visitors: 5_000, rushMs: 20_000, seed: 42 }

  test("is the same for the same seed, and differs for another seed", () => {
    expect(createCrowd(options)).toEqual(createCrowd(options))
    expect(createCrowd(options)).not.toEqual(createCrowd({ ...options, seed: 43 }))
  })

  test("arrives in order, within the rush, half of it in the first eighth", () => {
    const arrivals = createCrowd(options).map(({ arrivesMs }) => arrivesMs)

    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
    expect(arrivals.at(-1)).toBeLessThan(options.rushMs)
    expect(arrivals.filter((ms) => ms < options.rushMs / 8).length / arrivals.length).toBeCloseTo(0.5, 1)
  })

  test("wants one size more than others, and exchanges baskets for others that overlap", () => {
    const crowd = createCrowd(options)
    const wanted = (place: number) => crowd.filter(({ sizes }) => sizes?.includes(place)).length
    const baskets = crowd.filter(({ sizes }) => sizes?.length === 2)
    const exchanges = baskets.filter(({ exchangedFor }) => exchangedFor !== null)

    expect(crowd.filter(({ sizes }) => sizes !== null)).toHaveLength(Math.floor(options.visitors / 3))
    expect(wanted(2)).toBeGreaterThan(2 * wanted(0))
    expect(wanted(2)).toBeGreaterThan(2 * wanted(4))
    expect(crowd.every(({ sizes, quantity }) => sizes === null || sizes.length === quantity)).toBe(true)
    expect(exchanges.length).toBeGreaterThan(baskets.length / 4)
    for (const { sizes, exchangedFor } of exchanges) {
      expect(exchangedFor?.filter((place) => sizes?.includes(place))).toHaveLength(1)
    }
  })

  test("tells the details at every time, in part, or never, where the product asks for them", () => {
    const crowd = createCrowd(options)
    const byTelling = Map.groupBy(crowd, ({ tells }) => tells)

    expect(byTelling.get(null)?.every(({ sizes }) => sizes === null)).toBe(true)
    expect(byTelling.get(null)).toHaveLength(crowd.filter(({ sizes }) => sizes === null).length)
    for (const telling of ["with the order", "before paying", "after paying", "in part", "never"] as const)
      expect(byTelling.get(telling)?.length).toBeGreaterThan(crowd.length / 40)
  })

  test("every second visitor who wants sizes has an access code, and three share it", () => {
    const wanting = createCrowd(options).filter(({ sizes }) => sizes !== null)
    const places = wanting.map(({ codePlace }) => codePlace).filter((place) => place !== null)
    expect(places.length / wanting.length).toBeCloseTo(0.5, 1)
    const sharing = Map.groupBy(places, (place) => place)
    expect(sharing.get(3)).toHaveLength(3)
    expect(createCrowd(options).every(({ sizes, codePlace }) => sizes !== null || codePlace === null)).toBe(
      true,
    )
  })

  test("has visitors of every kind, and bots that share a customer's name", () => {
    const crowd = createCrowd(options)
    const behaviours = Map.groupBy(crowd, ({ behaviour }) => behaviour)

    expect([...behaviours.keys()].toSorted()).toEqual([
      "bot",
      "buys",
      "clicks twice",
      "gives back",
      "walks away",
    ])
    const bots = behaviours.get("bot")?.map(({ customerId }) => customerId) ?? []
    expect(new Set(bots).size).toBeLessThan(bots.length)
    expect(new Set(crowd.map(({ number }) => number)).size).toBe(options.visitors)
  })
})
