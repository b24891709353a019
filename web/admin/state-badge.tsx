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
  /** True: the badge of a scheduled sale says that it is also paused. Leave it out if it is not known. */
  readonly isPaused?: boolean
}

/** The state of a sale in words. */
export function StateBadge({ state, isPaused = false }: StateBadgeProps) {
  const isPausedEarly = isPaused && state === "scheduled"
  return (
    <span class={`badge ${isPausedEarly ? "paused" : state}`}>
      {texts[state]}
      {isPausedEarly && ", paused"}
    </span>
  )
}
