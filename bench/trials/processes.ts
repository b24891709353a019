import { summarise } from "../row.ts"
import { alternate, createScenarioRunner } from "../runs.ts"
import type { ServerName } from "../servers/server.ts"
import type { Bench } from "./trial.ts"

const contenders: readonly ServerName[] = ["doorbuster", "doorbuster-2-processes"]

/** The rate of holds of one product with one process and with two, on the same machine. */
export async function processes(bench: Bench): Promise<void> {
  const scenario = bench.scenario("holds")
  const runners = []
  for (const name of contenders) {
    const server = await bench.server(name)
    runners.push(createScenarioRunner(server, await scenario.prepare(server)))
  }
  const rounds = await alternate(runners, bench.settings, ({ server }, { perSecond }) =>
    bench.progress(`processes ${server.name}: ${Math.round(perSecond)}/s`),
  )
  bench.record(summarise("processes", rounds))
}
