import { summarise } from "../row.ts"
import { alternate, createScenarioRunner } from "../runs.ts"
import type { ScenarioName } from "../scenarios.ts"
import type { Bench } from "./trial.ts"

/** The maximum rate of each server: each connection sends the next request as soon as the last one is answered. */
export async function closedLoop(bench: Bench, name: ScenarioName): Promise<void> {
  const scenario = bench.scenario(name)
  const runners = []
  for (const wanted of scenario.servers.filter((server) => bench.isWanted(server))) {
    const server = await bench.server(wanted)
    runners.push(createScenarioRunner(server, await scenario.prepare(server)))
  }
  const rounds = await alternate(runners, bench.settings, ({ server }, { perSecond, p99Ms }) =>
    bench.progress(`${name} ${server.name}: ${Math.round(perSecond)}/s, p99 ${p99Ms.toFixed(1)} ms`),
  )
  bench.record(summarise(name, rounds))
}
