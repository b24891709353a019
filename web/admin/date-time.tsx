import type { Time } from "../../client/src/index.ts"
import { localText, utcText } from "./dates.ts"

export interface DateTimeProps {
  readonly at: Time | null
  /** Shown instead of a missing time. */
  readonly none?: string
}

/** A time in the operator's time zone. The tooltip shows it in UTC, as the logs do. */
export function DateTime({ at, none = "none" }: DateTimeProps) {
  if (at === null) return <span class="muted">{none}</span>
  return (
    <time datetime={at} title={utcText(at)}>
      {localText(at)}
    </time>
  )
}
