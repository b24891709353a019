import { Counter, type Registry } from "@prometheus-io/client"

/** A counter whose numbers reach the library when somebody looks. */
export interface Tally {
  /** Adds to the number under the label's value; without a label there is one number. */
  count(value?: string, by?: number): void
}

export interface TallyOptions {
  readonly name: string
  readonly help: string
  readonly label?: string
  readonly registry: Registry
}

/**
 * Counts what a crowd does. The library checks and joins the labels at each count, which costs as
 * much as reading a request; a look takes what has come together since the one before.
 */
export function createTally({ name, help, label, registry }: TallyOptions): Tally {
  const pending = new Map<string, number>()
  const counter = new Counter({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      for (const [value, by] of pending) counter.inc(label === undefined ? {} : { [label]: value }, by)
      pending.clear()
    },
  })
  return {
    count: (value = "", by = 1) => void pending.set(value, (pending.get(value) ?? 0) + by),
  }
}
