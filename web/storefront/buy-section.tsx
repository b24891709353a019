import type { ComponentChildren } from "preact"
import type { Product } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { HoldForm } from "./hold-form.tsx"
import { AskedAction } from "./asked-action.tsx"
import { asksMailbox } from "./asked-customer.ts"
import { MailboxForm } from "./mailbox-part.tsx"
import { HeldUnits } from "./held-units.tsx"
import { Headline, NoticeLine, Offline } from "./messages.tsx"
import { leftText } from "./texts.ts"
import { AccessField } from "./access-field.tsx"
import { openingLabel } from "./access-texts.ts"
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
  const { stage, notice, orderId, pending, isOffline } = model.view.value
  const form = stage.kind === "held" ? null : formOf(stage, product, model)
  return (
    <section class={`status-panel ${stage.kind}`} aria-label={words.buy}>
      <div class="step">
        <Headline stage={stage} currency={product.currency} paysHere={true} />
        {stage.kind === "held" ? (
          <HeldUnits stage={stage} product={product} model={model} />
        ) : (
          <>
            <Figure stage={stage} product={product} zone={model.zone.value} />
            {stage.kind !== "scheduled" && <StockBar product={product} />}
            <Mailbox stage={stage} product={product} model={model} />
            <AccessField product={product} model={model} />
            {form}
            {form === null && <NoticeLine notice={notice} orderId={orderId} />}
          </>
        )}
      </div>
      {stage.kind === "held" && (
        <AskedAction
          label={words.cancelReservation}
          question={words.askCancelReservation}
          yes={words.yesCancelReservation}
          isBusy={pending !== null}
          onYes={() => model.actions.release()}
        />
      )}
      <Offline isOffline={isOffline} />
    </section>
  )
}

/** Where the buyer confirms a mailbox: before the sale opens too, so that nobody has to do it in the second of buying. */
export function Mailbox({ stage, product, model }: BuySectionProps & { readonly stage: Stage }) {
  if (!asksMailbox(product) || stage.kind === "over" || stage.kind === "sold_out") return null
  return <MailboxForm model={model} />
}

/** Without variants there is nothing to choose before units are available. */
export function formOf(stage: Stage, product: Product, model: PageModel) {
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
  const language = useLanguage()
  const { words, count, clock, countdown } = language
  switch (stage.kind) {
    case "scheduled":
      return (
        <BigFigure label={openingLabel(language, stage, zone)}>
          <time role="timer" dateTime={durationOf(stage.leftSeconds)}>
            {countdown(stage.leftSeconds)}
          </time>
        </BigFigure>
      )
    case "all_held": {
      const { stock, reserved_stock } = product
      if (stock === undefined || reserved_stock === undefined) return null
      const label =
        stage.retryAt === null || zone === null
          ? words.ofReserved(stock)
          : words.ofReservedUntil(stock, clock(Date.parse(stage.retryAt), zone))
      return (
        <BigFigure label={label} kind="stock">
          {count(reserved_stock)}
        </BigFigure>
      )
    }
    default: {
      const { stock, available_stock } = product
      if (stock === undefined || available_stock === undefined)
        return <ShownLevel stage={stage} product={product} />
      return (
        <BigFigure label={words.ofLeft(stock)} kind="stock">
          {count(available_stock)}
        </BigFigure>
      )
    }
  }
}

/** In the place of the units, where the shop does not show how many there are. The headline says it if there are none. */
function ShownLevel({ stage, product }: Pick<FigureProps, "stage" | "product">) {
  const { words } = useLanguage()
  if ((stage.kind !== "on_sale" && stage.kind !== "reserving") || product.stock_level === "none") return null
  return <p class="main-number">{leftText(words, product)}</p>
}

interface BigFigureProps {
  readonly children: ComponentChildren
  readonly label: string
  /** A stock is smaller than a time that runs out, and than the price. */
  readonly kind?: "stock"
}

function BigFigure(props: BigFigureProps) {
  return (
    <p class="main-number">
      <span class={props.kind === "stock" ? "number stock tabular" : "number tabular"}>{props.children}</span>{" "}
      <span class="label tabular">{props.label}</span>
    </p>
  )
}
