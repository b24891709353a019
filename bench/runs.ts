import { drive } from "./load/drive.ts"
import { Histogram } from "./load/histogram.ts"
import type { Load, LoadResult } from "./load/plan.ts"
import type { Measured } from "./row.ts"
import type { PreparedScenario } from "./scenarios.ts"
import type { Server, ServerName } from "./servers/server.ts"

/** The server lost a unit, sold it twice or responded wrongly, so its figures are not valid. */
export class WrongResult extends Error {}

/** Runs a prepared scenario on a server and adds up the results of all its runs. */
export interface ScenarioRunner {
  readonly server: Server
  readonly prepared: PreparedScenario
  /** Puts load on the server and checks afterwards that answers, counters and rows agree. */
  run(load: Load, connections: number, others?: readonly number[]): Promise<LoadResult>
}

/** Makes the runner for all rounds of a scenario on a server. */
export function createScenarioRunner(server: Server, prepared: PreparedScenario): ScenarioRunner {
  const statuses: Record<string, number> = {}
  let completed = 0

  return {
    server,
    prepared,
    async run(load, connections, others = []) {
      const { host, port, name } = server
      const expected = [...prepared.expected, ...others]
      const result = await drive({ host, port, crowd: prepared.crowd, connections, expected, load })
      completed += result.completed
      for (const [status, count] of Object.entries(result.statuses)) {
        statuses[status] = (statuses[status] ?? 0) + count
      }
      if (result.wrong !== null) throw new WrongResult(`${name} answered:\n${result.wrong}`)
      if (result.broken > 0) throw new WrongResult(`${name} left ${result.broken} requests unanswered`)
      const problems = await prepared.check({ completed, statuses })
      if (problems.length > 0) throw new WrongResult(`${name}: ${problems.join("; ")}`)
      return result
    },
  }
}

export interface Rounds {
  readonly rounds: number
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/**
 * Runs all runners in turn, round after round (A B A B …), so that changes of the machine's speed
 * affect all of them. A round before the first one warms up and is not counted.
 */
export async function alternate(
  runners: readonly ScenarioRunner[],
  { rounds, connections, warmUpSeconds, seconds }: Rounds,
  onRun: (runner: ScenarioRunner, measured: Measured) => void = () => undefined,
): Promise<Map<ServerName, Measured[]>> {
  const all = new Map<ServerName, Measured[]>(runners.map(({ server }) => [server.name, []]))
  for (const runner of runners) {
    await runner.run({ kind: "closed", warmUpSeconds: 0, seconds: warmUpSeconds }, connections)
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const runner of runners) {
      const result = await runner.run({ kind: "closed", warmUpSeconds, seconds }, connections)
      const measured = measuredFrom(result)
      all.get(runner.server.name)?.push(measured)
      onRun(runner, measured)
    }
  }
  return all
}

/** The figures of one run. */
export function measuredFrom({ served, seconds, latencies }: LoadResult): Measured {
  const histogram = Histogram.from(latencies)
  return {
    perSecond: served / seconds,
    p50Ms: histogram.quantile(0.5),
    p99Ms: histogram.quantile(0.99),
  }
}
