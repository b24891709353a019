import { useSignal, useSignalEffect } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { Counted } from "../../client/src/admin.ts"
import type { ShopProduct } from "../../client/src/index.ts"
import { countText } from "../shared/unit-texts.ts"
import { actionText } from "./action-texts.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { timeText, utcText } from "./dates.ts"
import { TextAboutOrder } from "./order-link.tsx"
import { Failure } from "./pager.tsx"
import { usePolling } from "./polling.ts"
import { PhaseList } from "./phase-list.tsx"
import { pricesText } from "./publication.tsx"
import { SaleActions } from "./sale-actions.tsx"
import { SaleChart } from "./sale-chart.tsx"
import { SaleFigures } from "./sale-figures.tsx"
import {
  emptyHistory,
  granted,
  ratesOf,
  wantedAfter,
  withLive,
  type History,
  type SaleEvent,
} from "./sale-history.ts"
import { SaleHealth } from "./sale-health.tsx"
import { StateBadge } from "./state-badge.tsx"
import { VariantsTable } from "./variants-table.tsx"

/** The live screen of a sale, with its actions. */
export function SaleScreen({ productId }: { readonly productId: number }) {
  const heardAt = useRef(-Infinity)
  const live = usePolling(`live ${productId}`, 1_000, async (signal) => {
    const answer = await shop.live(productId, { signal, ...wantedAfter(Date.now() - heardAt.current) })
    heardAt.current = Date.now()
    return answer
  })
  const actions = usePolling(`actions ${productId}`, 3_000, (signal) =>
    shop.actions.list({ product_id: productId, limit: 30 }, { signal }),
  )
  const history = useSignal<History>(emptyHistory)
  useSignalEffect(() => {
    const { value } = live.value
    if (value !== null) history.value = withLive(history.peek(), value)
  })
  const now = useClock()

  const current = live.value.value
  if (current === null) {
    return (
      <>
        <h1>Product {productId}</h1>
        {live.failure.value === null ? <p class="muted">Loading…</p> : <Failure text={live.failure.value} />}
      </>
    )
  }
  const { product, counters } = current
  const { samples, events } = history.value
  const done = (actions.value.value?.data ?? []).map((action) => ({
    at: Date.parse(action.created_at),
    text: actionText(action, product),
    orderId: action.order_id,
  }))
  const isDraft = product.status === "draft"
  return (
    <>
      <div class="heading">
        <h1>{product.name}</h1>
        <StateBadge state={product.sale_state} isPaused={current.paused} status={product.status} />
      </div>
      <p class="muted small tabular">
        {priceText(product)} per unit, hold time {product.hold_ttl_seconds} s. In your time: opens{" "}
        <DateTime at={product.opens_at} none={isDraft ? "when it is put on sale" : "immediately"} />, closes{" "}
        <DateTime at={product.closes_at} none="never" />. Server time: <DateTime at={current.server_time} /> (
        {utcText(current.server_time)}).
      </p>
      <PhaseList product={product} />
      <SaleHealth
        live={current}
        silentSeconds={(now - (live.readAt.value ?? now)) / 1_000}
        failure={live.failure.value}
      />
      <dl class="units tabular">
        <Units name="available" count={product.available_stock} of={product.stock} />
        <Units name="held" count={product.reserved_stock} of={product.stock} />
        <Units name="sold" count={product.sold_stock} of={product.stock} />
      </dl>
      <SaleFigures figures={current.figures} />
      <SaleActions product={product} isPaused={current.paused} done={live.refresh} />
      {product.variants !== undefined && (
        <VariantsTable live={current} variants={product.variants} done={live.refresh} />
      )}
      <SaleChart samples={samples} />
      <div class="columns">
        <Rates rates={ratesOf(samples)} processes={counters.processes} />
        <Feed events={[...events, ...done].sort((one, other) => other.at - one.at)} />
      </div>
    </>
  )
}

/** The price of a product; of one with variants, the lowest and the highest. */
function priceText({ variants, price_minor, currency }: ShopProduct): string {
  return pricesText(variants?.map((variant) => variant.price_minor) ?? [price_minor], currency)
}

interface UnitsProps {
  readonly name: string
  readonly count: number
  readonly of: number
}

function Units({ name, count, of }: UnitsProps) {
  return (
    <div class={`unit ${name}`}>
      <dt>{name}</dt>
      <dd>
        {countText(count)}
        <span class="muted small"> of {countText(of)}</span>
      </dd>
    </div>
  )
}

interface RatesProps {
  readonly rates: readonly Counted[]
  readonly processes: number
}

function Rates({ rates, processes }: RatesProps) {
  const rows = [...rates].sort(
    (one, other) =>
      Number(granted.has(other.result)) - Number(granted.has(one.result)) || other.count - one.count,
  )
  return (
    <section aria-labelledby="rates">
      <h2 id="rates">Holds per second</h2>
      <table class="tabular">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col" class="number">
              Per second
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ result, count }) => (
            <tr key={result}>
              <th scope="row">{granted.has(result) ? result : `refused: ${result}`}</th>
              <td class="number">{count.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="muted">No requests since this page was opened.</p>}
      <p class="muted small">
        Average of the last five seconds, of this server
        {processes === 1 ? "" : ` with its ${processes} processes`}. Servers on other hosts are not included.
      </p>
    </section>
  )
}

function Feed({ events }: { readonly events: readonly SaleEvent[] }) {
  return (
    <section aria-labelledby="feed">
      <h2 id="feed">Events</h2>
      <ol class="feed tabular" tabindex={0} aria-labelledby="feed">
        {events.map(({ at, since, text, orderId = null }) => (
          <li key={`${at} ${text}`}>
            {since !== undefined && <span class="muted">{timeText(since)} to </span>}
            <time class="muted" datetime={new Date(at).toISOString()} title={utcText(at)}>
              {timeText(at)}
            </time>{" "}
            <TextAboutOrder text={text} id={orderId} />
          </li>
        ))}
      </ol>
      {events.length === 0 && <p class="muted">No events yet.</p>}
    </section>
  )
}

/** The local time, updated every second, so that the page notices missing answers. */
function useClock(): number {
  const now = useSignal(Date.now())
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now.value
}
