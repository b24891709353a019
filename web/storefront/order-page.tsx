import type { Order, Product } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { Headline, NoticeLine, Offline } from "./messages.tsx"
import { OrderDetails, OrderDetailsForm } from "./details-part.tsx"
import { OtherDevice } from "./other-device.tsx"
import { Countdown, UnitsSummary } from "./units-summary.tsx"
import { nextStepOf } from "./texts.ts"
import { variantName } from "./variant-choice.ts"

interface OrderPageProps {
  readonly orderId: number
  readonly paysHere: boolean
  readonly model: PageModel
}

/** An order, with its payment. */
export function OrderPage({ orderId, paysHere, model }: OrderPageProps) {
  const language = useLanguage()
  const { words } = language
  const { stage, notice, isOffline } = model.view.value
  const order = model.order.value
  const product = model.product.value
  const isLoaded = order !== null && typeof order === "object"
  const nextStep = isLoaded ? nextStepOf(language, stage, order) : null
  return (
    <main class="narrow">
      <h1 class="tabular">{words.order(orderId)}</h1>
      <section class={`status-panel ${stage.kind}`} aria-label={words.order(orderId)}>
        <Headline stage={stage} currency={isLoaded ? order.currency : "EUR"} paysHere={paysHere} />
        {isLoaded && (
          <>
            <OrderSummary order={order} product={model.product.value} stage={stage} zone={model.zone.value} />
            {order.reference !== undefined && (
              <p class="order-reference">
                {words.reference} <bdi>{order.reference}</bdi>
              </p>
            )}
            {nextStep !== null && <p>{nextStep}</p>}
            <OrderActions order={order} paysHere={paysHere} stage={stage} model={model} />
          </>
        )}
        {(stage.kind === "order_missing" || stage.kind === "wrong_link") && (
          <p>
            <a href="/find">{words.findByEmail}</a>
          </p>
        )}
        <NoticeLine notice={notice} />
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
  if (stage.kind === "to_pay" || stage.kind === "needs_details" || stage.kind === "payment_under_way") {
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
        name: variantName(words, product, variant_id),
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

interface OrderActionsProps {
  readonly order: Order
  readonly stage: Stage
  readonly paysHere: boolean
  readonly model: PageModel
}

function payLabel(words: Language["words"], isPaying: boolean, isFormShown: boolean): string {
  if (!isPaying) return words.pay
  return isFormShown ? words.paying : words.openingPayment
}

function CancelButton({ model }: { readonly model: PageModel }) {
  const { words } = useLanguage()
  return (
    <button
      class="button"
      type="button"
      aria-disabled={model.view.value.pending !== null}
      onClick={() => model.actions.cancel()}
    >
      {words.cancelOrder}
    </button>
  )
}

/** The actions that the order allows now. */
function OrderActions({ order, stage, paysHere, model }: OrderActionsProps) {
  const { words, price } = useLanguage()
  const { pending } = model.view.value
  const isBusy = pending !== null
  const form = model.paymentForm.value
  const product = model.product.value
  switch (stage.kind) {
    case "needs_details":
      return product === null ? null : (
        <OrderDetailsForm order={order} product={product} model={model}>
          <button class="button primary" type="submit" aria-disabled={isBusy}>
            {pending?.action === "save" ? words.form.saving : words.form.saveDetails}
          </button>
          <CancelButton model={model} />
        </OrderDetailsForm>
      )
    case "to_pay":
      return (
        <>
          {form !== null && <div class="payment-form" ref={form.mount} />}
          <div class="actions">
            {paysHere && (
              <button
                class="button primary"
                type="button"
                aria-disabled={isBusy}
                onClick={() => model.actions.pay()}
              >
                {payLabel(words, pending?.action === "pay", form !== null)}
                <span class="tabular">{price(order.total_minor, order.currency)}</span>
              </button>
            )}
            <CancelButton model={model} />
          </div>
        </>
      )
    case "declined":
    case "cancelled":
    case "order_expired":
    case "money_returning":
    case "money_returned":
      return (
        <div class="actions">
          <a class="button primary" href={`/p/${order.product_id}`}>
            {words.backToProduct}
          </a>
        </div>
      )
    default:
      return null
  }
}
