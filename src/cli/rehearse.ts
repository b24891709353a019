import { writeFile } from "node:fs/promises"
import type { Config } from "../config.ts"
import type { FaultName } from "../rehearsal/chaos.ts"
import { reportPage } from "../rehearsal/page.ts"
import { rehearse as actOut, type Progress, type Rehearsal, type Script } from "../rehearsal/rehearse.ts"
import { passes, reportLines, reportWire } from "../rehearsal/report.ts"
import { migrate } from "../store/migrate.ts"
import { accessDatabase } from "./database.ts"
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
  readonly seed: number
  /** The database to act it out on; null: a fresh one, which is dropped afterwards. */
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
    faults: options.faults,
    seed: options.seed,
  }
  using interruption = watchInterruption()
  const { orInterrupted } = interruption
  const rehearsal = await onDatabase(config, options, async (url) => {
    await migrate(url)
    return actOut({ ...script, databaseUrl: url, onProgress, orInterrupted })
  })
  showProgress("")
  if (options.html !== null) await writeFile(options.html, reportPage(rehearsal))
  if (options.json) printJson(reportWire(rehearsal))
  else for (const line of reportLines(rehearsal)) print(line)
  return passes(rehearsal)
}

async function onDatabase(
  config: Config,
  { database }: RehearseOptions,
  act: (url: string) => Promise<Rehearsal>,
): Promise<Rehearsal> {
  if (database !== null) return act(database)
  const access = await accessDatabase(config, "guest")
  try {
    return await withThrowAwayDatabase(access.url, act)
  } finally {
    await access.release()
  }
}

function onProgress({ seconds, visits, of, last, faults }: Progress): void {
  const stock =
    last === undefined ? "" : `; ${last.available} available, ${last.held} held, ${last.sold} sold`
  showProgress(
    `${seconds} s: ${visits} of ${of} visits are over${stock}${faults === 0 ? "" : `; ${faults} faults`}`,
  )
}
