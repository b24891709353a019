import { summarise } from "../row.ts"
import { alternate, createPlayer } from "../runs.ts"
import type { ServerName } from "../servers/server.ts"
import type { Bench } from "./trial.ts"

const contenders: readonly ServerName[] = ["doorbuster", "doorbuster-2-processes"]

/** One process and two, on the same machine, selling one product. */
export async function processes(bench: Bench): Promise<void> {
  const scenario = bench.scenario("holds")
  const players = []
  for (const name of contenders) {
    const server = await bench.server(name)
    players.push(createPlayer(server, await scenario.prepare(server)))
  }
  const rounds = await alternate(players, bench.pace, ({ server }, { perSecond }) =>
    bench.say(`processes ${server.name}: ${Math.round(perSecond)}/s`),
  )
  bench.record(summarise("processes", rounds))
}
