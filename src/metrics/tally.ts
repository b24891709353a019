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
  /**
   * Values that are there with 0 from the start. Prometheus sees no increase in a series that begins with 1, so what an alert
   * watches must be there before it happens.
   */
  readonly values?: readonly string[]
  readonly registry: Registry
}

/**
 * A counter for events that come by the thousand. The library checks and joins the labels at each count,
 * which costs as much as parsing a request. So counts are collected here, and a scrape hands them on.
 */
export function createTally({ name, help, label, values = [], registry }: TallyOptions): Tally {
  const pending = new Map(values.map((value) => [value, 0]))
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
