import { open, writeFile } from "node:fs/promises"
import type { Config } from "../config/config.ts"
import type { FaultName } from "../proof/rehearsal/chaos.ts"
import { throwAwayPostgres, type Ground } from "../proof/rehearsal/ground.ts"
import { reportPage } from "../proof/rehearsal/page.ts"
import {
  rehearse as actOut,
  type Progress,
  type Rehearsal,
  type Script,
} from "../proof/rehearsal/rehearse.ts"
import { passes, reportLines, reportWire } from "../proof/rehearsal/report.ts"
import { migrate } from "../store/upkeep/migrate.ts"
import { UsageError } from "../base/command-errors.ts"
import { watchInterruption } from "./interruption.ts"
import { print, printJson, showProgress } from "./output.ts"
import { withThrowAwayDatabase } from "./throw-away-database.ts"

export interface RehearseOptions {
  readonly crowd: number
  /** Null: one unit for twenty visitors. */
  readonly stock: number | null
  /** Null: as long as the crowd needs. */
  readonly rushSeconds: number | null
  readonly servers: number
  readonly faults: readonly FaultName[]
  /** Each of the faults was asked for by its name. */
  readonly areNamed: boolean
  readonly seed: number
  /** The database to act it out on; null: a fresh one, which is gone afterwards. */
  readonly database: string | null
  readonly html: string | null
  readonly json: boolean
}

/** As many visitors a second as two cores serve with ease, the crowd itself included. */
const VISITORS_A_SECOND = 400
const SHORTEST_RUSH_SECONDS = 15

/** Acts out a sale and reports on it; false when anything was not as it must be. */
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
  const rehearsal = await onGround(config, options, async (ground) => {
    await migrate(ground.url)
    return actOut({ ...script, ground, onProgress, orInterrupted })
  })
  showProgress("")
  if (options.html !== null) await writeFile(options.html, reportPage(rehearsal))
  if (options.json) printJson(reportWire(rehearsal))
  else for (const line of reportLines(rehearsal)) print(line)
  return passes(rehearsal)
}

/** Before anything is acted out whose report could not be kept. */
async function checkFile(file: string): Promise<void> {
  const handle = await open(file, "a").catch((error: unknown) => {
    throw new UsageError(
      `--html: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  await handle.close()
}

type Stand = Pick<Ground, "url" | "crash">

async function onGround(
  { databaseUrl }: Config,
  { database }: RehearseOptions,
  act: (ground: Stand) => Promise<Rehearsal>,
): Promise<Rehearsal> {
  if (database !== null) return act({ url: database, crash: null })
  if (databaseUrl !== null) return withThrowAwayDatabase(databaseUrl, (url) => act({ url, crash: null }))
  await using ground = await throwAwayPostgres()
  return await act(ground)
}

/** Nobody kills a database that others may use. */
function faultsFor(
  { databaseUrl }: Config,
  { database, faults, areNamed }: RehearseOptions,
): readonly FaultName[] {
  if (databaseUrl === null && database === null) return faults
  if (areNamed && faults.includes("crash")) {
    throw new UsageError(
      "crash needs a PostgreSQL of the rehearsal's own: leave out DATABASE_URL and --database",
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
