import type { SaleState } from "../../client/src/index.ts"

const texts: Readonly<Record<SaleState, string>> = {
  open: "On sale",
  all_held: "All held",
  sold_out: "Sold out",
  scheduled: "Scheduled",
  paused: "Paused",
  closed: "Closed",
}

export interface StateBadgeProps {
  readonly state: SaleState
  /** True: the pause is said beside a state that goes before it. Where it is not known, nothing is said. */
  readonly isPaused?: boolean
}

/** A sale's state, in words. */
export function StateBadge({ state, isPaused = false }: StateBadgeProps) {
  const isHeldBack = isPaused && state === "scheduled"
  return (
    <span class={`badge ${isHeldBack ? "paused" : state}`}>
      {texts[state]}
      {isHeldBack && ", paused"}
    </span>
  )
}
