import { isCurrentCurrency } from "../../../../../client/src/currencies.ts"
import type { ProductSettingChanges } from "../../../../domain/commands.ts"
import type { Phase } from "../../../../domain/access.ts"
import type { Instant } from "../../../../domain/time.ts"
import { collectChanges } from "../../../../wire/collect.ts"
import { needFrom } from "../../../../wire/phases.ts"
import type { ProductChanges } from "../../../../wire/product.ts"
import type { FieldError } from "../../../wire/problems.ts"
import { momentFrom } from "../../../wire/times.ts"

/** Reads the settings that a request gives; returns the errors of fields whose values are not valid. */
export function settingsFrom(body: ProductChanges): ProductSettingChanges | FieldError[] {
  const opensAt = timeFrom(body.opens_at)
  const closesAt = timeFrom(body.closes_at)
  const errors: FieldError[] = []
  if (opensAt === "bad") errors.push({ pointer: "/opens_at", detail: timeDetail })
  if (closesAt === "bad") errors.push({ pointer: "/closes_at", detail: timeDetail })
  if (body.currency !== undefined && !isCurrentCurrency(body.currency)) {
    errors.push({ pointer: "/currency", detail: "must be a current ISO 4217 code" })
  }
  const collect = collectChanges(body)
  if (Array.isArray(collect)) errors.push(...collect)
  const phases = phasesFrom(body.phases, errors)
  if (errors.length > 0 || opensAt === "bad" || closesAt === "bad" || Array.isArray(collect)) return errors
  return definedOnly({
    name: body.name,
    description: body.description,
    imageUrl: body.image_url,
    priceMinor: body.price_minor,
    currency: body.currency,
    opensAt,
    closesAt,
    paused: body.paused,
    maxPerHold: body.max_per_hold,
    maxPerCustomer: body.max_per_customer,
    holdTtlSeconds: body.hold_ttl_seconds,
    status: body.status,
    sku: body.sku,
    externalId: body.external_id,
    stockDisplay: body.stock_display,
    customer: body.customer,
    phases,
    collect,
  })
}

const timeDetail = "must be a time from 1970 to 9999"

function timeFrom(text: string | null | undefined): Instant | null | undefined | "bad" {
  if (text === undefined || text === null) return text
  return momentFrom(Date.parse(text)) ?? "bad"
}

/** Reads the phases; adds what is wrong with them to `errors`. */
function phasesFrom(
  given: ProductChanges["phases"],
  errors: FieldError[],
): readonly Phase[] | null | undefined {
  if (given == null) return given
  return given.map(({ from, until, needs, max_per_customer: maxPerCustomer = null }, index) => {
    const begins = timeFrom(from) ?? null
    const ends = timeFrom(until) ?? null
    if (begins === "bad") errors.push({ pointer: `/phases/${index}/from`, detail: timeDetail })
    if (ends === "bad") errors.push({ pointer: `/phases/${index}/until`, detail: timeDetail })
    const times = { from: begins === "bad" ? null : begins, until: ends === "bad" ? null : ends }
    if (times.from !== null && times.until !== null && times.from >= times.until) {
      errors.push({
        pointer: `/phases/${index}/until`,
        detail: "must be later than the beginning of the phase",
      })
    }
    return { ...times, needs: needFrom(needs), maxPerCustomer }
  })
}

function definedOnly<Fields extends object>(fields: Fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }
}
