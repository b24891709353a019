import type { ComponentChildren } from "preact"
import { countdownText, durationOf } from "../shared/dates.ts"

interface UnitsSummaryProps {
  readonly name: string
  readonly quantity: number
  readonly total: string
  /** What stands on the part that is torn off; null: it is. */
  readonly children: ComponentChildren
}

/** What the buyer has: so many of that, for so much. */
export function UnitsSummary({ name, quantity, total, children }: UnitsSummaryProps) {
  return (
    <div class="ticket">
      <div class="ticket-body">
        <p class="ticket-name">
          <span class="figures">{quantity} ×</span> {name}
        </p>
        <p class="ticket-total figures">{total}</p>
      </div>
      {children !== null && <div class="ticket-stub">{children}</div>}
    </div>
  )
}

interface CountdownProps {
  readonly leftSeconds: number | null
  /** Of which these are what is left; null: no bar. */
  readonly wholeSeconds: number | null
  readonly label: string
}

/** Time that runs out. It is read aloud on request, not each second. */
export function Countdown({ leftSeconds, wholeSeconds, label }: CountdownProps) {
  return (
    <>
      <p class="figure">
        <time class="number figures" role="timer" dateTime={durationOf(leftSeconds)}>
          {countdownText(leftSeconds)}
        </time>{" "}
        <span class="label">{label}</span>
      </p>
      {wholeSeconds !== null && (
        <progress aria-hidden="true" max={wholeSeconds} value={leftSeconds ?? wholeSeconds} />
      )}
    </>
  )
}
