import type { LoadResult } from "../load/plan.ts"
import { summarise } from "../row.ts"
import { createPlayer, measuredFrom, type Player } from "../runs.ts"
import type { ScenarioName } from "../scenarios.ts"
import type { ServerName } from "../servers/server.ts"
import type { Bench } from "./trial.ts"

const shares = [0.5, 0.7, 0.9]

/**
 * How long visitors wait when they come at fixed moments, at a share of the maximum that the closed
 * loop found for Doorbuster. Time counts from the moment a visitor was due, not from when a connection was
 * free. `beside`: who else is offered the same, in turn, to tell the machine's own tail.
 */
export async function openLoop(
  bench: Bench,
  name: ScenarioName,
  { rounds, beside }: { readonly rounds: number; readonly beside: readonly ServerName[] },
): Promise<void> {
  const most = bench.found(name, "doorbuster").per_second
  const { seconds, connections } = bench.pace.openLoop
  const players: Player[] = []
  for (const wanted of ["doorbuster", ...beside] as const) {
    const server = await bench.server(wanted)
    const player = createPlayer(server, await bench.scenario(name).prepare(server))
    await player.run({ kind: "closed", warmUpSeconds: 0, seconds: bench.pace.warmUpSeconds }, connections)
    players.push(player)
  }
  for (const share of shares) {
    const results = new Map<ServerName, LoadResult[]>(players.map(({ server }) => [server.name, []]))
    for (let round = 0; round < rounds; round += 1) {
      for (const player of players) {
        const phases = [{ perSecond: most * share, seconds }]
        const result = await player.run({ kind: "open", phases }, connections)
        results.get(player.server.name)?.push(result)
        const { p50Ms, p99Ms } = measuredFrom(result)
        bench.say(
          `${name} at ${Math.round(share * 100)} % ${player.server.name}: p50 ${p50Ms.toFixed(1)} ms, ` +
            `p99 ${p99Ms.toFixed(1)} ms, ${result.dropped} dropped`,
        )
      }
    }
    const more = (server: ServerName) => ({
      offered_per_second: Math.round(most * share),
      dropped: (results.get(server) ?? []).reduce((sum, run) => sum + run.dropped, 0),
    })
    const measured = new Map([...results].map(([server, runs]) => [server, runs.map(measuredFrom)]))
    bench.record(summarise(`${name}@${Math.round(share * 100)}%`, measured, more))
  }
}
