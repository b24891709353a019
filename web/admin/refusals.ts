import { useSignal } from "@preact/signals"
import { ProblemError } from "../../client/src/index.ts"
import type { Reading } from "./form-values.ts"

/** The server's objections to the fields of a form, until the operator changes the form. */
export interface Refusals {
  /** Takes the objections from an error, if it has any. */
  readonly note: (error: unknown) => void
  readonly clear: () => void
  /** The objection to the field at a JSON pointer, or to a part of it; null: none. */
  readonly at: (pointer: string) => string | null
  /** The readings, those of refused fields being unreadable. */
  readonly in: <Readings extends Readonly<Record<string, Reading<unknown>>>>(readings: Readings) => Readings
}

/** The members of the product that have another name than their field in the form. */
const pointers: Readonly<Record<string, string>> = {
  image: "/image_url",
  price: "/price_minor",
  opensAt: "/opens_at",
  closesAt: "/closes_at",
  maxPerHold: "/max_per_hold",
  maxPerCustomer: "/max_per_customer",
  holdSeconds: "/hold_ttl_seconds",
  externalId: "/external_id",
}

/** Keeps the objections of the last answer. */
export function useRefusals(): Refusals {
  const errors = useSignal<readonly { readonly pointer: string; readonly detail: string }[]>([])
  const at = (pointer: string): string | null => {
    const found = errors.value.find(
      (error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`),
    )
    return found === undefined ? null : `This ${found.detail}.`
  }
  return {
    at,
    note(error) {
      if (!(error instanceof ProblemError) || error.problem.code !== "invalid_request") return
      errors.value = error.problem.errors
    },
    clear() {
      if (errors.value.length > 0) errors.value = []
    },
    in(readings) {
      const read = Object.entries(readings).map(([name, reading]) => {
        const fault = at(pointers[name] ?? `/${name}`)
        return [name, fault === null ? reading : { kind: "unreadable", fault }]
      })
      return Object.fromEntries(read) as typeof readings
    },
  }
}
