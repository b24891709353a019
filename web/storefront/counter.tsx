import type { ComponentChildren } from "preact"
import type { Product } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import type { Desk } from "./desk.ts"
import { HoldForm } from "./hold-form.tsx"
import { HoldTicket } from "./hold-ticket.tsx"
import { Headline, NoticeLine, Offline } from "./messages.tsx"
import { StockStrip } from "./stock-strip.tsx"
import { clockText, countdownText, durationOf, momentText } from "../shared/dates.ts"

interface CounterProps {
  readonly product: Product
  readonly desk: Desk
}

/** Where the buyer stands with a product, and what can be done now. */
export function Counter({ product, desk }: CounterProps) {
  const { stage, notice, orderId, isOffline } = desk.view.value
  return (
    <section class={`counter ${stage.kind}`} aria-label="Buy">
      <Headline stage={stage} currency={product.currency} paysHere={true} />
      {stage.kind === "held" ? (
        <HoldTicket stage={stage} product={product} desk={desk} />
      ) : (
        <>
          <Figure stage={stage} product={product} zone={desk.zone.value} />
          {stage.kind !== "scheduled" && <StockStrip product={product} />}
          {(stage.kind === "on_sale" || stage.kind === "asking") && (
            <HoldForm product={product} desk={desk} />
          )}
        </>
      )}
      <NoticeLine notice={notice} orderId={orderId} />
      <Offline isOffline={isOffline} />
    </section>
  )
}

interface FigureProps {
  readonly stage: Stage
  readonly product: Product
  readonly zone: string | null
}

/** The number that counts: until it opens the time, then the units. */
function Figure({ stage, product, zone }: FigureProps) {
  switch (stage.kind) {
    case "scheduled":
      return (
        <BigFigure label={`until ${momentText(stage.opensAt, zone)}`}>
          <time role="timer" dateTime={durationOf(stage.leftSeconds)}>
            {countdownText(stage.leftSeconds)}
          </time>
        </BigFigure>
      )
    case "all_held": {
      const from =
        stage.retryAt === null || zone === null ? "" : `, from ${clockText(Date.parse(stage.retryAt), zone)}`
      return (
        <BigFigure label={`of ${product.stock} may come back${from}`}>{product.reserved_stock}</BigFigure>
      )
    }
    default:
      return <BigFigure label={`of ${product.stock} left`}>{product.available_stock}</BigFigure>
  }
}

function BigFigure(props: { readonly children: ComponentChildren; readonly label: string }) {
  return (
    <p class="figure">
      <span class="number figures">{props.children}</span> <span class="label figures">{props.label}</span>
    </p>
  )
}
