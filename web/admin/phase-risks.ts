import type { AccessCodeSet, CustomerKind, Phase, PhaseBody } from "../../client/src/index.ts"

/** What decides whether somebody can buy in the phases of a product. */
export interface PhasedOffer {
  readonly phases: readonly (Phase | PhaseBody)[] | null | undefined
  readonly customer: CustomerKind | undefined
  readonly maxPerCustomer: number | null | undefined
  /** The sets of access codes; null: not known, so nothing is said of them. */
  readonly sets: readonly AccessCodeSet[] | null
}

/** What keeps buyers from buying, or lets them pass a limit, a sentence each. `now`: milliseconds since 1970. */
export function phaseRisks(
  { phases, customer = "any", maxPerCustomer, sets }: PhasedOffer,
  now: number,
): string[] {
  if (phases === null || phases === undefined || phases.length === 0) return []
  const left = phases.filter(({ until = null }) => until === null || Date.parse(until) > now)
  if (left.length === 0)
    return ["All its phases are over, so no buyer can hold units. Remove them or add one."]
  const wanted = left.flatMap(({ needs }) => needs ?? [])
  const empty = wanted.flatMap((need) =>
    need.group === undefined && isEmpty(need.codes, sets) ? [need.codes] : [],
  )
  const groups = unique(wanted.flatMap(({ group }) => group ?? []))
  const inGroups = `the phase for the group ${groups.join(", ")}`
  const hasLimit = left.some(({ max_per_customer: most = null }) => (most ?? maxPerCustomer ?? null) !== null)
  const isForOthers = left.some(({ needs = null }) => needs === null)
  return [
    ...unique(empty).map(
      (set) => `No buyer can hold units in the phase for codes of ${set}: the set has no valid code yet.`,
    ),
    ...(groups.length > 0 && customer === "email"
      ? [`No buyer can hold units in ${inGroups}: confirmed mailboxes are in no group.`]
      : []),
    ...(groups.length > 0 && customer !== "email" && customer !== "signed" && hasLimit && isForOthers
      ? [
          `In a phase for everybody, buyers choose their names. So members of ${groups.join(", ")} can buy again, past the limit per customer, unless it is sold to signed customers only.`,
        ]
      : []),
  ]
}

function isEmpty(name: string, sets: PhasedOffer["sets"]): boolean {
  if (sets === null) return false
  const set = sets.find((one) => one.set === name)
  return set === undefined || set.codes <= set.revoked_codes
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].map((name) => `“${name}”`)
}

/** Whether a phase for everybody is on, or there are no phases. */
export function isForEverybody(phases: PhasedOffer["phases"], now: number): boolean {
  if (phases === null || phases === undefined) return true
  return phases.some(
    ({ needs = null, from = null, until = null }) =>
      needs === null &&
      (from === null || Date.parse(from) <= now) &&
      (until === null || Date.parse(until) > now),
  )
}
