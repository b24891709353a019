import type { Order, Product } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import { AfterPaying } from "./after-paying.tsx"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { Headline, NoticeLine, Offline } from "./messages.tsx"
import { OrderDetails } from "./details-part.tsx"
import { OrderActions } from "./order-actions.tsx"
import { OtherDevice } from "./other-device.tsx"
import { Countdown, UnitsSummary } from "./units-summary.tsx"
import { namesOfVariant } from "./option-choice.ts"

interface OrderPageProps {
  readonly orderId: number
  readonly support: string | null
  /** Whether the shop can mail the links of orders. */
  readonly hasMail: boolean
  readonly model: PageModel
}

/** An order, with its payment. */
export function OrderPage({ orderId, support, hasMail, model }: OrderPageProps) {
  const { words } = useLanguage()
  const { stage, notice, isOffline } = model.view.value
  const order = model.order.value
  const product = model.product.value
  const wayBack = model.wayBack.value
  const isLoaded = order !== null && typeof order === "object"
  return (
    <main class="narrow order">
      {wayBack !== null && (
        <p class="way-back">
          <a href={wayBack}>{words.backTo(new URL(wayBack).host)}</a>
        </p>
      )}
      <h1 class="tabular">{words.order(orderId)}</h1>
      <section class={`status-panel ${stage.kind}`} aria-label={words.order(orderId)}>
        <div class="order-goods">
          <Headline stage={stage} currency={isLoaded ? order.currency : "EUR"} paysHere={model.paysHere} />
          {isLoaded && (
            <OrderSummary order={order} product={model.product.value} stage={stage} zone={model.zone.value} />
          )}
          {isLoaded && order.reference !== undefined && (
            <p class="order-reference">
              {words.reference} <bdi>{order.reference}</bdi>
            </p>
          )}
        </div>
        {isLoaded && (
          <div class="order-actions">
            <AfterPaying order={order} stage={stage} support={support} />
            <OrderActions order={order} stage={stage} model={model} />
          </div>
        )}
        {(stage.kind === "order_missing" || stage.kind === "wrong_link") && (
          <p>{hasMail ? <a href="/find">{words.findByEmail}</a> : words.found.no_mail}</p>
        )}
        {!isLoaded && <NoticeLine notice={notice} />}
        <Offline isOffline={isOffline} />
        <noscript>
          <p class="notice">{words.orderNeedsScripts}</p>
        </noscript>
      </section>
      {isLoaded && product !== null && order.details !== undefined && stage.kind !== "needs_details" && (
        <OrderDetails order={order} product={product} model={model} canChange={stage.kind === "to_pay"} />
      )}
      {isLoaded && model.orderLink.value !== null && <OtherDevice link={model.orderLink.value} />}
    </main>
  )
}

interface TimeLineProps {
  readonly order: Order
  readonly stage: Stage
  readonly zone: string | null
}

/** The time left to pay, or the time of the payment; null: neither is of interest. */
function timeLineOf({ order, stage, zone, language }: TimeLineProps & { readonly language: Language }) {
  const { words, date } = language
  if (stage.kind === "to_pay" || stage.kind === "needs_details") {
    return <Countdown leftSeconds={stage.leftSeconds} wholeSeconds={null} label={words.leftToPay} />
  }
  if (order.paid_at === null) return null
  return (
    <p class="tabular">
      {words.paidAt} <time dateTime={order.paid_at}>{date(order.paid_at, zone)}</time>
    </p>
  )
}

interface OrderSummaryProps extends TimeLineProps {
  readonly product: Product | null
}

function OrderSummary({ order, product, stage, zone }: OrderSummaryProps) {
  const language = useLanguage()
  const { words, price } = language
  return (
    <UnitsSummary
      name={product?.name ?? words.product(order.product_id)}
      quantity={order.quantity}
      total={price(order.total_minor, order.currency)}
      lines={order.lines?.map(({ variant_id, quantity, total_minor }) => ({
        id: variant_id,
        ...namesOfVariant(words, product, variant_id),
        quantity,
        price: price(total_minor, order.currency),
      }))}
    >
      {timeLineOf({ order, stage, zone, language })}
      {order.refunded_minor !== undefined && (
        <p class="tabular">{words.refundedAmount(price(order.refunded_minor, order.currency))}</p>
      )}
    </UnitsSummary>
  )
}
