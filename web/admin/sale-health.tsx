import type { ComponentChildren } from "preact"
import type { Live } from "../../client/src/admin.ts"
import { durationText } from "./dates.tsx"

/** Expiry is looked after four times a second; several seconds mean that something is in its way. */
const LATE_SECONDS = 5
/** Without an answer for so long the figures are of the past. */
const SILENT_SECONDS = 5

type Level = "good" | "warn" | "bad" | "unknown"

export interface SaleHealthProps {
  readonly live: Live
  readonly silentSeconds: number
  readonly failure: string | null
}

/** Whether all is well: each light says so in words. */
export function SaleHealth({ live, silentSeconds, failure }: SaleHealthProps) {
  const inbox = live.money_inbox_count
  const isLate = live.expiry_lag_seconds > LATE_SECONDS
  const isSilent = silentSeconds > SILENT_SECONDS
  return (
    <ul class="lights">
      <HealthItem name="Invariants" {...invariants(live)} />
      <HealthItem
        name="Expiry"
        level={isLate ? "warn" : "good"}
        text={isLate ? `${durationText(live.expiry_lag_seconds)} late: does a worker run?` : "In time"}
      />
      <HealthItem
        name="Money inbox"
        level={inbox === 0 ? "good" : "warn"}
        text={<a href="/admin/money">{inbox === 0 ? "Empty" : `${inbox} to look after`}</a>}
      />
      <HealthItem
        name="Server"
        level={isSilent ? "bad" : "good"}
        text={isSilent ? `Silent for ${durationText(silentSeconds)}. ${failure ?? ""}` : "Answers"}
      />
    </ul>
  )
}

function invariants({ invariants: { violations, recounted_at }, server_time }: Live) {
  if (recounted_at === null) return { level: "unknown", text: "Not recounted here yet" } as const
  const ago = durationText(Math.max(0, (Date.parse(server_time) - Date.parse(recounted_at)) / 1_000))
  return violations === 0
    ? ({ level: "good", text: `All hold, recounted ${ago} ago` } as const)
    : ({ level: "bad", text: `${violations} violated. Pause, and run “doorbuster verify”` } as const)
}

interface HealthItemProps {
  readonly name: string
  readonly level: Level
  readonly text: ComponentChildren
}

function HealthItem({ name, level, text }: HealthItemProps) {
  return (
    <li class={`light ${level}`}>
      <span class="lamp" aria-hidden="true" />
      <span class="light-name">{name}</span>
      <span class="figures">{text}</span>
    </li>
  )
}
