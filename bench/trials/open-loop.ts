import type { LoadResult } from "../load/plan.ts"
import { median, summarise } from "../row.ts"
import { createScenarioRunner, measuredFrom, type ScenarioRunner } from "../runs.ts"
import type { ScenarioName } from "../scenarios.ts"
import type { ServerName } from "../servers/server.ts"
import { maximumRate, type Bench } from "./trial.ts"

const shares = [0.5, 0.7, 0.9]

interface Run {
  readonly share: number
  readonly server: ServerName
  readonly offered: number
  readonly result: LoadResult
}

/**
 * The waiting time of visitors who arrive at fixed moments, at a share of the maximum rate. A closed loop measures
 * Doorbuster's maximum at the beginning of each round, because a rate from minutes before may be more than the machine
 * can do now. The time counts from the moment when a visitor was due, not from when a connection was free. `beside`:
 * servers that get the same load in turn, to show the tail latency that the machine itself causes.
 */
export async function openLoop(
  bench: Bench,
  name: ScenarioName,
  { rounds, beside }: { readonly rounds: number; readonly beside: readonly ServerName[] },
): Promise<void> {
  const { seconds, connections } = bench.settings.openLoop
  const doorbuster = await runnerOf(bench, name, "doorbuster")
  const runners = [doorbuster]
  for (const wanted of beside) runners.push(await runnerOf(bench, name, wanted))
  const runs: Run[] = []

  for (let round = 0; round < rounds; round += 1) {
    const most = await maximumRate(bench, doorbuster)
    for (const share of shares) {
      const offered = most * share
      const load = { kind: "open", phases: [{ perSecond: offered, seconds }] } as const
      for (const runner of runners) {
        const result = await runner.run(load, connections)
        runs.push({ share, server: runner.server.name, offered, result })
        const { p50Ms, p99Ms } = measuredFrom(result)
        bench.progress(
          `${name} at ${Math.round(share * 100)} % of ${Math.round(most)}/s ${runner.server.name}: ` +
            `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${result.dropped} dropped`,
        )
      }
    }
  }
  for (const share of shares) {
    const runsOf = (server: ServerName) => runs.filter((run) => run.share === share && run.server === server)
    const measured = new Map(
      runners.map(({ server }) => [
        server.name,
        runsOf(server.name).map(({ result }) => measuredFrom(result)),
      ]),
    )
    const scenario = `${name}@${Math.round(share * 100)}%`
    bench.record(summarise(scenario, measured, (server) => arrivals(runsOf(server))))
  }
}

async function runnerOf(bench: Bench, name: ScenarioName, wanted: ServerName): Promise<ScenarioRunner> {
  const server = await bench.server(wanted)
  const runner = createScenarioRunner(server, await bench.scenario(name).prepare(server))
  await runner.run(
    { kind: "closed", warmUpSeconds: 0, seconds: bench.settings.warmUpSeconds },
    bench.settings.connections,
  )
  return runner
}

function arrivals(runs: readonly Run[]) {
  return {
    offered_per_second: Math.round(median(runs.map(({ offered }) => offered))),
    dropped: runs.reduce((sum, { result }) => sum + result.dropped, 0),
  }
}
