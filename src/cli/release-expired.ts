import type { Config } from "../config/config.ts"
import { sweepDue } from "../worker/expiry.ts"
import { requireDatabase, withEngine } from "./database.ts"
import { print, printJson } from "./output.ts"

/** Expires every due hold and order once, and prints how many units became available. */
export async function releaseExpired(config: Config, { json }: { json: boolean }): Promise<void> {
  requireDatabase(config)
  const swept = await withEngine(config, (engine) => sweepDue({ ...engine, observer: engine.events }))
  if (json) return printJson(swept)
  const orders = swept.orders === 0 ? "" : ` and ${swept.orders} unpaid orders`
  print(`Released ${swept.holds} expired holds${orders}; ${swept.units} units are available again.`)
}
