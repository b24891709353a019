import type { Row } from "../row.ts"
import { measuredFrom, type ScenarioRunner, type Rounds } from "../runs.ts"
import type { Scenario, ScenarioName } from "../scenarios.ts"
import type { Workspace, Server, ServerName } from "../servers/server.ts"

/** What all trials use: the workspace, the settings, the servers and the results. */
export interface Bench {
  readonly workspace: Workspace
  readonly settings: RunSettings
  /** The running server with this name. The first call starts it. */
  server(name: ServerName): Promise<Server>
  /** Whether a server can run on this machine and the options include it. */
  isWanted(name: ServerName): boolean
  scenario(name: ScenarioName): Scenario
  /** Prints a line about the progress. */
  progress(line: string): void
  /** Adds rows to the results. */
  record(rows: readonly Row[]): void
}

/** Numbers of rounds, seconds and connections: how thorough the measurement is. */
export interface RunSettings extends Rounds {
  readonly openLoop: { readonly rounds: number; readonly seconds: number; readonly connections: number }
  readonly drop: { readonly rounds: number; readonly connections: number; readonly units: number }
  readonly overload: {
    readonly calmSeconds: number
    readonly overloadSeconds: number
    readonly connections: number
  }
  readonly aged: { readonly endedHolds: number; readonly openTransactionSeconds: number }
}

/** The maximum rate of a server at this moment, in requests per second: what it serves in a closed loop. */
export async function maximumRate({ settings }: Bench, runner: ScenarioRunner): Promise<number> {
  const { connections, warmUpSeconds, seconds } = settings
  return measuredFrom(await runner.run({ kind: "closed", warmUpSeconds, seconds }, connections)).perSecond
}
