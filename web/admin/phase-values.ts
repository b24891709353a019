import type { Phase, PhaseBody } from "../../client/src/index.ts"
import { fieldText } from "./dates.ts"
import { readTime, readWhole, valueOrNull, type Reading } from "./form-values.ts"

/** The texts in the fields of one phase. */
export interface PhaseTexts {
  readonly from: string
  readonly until: string
  /** `all`, `codes` or `group`. */
  readonly who: string
  /** The set of codes, or the group. */
  readonly name: string
  readonly limit: string
}

/** Who may buy in a phase, and how the form calls it. */
export const whoTexts: readonly (readonly [string, string])[] = [
  ["all", "Everybody"],
  ["codes", "With an access code"],
  ["group", "A group of customers"],
]

/** The texts of a phase that a product has. */
export function phaseTexts({ from, until, needs, max_per_customer }: Phase): PhaseTexts {
  return {
    from: from === null ? "" : fieldText(from),
    until: until === null ? "" : fieldText(until),
    who: needs === null ? "all" : needs.group === undefined ? "codes" : "group",
    name: needs === null ? "" : needs.group === undefined ? needs.codes : needs.group,
    limit: String(max_per_customer ?? ""),
  }
}

/** Reads the end of a phase, which is after its beginning. */
export function readUntil({ from, until }: Pick<PhaseTexts, "from" | "until">): Reading<string> {
  const [begins, ends] = [readTime(from), readTime(until)]
  const isBefore =
    begins.kind === "value" && ends.kind === "value" && Date.parse(ends.value) <= Date.parse(begins.value)
  return isBefore ? { kind: "unreadable", fault: "The phase ends before it begins." } : ends
}

/** Reads the name of a set of codes or of a group. */
export function readSetName(text: string): Reading<string> {
  const name = text.trim()
  if (name === "") return { kind: "empty" }
  if (name.includes(",")) return { kind: "unreadable", fault: "A name has no comma." }
  return name.length > 64
    ? { kind: "unreadable", fault: "At most 64 characters." }
    : { kind: "value", value: name }
}

/** The phase in the fields. Throws for an unreadable field. */
export function phaseIn(texts: PhaseTexts): PhaseBody {
  const name = valueOrNull(readSetName(texts.name)) ?? ""
  const needs = { all: null, codes: { codes: name }, group: { group: name } }[texts.who] ?? null
  return {
    from: valueOrNull(readTime(texts.from)),
    until: valueOrNull(readUntil(texts)),
    needs,
    max_per_customer: valueOrNull(readWhole(texts.limit, 1)),
  }
}

/**
 * The phases as far as they differ from the product's, for a request. Compared as the fields show them, because the fields show whole
 * seconds.
 */
export function changedPhases(
  texts: readonly PhaseTexts[],
  before: readonly Phase[] | undefined,
): { readonly phases?: readonly PhaseBody[] | null } {
  const isSame = JSON.stringify(texts) === JSON.stringify((before ?? []).map(phaseTexts))
  if (isSame) return {}
  return { phases: texts.length === 0 ? null : texts.map(phaseIn) }
}

/** `with an access code of “press”, from … until …, 2 per customer`. `time` writes a time. */
export function phaseText(
  { from, until, needs, max_per_customer }: Phase,
  time: (at: string) => string,
): string {
  const who =
    needs === null
      ? "everybody"
      : needs.group === undefined
        ? `access code of “${needs.codes}”`
        : `group “${needs.group}”`
  const parts = [
    from !== null && `from ${time(from)}`,
    until !== null && `until ${time(until)}`,
    max_per_customer !== null && `${max_per_customer} per customer`,
  ]
  return [who, ...parts.filter((part) => part !== false)].join(", ")
}
