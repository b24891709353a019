import { open, writeFile } from "node:fs/promises"
import type { Config } from "../config/config.ts"
import type { FaultName } from "../proof/rehearsal/fault-names.ts"
import { throwAwayPostgres, type ThrowAwayPostgres } from "../proof/rehearsal/throw-away-postgres.ts"
import { reportPage } from "../proof/rehearsal/html-report.ts"
import {
  rehearse as actOut,
  type Progress,
  type Rehearsal,
  type Script,
} from "../proof/rehearsal/rehearse.ts"
import { passes, reportLines, reportWire } from "../proof/rehearsal/text-report.ts"
import { migrate } from "../store/upkeep/migrate.ts"
import { UsageError } from "../base/command-errors.ts"
import { watchInterruption } from "./interruption.ts"
import { print, printJson, showProgress } from "./output.ts"
import { withThrowAwayDatabase } from "./throw-away-database.ts"

export interface RehearseOptions {
  readonly crowd: number
  /** Null for one unit for every twenty visitors. */
  readonly stock: number | null
  /** Null for a time that fits the size of the crowd. */
  readonly rushSeconds: number | null
  readonly servers: number
  readonly faults: readonly FaultName[]
  /** True if the command line names the faults. */
  readonly areNamed: boolean
  readonly seed: number
  /** The database to rehearse on; null for a new one, which is removed afterwards. */
  readonly database: string | null
  readonly html: string | null
  readonly json: boolean
}

/** Visitors a second that two cores can serve while they also run the crowd. */
const VISITORS_A_SECOND = 400
const SHORTEST_RUSH_SECONDS = 15

/** Rehearses a sale and prints the report; false if a check failed. */
export async function rehearse(config: Config, options: RehearseOptions): Promise<boolean> {
  const script: Script = {
    crowd: options.crowd,
    stock: options.stock ?? Math.max(1, Math.round(options.crowd / 20)),
    rushMs:
      1000 *
      (options.rushSeconds ?? Math.max(SHORTEST_RUSH_SECONDS, Math.round(options.crowd / VISITORS_A_SECOND))),
    servers: options.servers,
    faults: faultsFor(config, options),
    seed: options.seed,
  }
  if (options.html !== null) await checkFile(options.html)
  using interruption = watchInterruption()
  const { orInterrupted } = interruption
  const rehearsal = await onDatabase(config, options, async (postgres) => {
    await migrate(postgres.url)
    return actOut({ ...script, postgres, onProgress, orInterrupted })
  })
  showProgress("")
  if (options.html !== null) await writeFile(options.html, reportPage(rehearsal))
  if (options.json) printJson(reportWire(rehearsal))
  else for (const line of reportLines(rehearsal)) print(line)
  return passes(rehearsal)
}

/** Refuses a file that cannot be written, before the rehearsal, because that takes minutes. */
async function checkFile(file: string): Promise<void> {
  const handle = await open(file, "a").catch((error: unknown) => {
    throw new UsageError(
      `--html: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  await handle.close()
}

type Target = Pick<ThrowAwayPostgres, "url" | "crash">

async function onDatabase(
  { databaseUrl }: Config,
  { database }: RehearseOptions,
  act: (postgres: Target) => Promise<Rehearsal>,
): Promise<Rehearsal> {
  if (database !== null) return act({ url: database, crash: null })
  if (databaseUrl !== null) return withThrowAwayDatabase(databaseUrl, (url) => act({ url, crash: null }))
  await using postgres = await throwAwayPostgres()
  return await act(postgres)
}

/** Leaves out `crash` for a database server that other programs may use. */
function faultsFor(
  { databaseUrl }: Config,
  { database, faults, areNamed }: RehearseOptions,
): readonly FaultName[] {
  if (databaseUrl === null && database === null) return faults
  if (areNamed && faults.includes("crash")) {
    throw new UsageError(
      "the fault crash needs a PostgreSQL server of the rehearsal's own: leave out DATABASE_URL and --database",
    )
  }
  return faults.filter((name) => name !== "crash")
}

function onProgress({ seconds, visits, of, last, faults, open }: Progress): void {
  const stock =
    last === undefined ? "" : `; ${last.available} available, ${last.held} held, ${last.sold} sold`
  const trouble = faults === 0 ? "" : `; ${faults} faults`
  const crowd = open === null ? `${visits} of ${of} visits are over` : `waiting for ${open}`
  showProgress(`${seconds} s: ${crowd}${stock}${trouble}`)
}
