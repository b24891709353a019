import { Histogram } from "../load/histogram.ts"
import { summarise } from "../row.ts"
import { createScenarioRunner, measuredFrom, WrongResult } from "../runs.ts"
import { jsonRequest } from "../load/request.ts"
import type { Bench } from "./trial.ts"

/** The largest share of responses that may be a 503. */
const MOST_BUSY = 0.01

/**
 * The start of a sale: a waiting crowd, with all connections open, asks for few units at the same
 * moment. Every request must be answered and exactly the units on sale granted.
 */
export async function drop(bench: Bench): Promise<void> {
  const server = await bench.server("doorbuster")
  const { rounds, connections, units } = bench.settings.drop
  const runs = []
  let memory = 0
  let busy = 0
  let slowest = 0
  for (let round = 0; round < rounds; round += 1) {
    const id = await server.createProduct(units)
    const request = jsonRequest(server.host, "POST", "/api/holds", { product_id: id, qty: 1 })
    const runner = createScenarioRunner(server, {
      crowd: { kind: "requests", requests: [request] },
      expected: [201, 409],
      async check({ statuses }) {
        const granted = statuses["201"] ?? 0
        const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0)
        const counts = await server.counts(id)
        return granted === units &&
          counts.counter === units &&
          counts.rows === units &&
          answered === connections
          ? []
          : [
              `${connections} asked, ${answered} answered, ${granted} of ${units} granted, ${counts.rows} rows`,
            ]
      },
    })
    const watch = setInterval(
      () => void server.memory().then((bytes) => (memory = Math.max(memory, bytes))),
      50,
    )
    const result = await runner.run({ kind: "burst" }, connections, [503]).finally(() => clearInterval(watch))
    busy += result.statuses["503"] ?? 0
    runs.push(result)
    const last = Histogram.from(result.latencies).quantile(1)
    slowest = Math.max(slowest, last)
    bench.progress(`drop: ${connections} answered in ${(last / 1000).toFixed(2)} s`)
  }
  if (busy > MOST_BUSY * rounds * connections) throw new WrongResult(`${busy} were answered 503`)
  const more = {
    connections,
    units,
    slowest_ms: Math.round(slowest),
    status_503: busy,
    memory_mib: Math.round(memory / 2 ** 20),
  }
  bench.record(summarise("drop", new Map([["doorbuster", runs.map(measuredFrom)]]), () => more))
}
