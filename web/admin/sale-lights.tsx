import type { ComponentChildren } from "preact"
import type { Live } from "../../client/src/admin.ts"
import { spanOf } from "./moments.tsx"

/** Expiry is looked after four times a second; several seconds mean that something is in its way. */
const LATE_SECONDS = 5
/** Without an answer for so long the figures are of the past. */
const SILENT_SECONDS = 5

type Mood = "good" | "warn" | "bad" | "unknown"

export interface LightsProps {
  readonly live: Live
  readonly silentSeconds: number
  readonly failure: string | null
}

/** Whether all is well: each light says so in words. */
export function SaleLights({ live, silentSeconds, failure }: LightsProps) {
  const inbox = live.money_inbox_count
  const isLate = live.expiry_lag_seconds > LATE_SECONDS
  const isSilent = silentSeconds > SILENT_SECONDS
  return (
    <ul class="lights">
      <Light name="Invariants" {...invariants(live)} />
      <Light
        name="Expiry"
        mood={isLate ? "warn" : "good"}
        text={isLate ? `${spanOf(live.expiry_lag_seconds)} late: does a worker run?` : "In time"}
      />
      <Light
        name="Money inbox"
        mood={inbox === 0 ? "good" : "warn"}
        text={<a href="/admin/money">{inbox === 0 ? "Empty" : `${inbox} to look after`}</a>}
      />
      <Light
        name="Server"
        mood={isSilent ? "bad" : "good"}
        text={isSilent ? `Silent for ${spanOf(silentSeconds)}. ${failure ?? ""}` : "Answers"}
      />
    </ul>
  )
}

function invariants({ invariants: { violations, recounted_at }, server_time }: Live) {
  if (recounted_at === null) return { mood: "unknown", text: "Not recounted here yet" } as const
  const ago = spanOf(Math.max(0, (Date.parse(server_time) - Date.parse(recounted_at)) / 1_000))
  return violations === 0
    ? ({ mood: "good", text: `All hold, recounted ${ago} ago` } as const)
    : ({ mood: "bad", text: `${violations} violated. Pause, and run “doorbuster verify”` } as const)
}

interface LightProps {
  readonly name: string
  readonly mood: Mood
  readonly text: ComponentChildren
}

function Light({ name, mood, text }: LightProps) {
  return (
    <li class={`light ${mood}`}>
      <span class="lamp" aria-hidden="true" />
      <span class="light-name">{name}</span>
      <span class="figures">{text}</span>
    </li>
  )
}
