import type { ComponentChildren } from "preact"
import type { Product } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { HoldForm } from "./hold-form.tsx"
import { HeldUnits } from "./held-units.tsx"
import { Headline, NoticeLine, Offline } from "./messages.tsx"
import { StockBar } from "./stock-bar.tsx"
import { VariantForm } from "./variant-form.tsx"
import { durationOf } from "../shared/dates.ts"

interface BuySectionProps {
  readonly product: Product
  readonly model: PageModel
}

/** The buyer's situation on a product's page, and the possible actions. */
export function BuySection({ product, model }: BuySectionProps) {
  const { words } = useLanguage()
  const { stage, notice, orderId, isOffline } = model.view.value
  return (
    <section class={`status-panel ${stage.kind}`} aria-label={words.buy}>
      <Headline stage={stage} currency={product.currency} paysHere={true} />
      {stage.kind === "held" ? (
        <HeldUnits stage={stage} product={product} model={model} />
      ) : (
        <>
          <Figure stage={stage} product={product} zone={model.zone.value} />
          {stage.kind !== "scheduled" && <StockBar product={product} />}
          <SaleForm stage={stage} product={product} model={model} />
        </>
      )}
      <NoticeLine notice={notice} orderId={orderId} />
      <Offline isOffline={isOffline} />
    </section>
  )
}

/** Without variants there is nothing to choose before units are available. */
export function SaleForm({ stage, product, model }: BuySectionProps & { readonly stage: Stage }) {
  if (product.variants !== undefined) {
    return stage.kind === "over" || stage.kind === "sold_out" ? null : (
      <VariantForm product={product} model={model} />
    )
  }
  return stage.kind === "on_sale" || stage.kind === "reserving" ? (
    <HoldForm product={product} model={model} />
  ) : null
}

interface FigureProps {
  readonly stage: Stage
  readonly product: Product
  readonly zone: string | null
}

/** The main number: the countdown until the sale opens, then the units. */
export function Figure({ stage, product, zone }: FigureProps) {
  const { words, count, date, clock, countdown } = useLanguage()
  switch (stage.kind) {
    case "scheduled":
      return (
        <BigFigure label={words.untilTime(date(stage.opensAt, zone))}>
          <time role="timer" dateTime={durationOf(stage.leftSeconds)}>
            {countdown(stage.leftSeconds)}
          </time>
        </BigFigure>
      )
    case "all_held": {
      const label =
        stage.retryAt === null || zone === null
          ? words.ofReserved(product.stock)
          : words.ofReservedUntil(product.stock, clock(Date.parse(stage.retryAt), zone))
      return <BigFigure label={label}>{count(product.reserved_stock)}</BigFigure>
    }
    default:
      return <BigFigure label={words.ofLeft(product.stock)}>{count(product.available_stock)}</BigFigure>
  }
}

function BigFigure(props: { readonly children: ComponentChildren; readonly label: string }) {
  return (
    <p class="main-number">
      <span class="number tabular">{props.children}</span> <span class="label tabular">{props.label}</span>
    </p>
  )
}
