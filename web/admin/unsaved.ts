import type { RefObject } from "preact"
import { useEffect, useRef } from "preact/hooks"

/** One for each form on the page; true: it has input that is not saved. */
const guards = new Set<() => boolean>()

/** True while a form of the page has input that is not saved. */
export function hasUnsaved(): boolean {
  return [...guards].some((isUnsaved) => isUnsaved())
}

/** Goes to another page without a question: the input is saved, or the operator wants to lose it. */
export function leaveFor(href: string): void {
  guards.clear()
  location.assign(href)
}

/** While the component is shown, the page asks before it is left as long as `isUnsaved` says so. */
export function useGuard(isUnsaved: () => boolean): void {
  const newest = useRef(isUnsaved)
  newest.current = isUnsaved
  useEffect(() => {
    const guard = () => newest.current()
    guards.add(guard)
    // Browsers keep no page in memory for the way back that listens to this, so only pages with a form do.
    if (guards.size === 1) addEventListener("beforeunload", warn)
    return () => {
      guards.delete(guard)
      if (guards.size === 0) removeEventListener("beforeunload", warn)
    }
  }, [])
}

/** What tells whether a form has input that is not saved. */
export interface UnsavedInput {
  readonly isThere: () => boolean
  /** Call it before the form is sent, and call what it returns when the sent input is saved. */
  readonly sending: () => () => void
}

/**
 * Compares the fields of a form with what they contained when it was shown. So every field counts, also one that is added
 * later, and input that was taken back does not.
 */
export function useUnsavedInput(form: RefObject<HTMLFormElement | null>): UnsavedInput {
  const saved = useRef<string | null>(null)
  useEffect(() => void (saved.current = inputIn(form.current)), [])
  const isThere = () => saved.current !== null && inputIn(form.current) !== saved.current
  useGuard(isThere)
  return {
    isThere,
    sending() {
      const sent = inputIn(form.current)
      return () => void (saved.current = sent)
    },
  }
}

/** The input in all fields, in their order. Empty fields do not count: a row that was added and not filled in is no loss. */
function inputIn(form: HTMLElement | null): string {
  const fields = form?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
    "input, textarea, select",
  )
  return JSON.stringify([...(fields ?? [])].flatMap(inputOf))
}

function inputOf(field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): string[] {
  if (field instanceof HTMLInputElement && field.type === "checkbox")
    return field.checked ? [field.labels?.[0]?.textContent ?? ""] : []
  // Browsers give an incomplete entry, such as half a date, as an empty text.
  const text = field.validity.badInput ? "incomplete" : field.value
  return text === "" ? [] : [`${field.id}=${text}`]
}

function warn(event: BeforeUnloadEvent): void {
  if (hasUnsaved()) event.preventDefault()
}
