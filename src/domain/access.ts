import type { Product } from "./product.ts"
import type { NextPhase, PlaceHoldRefusal } from "./refusals.ts"
import { hasPassed, instant, type Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/** What a buyer needs in a phase: a code of a set, or a group that the shop's signature says the customer is in. */
export type PhaseNeed =
  | { readonly kind: "codes"; readonly set: string }
  | { readonly kind: "group"; readonly group: string }

/** A part of a sale's time in which buyers need something, or in which everybody may buy. Phases may overlap. */
export interface Phase {
  /** Its first moment; null: it begins with the sale. */
  readonly from: Instant | null
  /** The first moment after it; null: it ends with the sale. */
  readonly until: Instant | null
  /** Null: everybody may buy. */
  readonly needs: PhaseNeed | null
  /** In the place of the product's limit; null: the product's. */
  readonly maxPerCustomer: number | null
}

/** The most phases of a product. */
export const MOST_PHASES = 20

/** An access code, without the code itself. */
export interface AccessCode {
  readonly claimant: string
  /** The name of the set that it belongs to. */
  readonly set: string
  /** How many units may be held and owned with it together. */
  readonly units: number
  readonly revokedAt: Instant | null
}

/** A code with what is known of its use. */
export interface UsedAccessCode extends AccessCode {
  /** Units that are held and owned with it. */
  readonly unitsUsed: number
  readonly createdAt: Instant
}

/** The codes of one set together. */
export interface AccessCodeSet {
  readonly set: string
  readonly codes: number
  readonly revoked: number
  /** Codes with which units are held or owned. */
  readonly used: number
  /** Units that all codes of the set allow together, without those that are revoked and not used. */
  readonly units: number
  readonly unitsUsed: number
}

/** What lets a buyer in. */
export interface Access {
  /** The limit of the phase or of the product; null: none. */
  readonly maxPerCustomer: number | null
  /** The code whose units are counted; null: none is needed. */
  readonly spends: AccessCode | null
}

/** What a request for a hold shows. */
export interface AskedAccess {
  /** The claim of the access code that it sends; undefined: it sends none. */
  readonly accessCode?: string | undefined
  /** The groups that the shop's signature puts the customer into. */
  readonly groups?: readonly string[] | undefined
  /** True: the shop itself places the hold, and needs nothing in any phase. */
  readonly isShop?: boolean | undefined
}

/** What a buyer shows. */
export interface ShownAccess {
  /** Undefined: no code was sent; null: the code is not known, or revoked. */
  readonly code: AccessCode | null | undefined
  readonly groups: readonly string[]
}

/** The phases of a product at a moment. */
export function phasesAt({ phases }: Pick<Product, "phases">, now: Instant): Phase[] {
  return (phases ?? []).filter(
    ({ from, until }) =>
      (from === null || hasPassed(from, now)) && (until === null || !hasPassed(until, now)),
  )
}

/**
 * Says with what a hold is let in, or why it is not. Where several phases are on, the one that asks for least counts: a code is not
 * spent while everybody may buy, or for a member of a group that may; of those that ask for as much, the one with the largest limit.
 * A hold that the shop places itself needs nothing, but a code that it sends is judged.
 */
export function accessOf(
  state: WorkingSet,
  product: Product,
  asked: AskedAccess,
  now: Instant,
): Access | PlaceHoldRefusal {
  if (product.phases === null) return { maxPerCustomer: product.maxPerCustomer, spends: null }
  const { accessCode, groups = [], isShop = false } = asked
  const shown = { code: shownCode(state, accessCode), groups }
  const [best] = phasesAt(product, now)
    .filter(({ needs }) => fulfils(shown, needs))
    .sort((a, b) => costOf(a) - costOf(b) || limitOf(product, b) - limitOf(product, a))
  if (best !== undefined) {
    return {
      maxPerCustomer: best.maxPerCustomer ?? product.maxPerCustomer,
      spends: best.needs?.kind === "codes" ? (shown.code ?? null) : null,
    }
  }
  if (isShop && accessCode === undefined) return { maxPerCustomer: product.maxPerCustomer, spends: null }
  if (shown.code === null) return { code: "access_code_unknown", nextPhase: nextPhase(product, null, now) }
  return {
    code: "access_required",
    needs: [...new Set(phasesAt(product, now).flatMap(({ needs }) => needs?.kind ?? []))],
    nextPhase: nextPhase(product, shown, now),
  }
}

/** The next phase that begins after now, of those for which `shown` is enough; of all, where it is enough for none. */
export function nextPhase(
  { phases }: Pick<Product, "phases">,
  shown: ShownAccess | null,
  now: Instant,
): NextPhase | null {
  const coming = (phases ?? [])
    .flatMap(({ from, needs }) => (from === null || hasPassed(from, now) ? [] : [{ from, needs }]))
    .sort((a, b) => a.from - b.from)
  const open = shown === null ? undefined : coming.find(({ needs }) => fulfils(shown, needs))
  const first = open ?? coming[0]
  return first === undefined ? null : { from: first.from, needs: first.needs?.kind ?? null }
}

/** True when what a buyer shows is enough for a phase. */
function fulfils({ code, groups }: ShownAccess, needs: PhaseNeed | null): boolean {
  if (needs === null) return true
  return needs.kind === "group" ? groups.includes(needs.group) : code?.set === needs.set
}

function shownCode(state: WorkingSet, claimant: string | undefined): AccessCode | null | undefined {
  if (claimant === undefined) return undefined
  const code = state.accessCodes.get(claimant)
  return code === undefined || code.revokedAt !== null ? null : code
}

function costOf({ needs }: Phase): number {
  if (needs === null) return 0
  return needs.kind === "group" ? 1 : 2
}

function limitOf(product: Product, phase: Phase): number {
  return phase.maxPerCustomer ?? product.maxPerCustomer ?? Infinity
}

/** The largest limit for a customer that is in force: of the phases that are on, else of the product. Null: no limit. */
export function largestLimit(product: Product, now: Instant): number | null {
  const current = phasesAt(product, now)
  if (current.length === 0) return product.maxPerCustomer
  const most = Math.max(...current.map((phase) => limitOf(product, phase)))
  return most === Infinity ? null : most
}

/**
 * Says whether a buyer with what is shown is let in now, and otherwise, when that begins. Pauses and sold units do not matter here.
 */
export function openingFor(
  { phases, opensAt, closesAt }: Pick<Product, "phases" | "opensAt" | "closesAt">,
  shown: ShownAccess,
  now: Instant,
): { readonly isOpen: boolean; readonly opensAt: Instant | null } {
  let next = Infinity
  for (const { from, until, needs } of phases ?? [always]) {
    if (!fulfils(shown, needs)) continue
    const begins = Math.max(from ?? -Infinity, opensAt ?? -Infinity)
    const ends = Math.min(until ?? Infinity, closesAt ?? Infinity)
    if (begins >= ends || ends <= now) continue
    if (begins <= now) return { isOpen: true, opensAt: null }
    next = Math.min(next, begins)
  }
  return { isOpen: false, opensAt: next === Infinity ? null : instant(next) }
}

const always: Phase = { from: null, until: null, needs: null, maxPerCustomer: null }
