import type { SaleState } from "../../client/src/index.ts"

const texts: Readonly<Record<SaleState, string>> = {
  open: "On sale",
  all_held: "All held",
  sold_out: "Sold out",
  scheduled: "Scheduled",
  paused: "Paused",
  closed: "Closed",
}

/** A sale's state, in words. */
export function StateBadge({ state }: { readonly state: SaleState }) {
  return <span class={`badge ${state}`}>{texts[state]}</span>
}
