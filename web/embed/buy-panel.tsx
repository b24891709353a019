import { computed, type ReadonlySignal } from "@preact/signals"
import { useContext, useMemo } from "preact/hooks"
import type { Order, Product } from "../../client/src/index.ts"
import { AccessField } from "../storefront/access-field.tsx"
import { Announcer } from "../storefront/announcer.tsx"
import { AskedAction } from "../storefront/asked-action.tsx"
import { Figure, formOf, Mailbox } from "../storefront/buy-section.tsx"
import { whatBuyerSees, type Stage } from "../storefront/buyer-view.ts"
import { Headline, NoticeLine, Offline } from "../storefront/messages.tsx"
import { OrderAddress } from "../storefront/order-address.ts"
import { useLanguage } from "../storefront/page-language.ts"
import type { PageModel } from "../storefront/page-model.ts"
import { namesOfVariant, variantsLeft } from "../storefront/option-choice.ts"
import { headlineOf, priceText } from "../storefront/texts.ts"
import { Countdown, UnitsSummary } from "../storefront/units-summary.tsx"

interface BuyPanelProps {
  readonly model: PageModel
  /** The order that was made from the hold; null: none. */
  readonly order: ReadonlySignal<Order | null>
  /** Goes on from the hold to the order. */
  readonly onCheckout: () => void
}

/** The storefront's panel of a product, without what surrounds it on its own page. */
export function BuyPanel({ model: whole, order, onCheckout }: BuyPanelProps) {
  const language = useLanguage()
  const model = useMemo(() => ({ ...whole, view: withoutOrdered(whole.view, order) }), [whole, order])
  const product = model.product.value
  if (product === null) return null
  const { stage, notice, isOffline } = model.view.value
  const picked = variantsLeft(model.offered.value, model.picks.value)
  // A form shows the notices itself.
  const form = stage.kind === "held" ? null : formOf(stage, product, model)
  return (
    <div class={`panel status-panel ${stage.kind}`} role="group" aria-label={product.name}>
      <div class="product-heading">
        <p class="product-name">
          <bdi>{product.name}</bdi>
        </p>
        <p class="price tabular">{priceText(language, product, picked)}</p>
      </div>
      <Headline stage={stage} currency={product.currency} paysHere={true} />
      {stage.kind === "held" ? (
        <Held stage={stage} product={product} model={model} onCheckout={onCheckout} />
      ) : (
        <>
          <Figure stage={stage} product={product} zone={model.zone.value} />
          <Mailbox stage={stage} product={product} model={model} />
          <AccessField product={product} model={model} />
          {form}
        </>
      )}
      {form === null && <NoticeLine notice={notice} />}
      <OrderLine order={order.value} />
      <Offline isOffline={isOffline} />
      <Announcer model={model} />
    </div>
  )
}

/** The line of the order says more than the notice that there is one. */
function withoutOrdered(view: PageModel["view"], order: BuyPanelProps["order"]): PageModel["view"] {
  return computed(() => {
    const isSaid = view.value.notice?.code === "ordered" && order.value !== null
    return isSaid ? { ...view.value, notice: null } : view.value
  })
}

interface HeldProps {
  readonly stage: Extract<Stage, { kind: "held" }>
  readonly product: Product
  readonly model: PageModel
  readonly onCheckout: () => void
}

/** The reserved units with the time that is left. What the product asks of its buyers, the order's page asks for. */
function Held({ stage, product, model, onCheckout }: HeldProps) {
  const { words, price } = useLanguage()
  const { pending } = model.view.value
  return (
    <>
      <UnitsSummary
        name={product.name}
        quantity={stage.qty}
        total={price(stage.totalMinor, product.currency)}
        lines={stage.lines?.map(({ variant_id, qty, unit_price_minor }) => ({
          id: variant_id,
          ...namesOfVariant(words, product, variant_id),
          quantity: qty,
          price: price(unit_price_minor * qty, product.currency),
        }))}
      >
        <Countdown
          leftSeconds={stage.leftSeconds}
          wholeSeconds={stage.wholeSeconds}
          label={words.leftToCheckOut}
        />
      </UnitsSummary>
      <div class="actions">
        <button class="button primary" type="button" aria-disabled={pending !== null} onClick={onCheckout}>
          {pending?.action === "order" ? words.checkingOut : words.checkOut}
        </button>
      </div>
      <AskedAction
        label={words.cancelReservation}
        question={words.askCancelReservation}
        yes={words.yesCancelReservation}
        isBusy={pending !== null}
        onYes={() => model.actions.release()}
      />
    </>
  )
}

/** The buyer's last order of the product: its state, and the way to its page. */
function OrderLine({ order }: { readonly order: Order | null }) {
  const language = useLanguage()
  const linkOf = useContext(OrderAddress)
  if (order === null) return null
  const { stage } = whatBuyerSees({ ...nothingKnown, order })
  return (
    <p class="notice order" role="status">
      {headlineOf(language, stage)}
      {" · "}
      <a href={linkOf(order.order_id)} rel="noreferrer">
        {language.words.goToOrder(order.order_id)}
      </a>
    </p>
  )
}

const nothingKnown = {
  product: null,
  hold: null,
  heldPriceMinor: null,
  askedMinor: null,
  heldOrderId: null,
  payment: null,
  nowMs: null,
  connection: "live",
  pending: null,
  refusal: null,
} as const
