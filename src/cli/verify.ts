import type { Config } from "../config/config.ts"
import { verify, type Verification } from "../store/upkeep/verify.ts"
import { requireDatabase, withEngine } from "./database.ts"
import { print, printJson } from "./output.ts"

/** Recounts every product, checks the invariants and prints the violations; false if there is one. */
export async function printVerification(config: Config, { json }: { json: boolean }): Promise<boolean> {
  requireDatabase(config)
  const found = await withEngine(config, (engine) => verify(engine.database.views))
  if (json) printJson(wire(found))
  else for (const line of lines(found)) print(line)
  return found.violations.length === 0
}

function lines({ products, holds, orders, paymentEvents, violations }: Verification): string[] {
  const counted = `${products} products, ${holds} holds, ${orders} orders, ${paymentEvents} payment events`
  if (violations.length === 0) return [`Everything agrees: ${counted}.`]
  return [
    ...violations.flatMap(({ invariant, productId, what, rows }) => [
      `${invariant}  product ${productId ?? "?"}: ${what}`,
      ...rows.map((row) => `      ${row}`),
    ]),
    `${violations.length} differences in ${counted}.`,
  ]
}

function wire({ violations, paymentEvents, ...counts }: Verification) {
  return {
    ok: violations.length === 0,
    ...counts,
    payment_events: paymentEvents,
    violations: violations.map(({ invariant, productId, what, rows }) => ({
      invariant,
      product_id: productId,
      what,
      rows,
    })),
  }
}
