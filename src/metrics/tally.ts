import { Counter, type Registry } from "@prometheus-io/client"

/** A counter that hands its numbers to the library only at a scrape. */
export interface Tally {
  /** Adds to the number of this label value; without a label there is one number. */
  count(value?: string, by?: number): void
}

export interface TallyOptions {
  readonly name: string
  readonly help: string
  readonly label?: string
  readonly registry: Registry
}

/**
 * A counter for events that come by the thousand. The library checks and joins the labels at each count,
 * which costs as much as parsing a request. So counts are collected here, and a scrape hands them on.
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
