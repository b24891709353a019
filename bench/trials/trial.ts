import type { Row } from "../row.ts"
import { measuredFrom, type ScenarioRunner, type Rounds } from "../runs.ts"
import type { Scenario, ScenarioName } from "../scenarios.ts"
import type { Workspace, Server, ServerName } from "../servers/server.ts"

/** What trials share: where to measure, how long, and whom. */
export interface Bench {
  readonly workspace: Workspace
  readonly settings: RunSettings
  /** The running server of that name, started when it is first asked for. */
  server(name: ServerName): Promise<Server>
  /** Whether a server can run on this machine and is wanted. */
  isWanted(name: ServerName): boolean
  scenario(name: ScenarioName): Scenario
  /** A line about how it goes, for a person who waits. */
  say(line: string): void
  /** Notes rows as soon as they are known. */
  record(rows: readonly Row[]): void
}

/** How thoroughly to measure. */
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

/** The most that a server does at this moment: what it serves in a closed loop in a second. */
export async function theMost({ settings }: Bench, runner: ScenarioRunner): Promise<number> {
  const { connections, warmUpSeconds, seconds } = settings
  return measuredFrom(await runner.run({ kind: "closed", warmUpSeconds, seconds }, connections)).perSecond
}
