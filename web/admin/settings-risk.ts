import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { AccessCodeSet, CustomerKind, Product, Variant } from "../../client/src/index.ts"
import { isForEverybody, phaseRisks } from "./phase-risks.ts"
import { priceOf } from "../shared/money.ts"

/** The immediate effect on buyers if changed settings are saved, as a dialog shows it. */
export interface SettingsRisk {
  /** A question: "End the sale of X?" */
  readonly title: string
  readonly action: string
  readonly consequences: readonly string[]
}

/**
 * Returns the risk that the operator has to confirm before changes are saved: they open, stop or end the sale, change the price while
 * the product is on sale, keep buyers out, or leave a phase in which nobody can buy. Null: no confirmation is needed, as for what
 * nobody can buy. `sets`: the product's sets of access codes; null: not known.
 */
export function riskOf(
  product: Product,
  changes: ProductChangesBody,
  sets: readonly AccessCodeSet[] | null = null,
): SettingsRisk | null {
  if (product.status === "draft" || product.status === "archived") return null
  const risks = [saleRisk(product, changes), accessRisk(product, changes, sets)].filter(
    (risk) => risk !== null,
  )
  return joined(risks)
}

/** The first one's title, with the consequences of all; null: there are none. */
function joined(risks: readonly SettingsRisk[]): SettingsRisk | null {
  const [first] = risks
  return first === undefined
    ? null
    : { ...first, consequences: risks.flatMap(({ consequences }) => consequences) }
}

function saleRisk(product: Product, changes: ProductChangesBody): SettingsRisk | null {
  if (product.sale_state === "scheduled") return openRisk(product, changes)
  if (product.sale_state === "closed") return reopenRisk(product, changes)
  const risks = [endRisk(product, changes), delayRisk(product, changes), priceRisk(product, changes)].filter(
    (risk) => risk !== null,
  )
  return joined(risks)
}

/** Other phases, or another kind of customer, may keep buyers out at once, or leave a phase in which nobody can buy. */
function accessRisk(
  product: Product,
  { phases, customer, max_per_customer: most }: ProductChangesBody,
  sets: readonly AccessCodeSet[] | null,
): SettingsRisk | null {
  const { name, sale_state: state } = product
  const now = Date.parse(product.server_time)
  const before = {
    phases: product.phases,
    customer: product.customer,
    maxPerCustomer: product.max_per_customer,
    sets,
  }
  const after = {
    phases: phases === undefined ? product.phases : phases,
    customer: customer ?? product.customer,
    maxPerCustomer: most === undefined ? product.max_per_customer : most,
    sets,
  }
  const known = phaseRisks(before, now)
  const consequences = phaseRisks(after, now).filter((text) => !known.includes(text))
  const isOn = state !== "scheduled" && state !== "closed"
  if (isOn && isForEverybody(product.phases, now) && !isForEverybody(after.phases, now)) {
    consequences.unshift(
      "No phase for everybody is on now. As soon as you save, only buyers who have what a running phase asks for (a code or a group) can hold units.",
    )
  }
  const wanted = customer === undefined || customer === product.customer ? undefined : newcomers[customer]
  if (isOn && wanted !== undefined) consequences.unshift(wanted)
  if (consequences.length === 0) return null
  return { title: `Change who may buy ${name}?`, action: "Save the change", consequences }
}

const newcomers: Partial<Record<CustomerKind, string>> = {
  signed: "As soon as you save, only customers with a token that your server has signed can hold units.",
  email: "As soon as you save, only buyers who have confirmed their e-mail address can hold units.",
}

/** An opening time that is cleared or lies in the past opens a scheduled sale at once. */
function openRisk(product: Product, { opens_at, closes_at }: ProductChangesBody): SettingsRisk | null {
  const now = Date.parse(product.server_time)
  if (opens_at === undefined || (opens_at !== null && Date.parse(opens_at) > now)) return null
  const closes = closes_at === undefined ? product.closes_at : closes_at
  if (closes !== null && Date.parse(closes) <= now) return null
  return {
    title: `Open the sale of ${product.name} now?`,
    action: "Open the sale",
    consequences: [
      `The sale is scheduled. ${opens_at === null ? "You are removing its opening time" : "Its new opening time is in the past"}, so it opens as soon as you save, and buyers can reserve units at once.`,
    ],
  }
}

/** A closing time that is cleared or moved to the future opens a closed sale again. */
function reopenRisk(product: Product, { opens_at, closes_at }: ProductChangesBody): SettingsRisk | null {
  const now = Date.parse(product.server_time)
  if (closes_at === undefined || (closes_at !== null && Date.parse(closes_at) <= now)) return null
  const opens = opens_at === undefined ? product.opens_at : opens_at
  if (opens !== null && Date.parse(opens) > now) return null
  return {
    title: `Reopen the sale of ${product.name} now?`,
    action: "Reopen the sale",
    consequences: [
      `The sale is closed. ${closes_at === null ? "You are removing its closing time" : "Its new closing time is in the future"}, so it opens again as soon as you save.`,
    ],
  }
}

function endRisk({ name, server_time }: Product, { closes_at }: ProductChangesBody): SettingsRisk | null {
  if (closes_at === undefined || closes_at === null) return null
  if (Date.parse(closes_at) > Date.parse(server_time)) return null
  return {
    title: `End the sale of ${name}?`,
    action: "End the sale",
    consequences: [
      "The new closing time is in the past, so saving ends the sale at once. Holds can still become orders until they expire, and orders can be paid.",
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
      "The opening time is in the future, so saving stops the sale until then. No new holds are possible; existing holds and orders continue.",
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
    title: `Change the price of ${product.name} to ${after}?`,
    action: "Change the price",
    consequences:
      product.variants === undefined
        ? [
            `The current price is ${before}. Existing holds and orders keep their price; new holds cost ${after}.`,
          ]
        : [
            `The current price is ${before}. Existing holds and orders keep their price.`,
            ...variantTexts(product.variants, currency, after),
          ],
  }
}

/** Says which variants take the product's new price and which have one of their own. */
function variantTexts(variants: readonly Variant[], currency: string, after: string): readonly string[] {
  const following = variants.filter((variant) => !variant.own_price)
  const own = variants.filter((variant) => variant.own_price)
  const ownTexts = own.map(({ name, price_minor }) => `${name} (${priceOf(price_minor, currency)})`)
  return [
    following.length === 0
      ? "No variant follows the product's price: each has its own."
      : `New holds of these variants cost ${after}: ${listText(following.map(({ name }) => name))}.`,
    ...(own.length === 0 ? [] : [`These keep their own price: ${listText(ownTexts)}.`]),
  ]
}

/** The most variants that are named one by one; 200 would fill the dialog. */
const MOST_NAMED = 12

function listText(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ""
  return `${names.slice(0, MOST_NAMED).join(", ")}${more}`
}
