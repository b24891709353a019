import type { LoadResult } from "../load/plan.ts"
import { summarise } from "../row.ts"
import { createPlayer, measuredFrom } from "../runs.ts"
import type { ScenarioName } from "../scenarios.ts"
import type { Bench } from "./trial.ts"

const shares = [0.5, 0.7, 0.9]

/**
 * How long visitors wait when they come at fixed moments, at a share of the maximum that the closed
 * loop found. Time counts from the moment a visitor was due, not from when a connection was free.
 */
export async function openLoop(bench: Bench, name: ScenarioName, rounds: number): Promise<void> {
  const most = bench.found(name, "doorbuster").per_second
  const { seconds, connections } = bench.pace.openLoop
  const server = await bench.server("doorbuster")
  const player = createPlayer(server, await bench.scenario(name).prepare(server))
  const results = new Map<number, LoadResult[]>(shares.map((share) => [share, []]))
  await player.run({ kind: "closed", warmUpSeconds: 0, seconds: bench.pace.warmUpSeconds }, connections)

  for (let round = 0; round < rounds; round += 1) {
    for (const share of shares) {
      const phases = [{ perSecond: most * share, seconds }]
      const result = await player.run({ kind: "open", phases }, connections)
      results.get(share)?.push(result)
      const { p50Ms, p99Ms } = measuredFrom(result)
      bench.say(
        `${name} at ${Math.round(share * 100)} %: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ` +
          `${result.dropped} dropped`,
      )
    }
  }
  for (const [share, runs] of results) {
    const more = {
      offered_per_second: Math.round(most * share),
      dropped: runs.reduce((sum, run) => sum + run.dropped, 0),
    }
    const scenario = `${name}@${Math.round(share * 100)}%`
    bench.record(summarise(scenario, new Map([["doorbuster", runs.map(measuredFrom)]]), () => more))
  }
}
