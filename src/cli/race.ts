import pino from "pino"
import { startApp, type RunningApp } from "../app.ts"
import type { Config } from "../config/config.ts"
import { verify } from "../store/upkeep/verify.ts"
import { accessDatabase, withEngineAt } from "./database.ts"
import { watchInterruption, type Interruption } from "./interruption.ts"
import { print, printJson, showProgress } from "./output.ts"
import { runRace, type RaceReport } from "../proof/race/race-run.ts"
import { withThrowAwayDatabase } from "./throw-away-database.ts"

export interface RaceOptions {
  readonly stock: number
  /** Variants among which the stock is divided; 0: the product has none. */
  readonly variants: number
  readonly requests: number
  /** Running servers of one installation. If empty, the command starts a server on a temporary database. */
  readonly urls: readonly string[]
  readonly json: boolean
}

/**
 * Sends `requests` requests at once over HTTP, each for one unit of a new product with `stock` units. If it has
 * variants, each request is for one variant or for a basket, one unit of each. True if exactly the right number of
 * units was taken, and counters, rows and answers agree.
 */
export async function race(config: Config, options: RaceOptions): Promise<boolean> {
  const isRemote = options.urls.length > 0
  const report = isRemote
    ? await runRace({ ...options, adminToken: config.adminToken, onProgress })
    : await raceOwnServer(config, options)
  showProgress("")
  if (options.json) printJson(wire(report))
  else
    for (const line of lines(report, isRemote ? "each of these holds exists" : "the rows agree")) print(line)
  return report.differences.length === 0
}

/** Races against a new server on a database that is dropped afterwards, and also recounts the rows. */
async function raceOwnServer(config: Config, options: RaceOptions): Promise<RaceReport> {
  using interruption = watchInterruption()
  const access = await accessDatabase(config, "guest")
  try {
    return await withThrowAwayDatabase(access.url, async (url) => {
      const own: Config = { ...config, host: "127.0.0.1", port: 0, adminToken: null }
      const log = pino({ level: "silent" })
      const app = await startApp(own, { databaseUrl: url, log, worker: true, seed: false })
      const report = await raceAndStop(app, options, interruption)
      const { violations } = await withEngineAt(url, own, (engine) => verify(engine.database.views))
      const found = violations.map(({ invariant, what }) => `${invariant}: ${what}`)
      return { ...report, differences: [...report.differences, ...found] }
    })
  } finally {
    await access.release()
  }
}

async function raceAndStop(
  app: RunningApp,
  options: RaceOptions,
  { orInterrupted }: Interruption,
): Promise<RaceReport> {
  try {
    return await orInterrupted(runRace({ ...options, urls: [app.url], adminToken: null, onProgress }))
  } finally {
    await app.stop()
  }
}

function onProgress(answered: number, of: number): void {
  showProgress(`${answered} of ${of} requests answered`)
}

function lines(report: RaceReport, evidence: string): string[] {
  return [
    `Successful requests: ${report.successful}`,
    `Failed requests:     ${report.failed}`,
    ...Object.entries(report.failures).map(([reason, count]) => `  ${reason}: ${count}`),
    `Final stock:         ${report.finalStock}`,
    ...report.variants.map(
      ({ name, stock, requested, taken, left }) =>
        `  ${name}: ${taken} of ${stock} taken, ${left} left, ${requested} requested`,
    ),
    `Answer time:         p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms`,
    ...report.differences.map((difference) => `WRONG: ${difference}`),
    report.differences.length === 0
      ? `Verdict: PASS, exactly ${report.taken} of ${report.stock} units were taken, and ${evidence}.`
      : "Verdict: FAIL",
  ]
}

function wire(report: RaceReport) {
  return {
    ok: report.differences.length === 0,
    product_id: report.productId,
    stock: report.stock,
    successful: report.successful,
    failed: report.failed,
    failures: report.failures,
    final_stock: report.finalStock,
    ...(report.variants.length > 0 && {
      taken: report.taken,
      variants: report.variants.map(({ variantId, ...books }) => ({ variant_id: variantId, ...books })),
    }),
    p50_ms: report.p50Ms,
    p99_ms: report.p99Ms,
    differences: report.differences,
  }
}
