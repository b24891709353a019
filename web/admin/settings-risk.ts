import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { Product } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"

/** What saving settings does to a sale that is on. */
export interface SettingsRisk {
  /** Asks for it: "End the sale of X by saving?" */
  readonly title: string
  readonly action: string
  readonly consequences: readonly string[]
}

/** What is to be asked before such changes are saved; null: nothing, they harm nobody who buys now. */
export function riskOf(product: Product, changes: ProductChangesBody): SettingsRisk | null {
  if (product.sale_state === "closed" || product.sale_state === "scheduled") return null
  const risks = [endRisk(product, changes), delayRisk(product, changes), priceRisk(product, changes)].filter(
    (risk) => risk !== null,
  )
  const [first] = risks
  if (first === undefined) return null
  return { ...first, consequences: risks.flatMap(({ consequences }) => consequences) }
}

function endRisk({ name, server_time }: Product, { closes_at }: ProductChangesBody): SettingsRisk | null {
  if (closes_at === undefined || closes_at === null) return null
  if (Date.parse(closes_at) > Date.parse(server_time)) return null
  return {
    title: `End the sale of ${name} by saving?`,
    action: "End the sale",
    consequences: [
      "The sale is on, and the time under “Closes” has passed. Buyers read at once that the sale is over. Holds can still become orders until they end, and orders can be paid.",
    ],
  }
}

function delayRisk({ name, server_time }: Product, { opens_at }: ProductChangesBody): SettingsRisk | null {
  if (opens_at === undefined || opens_at === null) return null
  if (Date.parse(opens_at) <= Date.parse(server_time)) return null
  return {
    title: `Stop the sale of ${name} until it opens again?`,
    action: "Stop the sale",
    consequences: [
      "The sale is on, and the time under “Opens” is still to come. Until then nobody can hold a unit. Holds and orders that are there go on.",
    ],
  }
}

function priceRisk(product: Product, changes: ProductChangesBody): SettingsRisk | null {
  const minor = changes.price_minor ?? product.price_minor
  const currency = changes.currency ?? product.currency
  if (minor === product.price_minor && currency === product.currency) return null
  const before = priceOf(product.price_minor, product.currency)
  const after = priceOf(minor, currency)
  return {
    title: `Sell ${product.name} at ${after} from now on?`,
    action: "Change the price",
    consequences: [
      `The sale is on, at ${before}. Orders that are there keep their price; whoever holds units and orders them from now on pays ${after}.`,
    ],
  }
}
