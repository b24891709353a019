import type { ComponentChildren } from "preact"
import { countdownText, durationOf } from "../shared/dates.ts"

interface UnitsSummaryProps {
  readonly name: string
  readonly quantity: number
  readonly total: string
  /** The second part, below the line; null: none. */
  readonly children: ComponentChildren
}

/** Shows quantity, product and total in the shape of a ticket. */
export function UnitsSummary({ name, quantity, total, children }: UnitsSummaryProps) {
  return (
    <div class="ticket">
      <div class="ticket-body">
        <p class="ticket-name">
          <span class="tabular">{quantity} ×</span> {name}
        </p>
        <p class="ticket-total tabular">{total}</p>
      </div>
      {children !== null && <div class="ticket-stub">{children}</div>}
    </div>
  )
}

interface CountdownProps {
  readonly leftSeconds: number | null
  /** The full time, for the bar; null: no bar. */
  readonly wholeSeconds: number | null
  readonly label: string
}

/** A countdown. Screen readers read it on request, not each second. */
export function Countdown({ leftSeconds, wholeSeconds, label }: CountdownProps) {
  return (
    <>
      <p class="main-number">
        <time class="number tabular" role="timer" dateTime={durationOf(leftSeconds)}>
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
