import type { Revenue, SaleFigures as Figures } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { countText, unitsOf } from "../shared/unit-texts.ts"
import { timeText } from "./dates.ts"

/** What a sale has brought, and how many holds became paid orders. Null: it is not counted yet. */
export function SaleFigures({ figures }: { readonly figures: Figures | null }) {
  const [revenue, ...others] = figures?.revenue ?? []
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">Revenue and conversion</h2>
      {figures === null || revenue === undefined ? (
        <p class="muted">
          Not counted yet. On a large database counting takes a while; the log says if it fails.
        </p>
      ) : (
        <>
          <dl class="figures tabular">
            <Figure
              name="Revenue"
              value={priceOf(netOf(revenue), revenue.currency)}
              lines={takenOff(revenue)}
            />
            <Figure
              name="Holds made"
              value={countText(figures.holds.count)}
              lines={[
                unitsOf(figures.holds.units),
                figures.holds.complete ? null : "More were made: old holds that ended have been removed",
              ]}
            />
            <Figure
              name="Orders made"
              value={countText(figures.orders.count)}
              lines={[
                unitsOf(figures.orders.units),
                figures.holds.complete ? shareText(figures.orders.count, figures.holds.count, "holds") : null,
              ]}
            />
            <Figure
              name="Orders paid"
              value={countText(figures.paid.count)}
              lines={[
                unitsOf(figures.paid.units),
                shareText(figures.paid.count, figures.orders.count, "orders"),
                figures.holds.complete ? shareText(figures.paid.count, figures.holds.count, "holds") : null,
              ]}
            />
          </dl>
          {others.map((other) => (
            <p key={other.currency} class="small">
              Not in the revenue: {ordersText(other.paid_orders)} paid in {other.currency},{" "}
              {priceOf(netOf(other), other.currency)}. The currency of the product was changed.
            </p>
          ))}
          <p class="muted small">
            Of the whole sale, counted at {timeText(figures.counted_at)}. Refunded orders still count as paid.
          </p>
        </>
      )}
    </section>
  )
}

/** What the shop keeps, as far as is known. */
function netOf({ gross_minor, refunded_minor, disputed_minor }: Revenue): number {
  return gross_minor - refunded_minor - disputed_minor
}

function takenOff({ currency, gross_minor, refunded_minor, disputed_minor }: Revenue) {
  return [
    `${priceOf(gross_minor, currency)} paid`,
    refunded_minor === 0 ? null : `${priceOf(refunded_minor, currency)} refunded`,
    disputed_minor === 0 ? null : `${priceOf(disputed_minor, currency)} disputed`,
  ]
}

/** `80.6 % of holds`; null: there is nothing to compare with. */
function shareText(part: number, whole: number, of: string): string | null {
  return whole === 0 ? null : `${((part / whole) * 100).toFixed(1)} % of ${of}`
}

function ordersText(count: number): string {
  return count === 1 ? "1 order" : `${countText(count)} orders`
}

interface FigureProps {
  readonly name: string
  readonly value: string
  /** Shown below the value; null: left out. */
  readonly lines: readonly (string | null)[]
}

function Figure({ name, value, lines }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value">{value}</dd>
      {lines
        .filter((line) => line !== null)
        .map((line) => (
          <dd key={line} class="muted small">
            {line}
          </dd>
        ))}
    </div>
  )
}
