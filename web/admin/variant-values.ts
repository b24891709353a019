import type { Variant } from "../../client/src/index.ts"
import type { Reading } from "./form-values.ts"

/** The longest name, SKU, or part of an option. */
const MOST_CHARACTERS = 255
const MOST_OPTIONS = 10

/** A value with another option in it, `red, size=41`. A comma alone may be a part of a value. */
const holdsOption = /,\s*[^\s,=][^,=]*=/

type Options = Variant["options"]

/** Reads a name or a SKU, which is a short text in one line. */
export function readLabel(text: string): Reading<string> {
  const label = text.trim()
  if (label === "") return { kind: "empty" }
  if (label.length > MOST_CHARACTERS) return unreadable(`Use ${MOST_CHARACTERS} characters at most.`)
  // oxlint-disable-next-line no-control-regex -- the server refuses control characters
  return /[\u0000-\u001f\u007f]/.test(label)
    ? unreadable("Use one line without control characters.")
    : { kind: "value", value: label }
}

/** Reads options as {@link optionsText} writes them: `size=42; colour=red`. */
export function readOptions(text: string): Reading<Options> {
  const parts = text.split(";").filter((part) => part.trim() !== "")
  if (parts.length === 0) return { kind: "empty" }
  if (parts.length > MOST_OPTIONS) return unreadable(`Use ${MOST_OPTIONS} options at most.`)
  const options = new Map<string, string>()
  for (const part of parts) {
    const [name, ...values] = part.split("=")
    const [key, value] = [readLabel(name ?? ""), readLabel(values.join("="))]
    if (key.kind !== "value" || value.kind !== "value")
      return unreadable("Write options as size=42; colour=red.")
    if (holdsOption.test(value.value))
      return unreadable("Separate options by semicolons, as size=42; colour=red.")
    if (options.has(key.value)) return unreadable(`The option “${key.value}” is there twice.`)
    options.set(key.value, value.value)
  }
  return { kind: "value", value: Object.fromEntries(options) }
}

/** The options as one text: `size=42; colour=red`. */
export function optionsText(options: Options): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ")
}

/** Whether both have the same names and values, in any order. */
export function areSameOptions(one: Options, other: Options): boolean {
  const [names, others] = [Object.keys(one), Object.keys(other)]
  return names.length === others.length && names.every((name) => one[name] === other[name])
}

/** A variant's place in the list of its product. */
export interface Placement {
  readonly id: number
  readonly position: number
}

/**
 * Returns the positions to change so that the variant stands after the variant `afterId`; null: at the beginning.
 * `variants` are in the order of the list. As few change as possible, because each is a request of its own.
 */
export function placementsAfter(
  variants: readonly Placement[],
  id: number,
  afterId: number | null,
): readonly Placement[] {
  const others = variants.filter((variant) => variant.id !== id)
  const moved = variants.find((variant) => variant.id === id)
  const index = others.findIndex((variant) => variant.id === afterId) + 1
  if (moved === undefined || variants.indexOf(moved) === index) return []
  const placements: Placement[] = []
  let last = others[index - 1]?.position ?? -1
  for (const variant of [moved, ...others.slice(index)]) {
    // Those that follow a gap may stay where they are.
    const isInPlace = variant.id !== id && variant.position > last
    if (isInPlace) break
    last += 1
    placements.push({ id: variant.id, position: last })
  }
  return placements
}

function unreadable(fault: string) {
  return { kind: "unreadable", fault } as const
}
