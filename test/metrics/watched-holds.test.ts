import { Registry } from "@prometheus-io/client"
import { expect, test } from "vitest"
import { createWatchedHolds } from "../../src/metrics/watched-holds.ts"

const MINUTE = 60_000

function setUp() {
  let now = 0
  const registry = new Registry()
  const holds = createWatchedHolds(registry, () => now)
  return {
    holds,
    wait: (milliseconds: number) => void (now += milliseconds),
    refused: async () => {
      const found = await registry.getSingleMetric("doorbuster_watched_variant_refusals_total")?.get()
      return Object.fromEntries(
        (found?.values ?? []).map(({ labels, value }) => [
          `${labels["product"]} ${labels["variant"]}`,
          value,
        ]),
      )
    },
    counted: async () => {
      const found = await registry.getSingleMetric("doorbuster_watched_holds_total")?.get()
      return Object.fromEntries(
        (found?.values ?? []).map(({ labels, value }) => [`${labels["product"]} ${labels["result"]}`, value]),
      )
    },
  }
}

test("a product that no live screen shows is not counted", async () => {
  const { holds, counted } = setUp()
  holds.count(1, "created")
  holds.watch(1, "here")
  holds.count(1, "out_of_stock")
  holds.count(1, "out_of_stock")
  holds.count(2, "created")

  expect(await counted()).toEqual({ "1 out_of_stock": 2 })
})

test("a product is counted for a minute after the last request of a live screen, and another request continues the count", async () => {
  const { holds, counted, wait } = setUp()
  holds.watch(1, "here")
  holds.count(1, "created")
  wait(MINUTE - 1)
  holds.watch(1, "here")
  holds.count(1, "created")
  wait(MINUTE - 1)
  expect(await counted()).toEqual({ "1 created": 2 })

  wait(1)
  expect(await counted()).toEqual({})
  expect(holds.lookedAtHere).toEqual([])
})

test("of many products twenty are counted: those that live screens asked for last", async () => {
  const { holds, counted } = setUp()
  for (let id = 1; id <= 200; id += 1) {
    holds.watch(1, "here")
    holds.watch(id, "here")
    holds.count(id, "created")
  }

  const products = Object.keys(await counted()).map((name) => Number(name.split(" ")[0]))
  expect(products).toHaveLength(20)
  expect(products).toContain(1)
  expect(Math.min(...products.filter((id) => id !== 1))).toBe(182)
})

test("a product that a live screen watches through another process is counted, and not passed on", async () => {
  const { holds, counted, wait } = setUp()
  holds.watch(1, "elsewhere")
  holds.watch(2, "here")
  holds.watch(2, "elsewhere")
  holds.count(1, "created")

  expect(await counted()).toEqual({ "1 created": 1 })
  expect(holds.lookedAtHere).toEqual([2])
  wait(MINUTE - 1)
  holds.watch(2, "elsewhere")
  wait(1)
  expect(holds.lookedAtHere).toEqual([])
})

test("a refusal counts once for the product, and for each variant because of which it was refused", async () => {
  const { holds, counted, refused, wait } = setUp()
  holds.watch(1, "here")
  const lines = [{ variantId: 11 }, { variantId: 12 }]
  holds.countRefusal(1, { code: "out_of_stock", lines })
  holds.countRefusal(1, { code: "variant_disabled", variantId: 12 })
  holds.countRefusal(1, { code: "sale_paused" })
  holds.countRefusal(2, { code: "out_of_stock", lines })

  expect(await counted()).toEqual({ "1 out_of_stock": 1, "1 variant_disabled": 1, "1 sale_paused": 1 })
  expect(await refused()).toEqual({ "1 11": 1, "1 12": 2 })
  wait(MINUTE)
  expect(await refused()).toEqual({})
})

test("variant ids that buyers invent are not counted", async () => {
  const { holds, refused } = setUp()
  holds.watch(1, "here")
  for (let variantId = 1; variantId <= 1_000; variantId += 1) {
    holds.countRefusal(1, { code: "variant_not_found", variantId })
  }
  expect(await refused()).toEqual({})
})
