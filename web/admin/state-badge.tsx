import type { ProductStatus, SaleState } from "../../client/src/index.ts"

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
  /** Where the product stands; absent: it is listed. */
  readonly status?: ProductStatus | undefined
}

/** Whether buyers do not see the product. */
export function isHidden({ status }: { readonly status?: ProductStatus | undefined }): boolean {
  return status === "draft" || status === "archived"
}

/** The state of a sale in words; of a product that buyers do not see, what it is instead. */
export function StateBadge({ state, isPaused = false, status }: StateBadgeProps) {
  if (status === "draft" || status === "archived")
    return <span class={`badge ${status}`}>{status === "draft" ? "Draft" : "Archived"}</span>
  const isPausedEarly = isPaused && state === "scheduled"
  return (
    <span class={`badge ${isPausedEarly ? "paused" : state}`}>
      {texts[state]}
      {isPausedEarly && ", paused"}
      {status === "unlisted" && ", unlisted"}
    </span>
  )
}
