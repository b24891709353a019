import type { ComponentChildren } from "preact"
import { durationOf } from "../shared/dates.ts"
import { useLanguage } from "./page-language.ts"

interface SummaryLine {
  readonly id: number
  /** Empty where the options say the same. */
  readonly name: string
  /** By name: `Colour: Black · Size: M`. Absent: only the name is shown. */
  readonly options?: string | undefined
  readonly quantity: number
  readonly price: string
}

interface UnitsSummaryProps {
  readonly name: string
  readonly quantity: number
  readonly total: string
  /** Of a product with variants: the units of each, with their price. */
  readonly lines?: readonly SummaryLine[] | undefined
  /** The second part, below the line; null: none. */
  readonly children: ComponentChildren
}

/** Shows quantity, product and total in the shape of a ticket. */
export function UnitsSummary({ name, quantity, total, lines, children }: UnitsSummaryProps) {
  return (
    <div class="ticket">
      <div class="ticket-body">
        {lines === undefined || lines.length < 2 ? (
          <p class="ticket-name">
            <span class="tabular">{quantity} ×</span> {listed(name, lines?.[0]?.name)}
            {lines?.[0]?.options !== undefined && <span class="ticket-options">{lines[0].options}</span>}
          </p>
        ) : (
          <Lines name={name} lines={lines} />
        )}
        <p class="ticket-total tabular">{total}</p>
      </div>
      {children !== null && <div class="ticket-stub">{children}</div>}
    </div>
  )
}

function listed(...texts: readonly (string | undefined)[]): string {
  return texts.filter(Boolean).join(", ")
}

function Lines({ name, lines }: { readonly name: string; readonly lines: readonly SummaryLine[] }) {
  const { words } = useLanguage()
  return (
    <>
      <p class="ticket-name">{name}</p>
      <ul class="ticket-lines">
        {lines.map((line) => (
          <li key={line.id}>
            <span>
              <span class="tabular">{line.quantity} ×</span> {listed(line.name, line.options)}
            </span>
            <span class="tabular">{line.price}</span>
          </li>
        ))}
      </ul>
      <p>{words.total}</p>
    </>
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
  const { countdown } = useLanguage()
  return (
    <>
      <p class="main-number">
        <time class="number tabular" role="timer" dateTime={durationOf(leftSeconds)}>
          {countdown(leftSeconds)}
        </time>{" "}
        <span class="label">{label}</span>
      </p>
      {wholeSeconds !== null && (
        <progress aria-hidden="true" max={wholeSeconds} value={leftSeconds ?? wholeSeconds} />
      )}
    </>
  )
}
