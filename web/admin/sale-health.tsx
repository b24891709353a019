import type { ComponentChildren } from "preact"
import type { Live } from "../../client/src/admin.ts"
import { DateTime } from "./date-time.tsx"
import { durationText } from "./dates.ts"
import { may } from "./own-role.ts"

/** From this lag on the page warns. A worker that keeps up expires holds four times a second. */
const LATE_SECONDS = 5
/** After this many seconds without an answer the page says that its numbers may be out of date. */
const SILENT_SECONDS = 5

type Level = "good" | "warn" | "bad" | "unknown"

export interface SaleHealthProps {
  readonly live: Live
  readonly silentSeconds: number
  readonly failure: string | null
}

/** The health of the sale: a lamp and a text for each of five checks, and for Redis where it is set. */
export function SaleHealth({ live, silentSeconds, failure }: SaleHealthProps) {
  const inbox = live.money_inbox_count
  const inboxText = inbox === 0 ? "Empty" : `${inbox} open`
  const isLate = live.expiry_lag_seconds > LATE_SECONDS
  const isSilent = silentSeconds > SILENT_SECONDS
  return (
    <ul class="health">
      <HealthItem name="Invariants" {...invariants(live)} />
      <HealthItem
        name="Expiry"
        level={isLate ? "warn" : "good"}
        text={isLate ? `${durationText(live.expiry_lag_seconds)} late. Is a worker running?` : "On time"}
      />
      <HealthItem
        name="Money inbox"
        level={inbox === 0 ? "good" : "warn"}
        text={may("support") ? <a href="/admin/money">{inboxText}</a> : inboxText}
      />
      <HealthItem name="Database" {...database(live)} />
      <HealthItem
        name="Server"
        level={isSilent ? "bad" : "good"}
        text={isSilent ? `No answer for ${durationText(silentSeconds)}. ${failure ?? ""}` : "Connected"}
      />
      {live.redis !== null && <HealthItem name="Redis" {...redis(live.redis)} />}
    </ul>
  )
}

/** Yellow at worst, because a sale goes on without Redis. */
function redis({ state, since, slowest_count_ms: slowestMs }: NonNullable<Live["redis"]>) {
  if (state === "connected") return { level: "good", text: "Connected" } as const
  if (state === "slow") return { level: "warn", text: `Slow, up to ${slowestMs} ms` } as const
  const text = (
    <>
      Away since <DateTime at={since} none="the start" />. Each server counts limits by address alone
    </>
  )
  return { level: "warn", text } as const
}

function invariants({ invariants: { violations, recounted_at }, server_time }: Live) {
  if (recounted_at === null) return { level: "unknown", text: "Not checked yet" } as const
  const ago = durationText(Math.max(0, (Date.parse(server_time) - Date.parse(recounted_at)) / 1_000))
  return violations === 0
    ? ({ level: "good", text: `No violations, checked ${ago} ago` } as const)
    : ({ level: "bad", text: `${violations} violated. Pause the sale and run “doorbuster verify”` } as const)
}

function database({ database: { split_brain, lost_changes, replication } }: Live) {
  if (split_brain)
    return {
      level: "bad",
      text: "Two database servers take writes, or changes are missing. Look for “history” in the log",
    } as const
  if (lost_changes > 0)
    return { level: "bad", text: `A failover lost ${lost_changes} changes. Run “doorbuster verify”` } as const
  if (replication === "waiting")
    return { level: "bad", text: "The synchronous standby is away: nothing can be sold" } as const
  if (replication === "asynchronous")
    return { level: "warn", text: "Asynchronous standby: a failover loses the last changes" } as const
  return {
    level: "good",
    text: replication === "synchronous" ? "Synchronous standby" : "Nothing missing",
  } as const
}

interface HealthItemProps {
  readonly name: string
  readonly level: Level
  readonly text: ComponentChildren
}

function HealthItem({ name, level, text }: HealthItemProps) {
  return (
    <li class={`health-item ${level}`}>
      <span class="health-lamp" aria-hidden="true" />
      <span class="health-name">{name}</span>
      <span class="tabular">{text}</span>
    </li>
  )
}
