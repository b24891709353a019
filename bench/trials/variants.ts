import { jsonRequest } from "../load/request.ts"
import { summarise } from "../row.ts"
import { alternate, createScenarioRunner } from "../runs.ts"
import { compareCounts, ENDLESS, type PreparedScenario } from "../scenarios.ts"
import { createProductWithVariants } from "../servers/doorbuster.ts"
import type { Server, ServerName } from "../servers/server.ts"
import type { Bench } from "./trial.ts"

const VARIANTS = 12
const VARIANTS_OF_A_BASKET = 3
/** Different baskets; each lists its variants in another order. */
const BASKETS = 600

/**
 * The rate of holds of a product without variants, of single units of a product with 12, and of baskets of three of
 * them: three products of one server, in turn. `ratio_to.doorbuster` is what variants cost.
 */
export async function variants(bench: Bench): Promise<void> {
  const server = await bench.server("doorbuster")
  const named = (name: ServerName): Server => ({ ...server, name })
  const runners = [
    createScenarioRunner(server, await bench.scenario("holds").prepare(server)),
    createScenarioRunner(named("doorbuster-12-variants"), await prepare(server, oneByOne)),
    createScenarioRunner(named("doorbuster-baskets-of-3"), await prepare(server, baskets)),
  ]
  const rounds = await alternate(runners, bench.settings, (runner, { perSecond, p99Ms }) =>
    bench.progress(`variants ${runner.server.name}: ${Math.round(perSecond)}/s, p99 ${p99Ms.toFixed(1)} ms`),
  )
  bench.record(summarise("variants", rounds))
}

/** The units that a request asks for. */
interface Wanted {
  readonly units: number
  /** The members of the request's body beside `product_id`. */
  readonly body: object
}

async function prepare(
  server: Server,
  wish: (variantIds: readonly number[]) => Wanted[],
): Promise<PreparedScenario> {
  const { id, variantIds } = await createProductWithVariants(server, VARIANTS, ENDLESS / VARIANTS)
  const wishes = wish(variantIds)
  const units = wishes[0]?.units ?? 0
  return {
    crowd: {
      kind: "requests",
      requests: wishes.map(({ body }) =>
        jsonRequest(server.host, "POST", "/api/holds", { product_id: id, ...body }),
      ),
    },
    expected: [201],
    check: ({ statuses }) => compareCounts(server, [id], units * (statuses["201"] ?? 0)),
  }
}

function oneByOne(variantIds: readonly number[]): Wanted[] {
  return variantIds.map((variant_id) => ({ units: 1, body: { variant_id, qty: 1 } }))
}

function baskets(variantIds: readonly number[]): Wanted[] {
  return Array.from({ length: BASKETS }, () => {
    const chosen = new Set<number>()
    while (chosen.size < VARIANTS_OF_A_BASKET) {
      chosen.add(variantIds[Math.floor(Math.random() * variantIds.length)] ?? 0)
    }
    const lines = Array.from(chosen, (variant_id) => ({ variant_id, qty: 1 }))
    return { units: VARIANTS_OF_A_BASKET, body: { lines } }
  })
}
