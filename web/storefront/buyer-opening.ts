import type { Access, Phase, Product, Time } from "../../client/src/index.ts"

/** What buyers may need in a phase. */
export type Need = "codes" | "group"

/** What the server has said of this buyer, who has shown a code, or the shop's sign-in. */
export interface OwnAccess extends Pick<Access, "is_open" | "opens_at"> {
  readonly by: "code" | "shop"
}

/** What the page knows of a buyer's access to a product with phases. */
export interface BuyerAccess {
  /** The code that the server has accepted; or one of this tab that it has not judged yet. Null: none. */
  readonly code: string | null
  readonly state: "idle" | "checking" | AccessFault
  /** What the server has said of the code and of the shop's sign-in; null: nothing. */
  readonly own: OwnAccess | null
  /** Of the code; null: not known. */
  readonly unitsLeft: number | null
}

/** Why the last code was not accepted. `no_answer`: it may be right. */
export type AccessFault = "unknown" | "too_often" | "no_answer" | "token_invalid"

/** Nothing was shown, and nothing asked. */
export const noAccess: BuyerAccess = { code: null, state: "idle", own: null, unitsLeft: null }

/** Whether a buyer may buy a product with phases. */
export type Opening =
  | { readonly kind: "open" }
  /** `for`: whose phase begins then. */
  | { readonly kind: "later"; readonly opensAt: Time; readonly for: "everybody" | OwnAccess["by"] }
  /** Phases are on or come, of which none lets this buyer in. */
  | { readonly kind: "closed_to_buyer"; readonly needs: readonly Need[] }
  /** No phase is on, and none comes. */
  | { readonly kind: "over" }

type Sale = Pick<Product, "phases" | "opens_at" | "closes_at" | "server_time">

interface Span {
  readonly fromMs: number
  readonly untilMs: number
  readonly needs: Need | null
}

/**
 * Judges when the buyer may buy, at `nowMs` (null: when the product was read). Null: the product has no phases. `own` null: the buyer
 * has shown nothing, and the phases for everybody count. The server alone decides; this is what the page counts down to.
 */
export function openingOf(product: Sale, own: OwnAccess | null, nowMs: number | null): Opening | null {
  if (product.phases === undefined) return null
  const now = nowMs ?? Date.parse(product.server_time)
  const spans = spansOf(product, now)
  const forAll = spans.filter(({ needs }) => needs === null).map(({ fromMs }) => fromMs)
  const ownMs = own === null ? Infinity : ownBegin(own)
  const allMs = Math.min(Infinity, ...forAll)
  if (Math.min(ownMs, allMs) <= now) return { kind: "open" }
  if (ownMs < allMs && own !== null) return { kind: "later", opensAt: timeOf(ownMs), for: own.by }
  if (allMs !== Infinity) return { kind: "later", opensAt: timeOf(allMs), for: "everybody" }
  const needs = [...new Set(spans.flatMap((span) => span.needs ?? []))]
  return needs.length === 0 ? { kind: "over" } : { kind: "closed_to_buyer", needs }
}

function ownBegin({ is_open, opens_at }: OwnAccess): number {
  if (is_open) return -Infinity
  return opens_at === null ? Infinity : Date.parse(opens_at)
}

/** When a code lets buyers in; `opensAt` null: now. Null: no phase that is on or comes needs one. */
export function codesFrom(product: Sale, nowMs: number | null): { readonly opensAt: Time | null } | null {
  const now = nowMs ?? Date.parse(product.server_time)
  const begins = spansOf(product, now).flatMap(({ fromMs, needs }) => (needs === "codes" ? fromMs : []))
  const first = Math.min(Infinity, ...begins)
  if (first === Infinity) return null
  return { opensAt: first <= now ? null : timeOf(first) }
}

/**
 * Whether the page asks for an access code: a phase that is on or comes needs one. Not while everybody may buy, because no code is
 * spent then.
 */
export function asksCode(product: Sale, nowMs: number | null): boolean {
  return codesFrom(product, nowMs) !== null && openingOf(product, null, nowMs)?.kind !== "open"
}

/**
 * The next moment at which what the server has said of a buyer may change by itself: a phase ends. Its beginning was told. Null:
 * none comes.
 */
export function nextEnd({ phases = [] }: Pick<Product, "phases">, afterMs: number): number | null {
  const ends = phases.flatMap(({ until }) => (until === null ? [] : Date.parse(until)))
  const next = Math.min(Infinity, ...ends.filter((end) => end > afterMs))
  return next === Infinity ? null : next
}

/** The phases that are not over at `nowMs`. */
export function phasesLeft(phases: readonly Phase[], nowMs: number): readonly Phase[] {
  return phases.filter(({ until }) => until === null || Date.parse(until) > nowMs)
}

/** The phases that are on or come, within the time of the sale. */
function spansOf({ phases = [], opens_at, closes_at }: Sale, now: number): readonly Span[] {
  return phasesLeft(phases, now)
    .map(({ from, until, needs }) => ({
      fromMs: Math.max(msOf(from, -Infinity), msOf(opens_at, -Infinity)),
      untilMs: Math.min(msOf(until, Infinity), msOf(closes_at, Infinity)),
      needs: needs === null ? null : needs.group === undefined ? ("codes" as const) : ("group" as const),
    }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs && untilMs > now)
}

function msOf(time: Time | null, otherwise: number): number {
  return time === null ? otherwise : Date.parse(time)
}

function timeOf(ms: number): Time {
  return new Date(ms).toISOString()
}
