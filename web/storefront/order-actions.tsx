import type { Order } from "../../client/src/index.ts"
import { AskedAction } from "./asked-action.tsx"
import { storage } from "./browser-storage.ts"
import type { Stage } from "./buyer-view.ts"
import { OrderDetailsForm } from "./details-part.tsx"
import { useIsAwake } from "./is-awake.ts"
import { MainAction } from "./main-action.tsx"
import { NoticeLine } from "./messages.tsx"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"

interface OrderActionsProps {
  readonly order: Order
  readonly stage: Stage
  readonly model: PageModel
}

/** The actions that the order allows now. */
export function OrderActions({ order, stage, model }: OrderActionsProps) {
  const { words } = useLanguage()
  const { pending, notice } = model.view.value
  const product = model.product.value
  const noticeLine = <NoticeLine notice={notice} />
  switch (stage.kind) {
    case "needs_details":
      if (notice?.code === "details_erased" || storage.order(order.order_id)?.isErased === true) {
        return (
          <>
            <p class="notice">{words.notices.details_erased}</p>
            <CancelOrder model={model} />
          </>
        )
      }
      return product === null ? null : (
        <>
          <OrderDetailsForm order={order} product={product} model={model}>
            <MainAction notice={noticeLine} hint={null}>
              <button class="button primary" type="submit" aria-disabled={pending !== null}>
                {pending?.action === "save" ? words.form.saving : words.form.saveDetails}
              </button>
            </MainAction>
          </OrderDetailsForm>
          <CancelOrder model={model} />
        </>
      )
    case "to_pay":
      return (
        <>
          <PaymentPlace model={model} />
          {model.paysHere ? (
            <MainAction notice={noticeLine} hint={null}>
              <PayButton order={order} model={model} />
            </MainAction>
          ) : (
            noticeLine
          )}
          <CancelOrder model={model} />
        </>
      )
    case "declined":
    case "cancelled":
    case "order_expired":
    case "money_returning":
    case "money_returned":
      return (
        <>
          {noticeLine}
          <div class="actions">
            <a class="button primary" href={model.wayBack.value ?? `/p/${order.product_id}`}>
              {words.backToProduct}
            </a>
          </div>
        </>
      )
    default:
      return noticeLine
  }
}

/** The place of the payment provider's form. It has its height before the form is there. */
function PaymentPlace({ model }: { readonly model: PageModel }) {
  const { words } = useLanguage()
  const form = model.paymentForm.value
  if (form === null) return null
  return (
    <div class="payment-place">
      {form === "loading" ? <p class="muted">{words.openingPayment}</p> : <div ref={form.mount} />}
    </div>
  )
}

function PayButton({ order, model }: Pick<OrderActionsProps, "order" | "model">) {
  const { words, price } = useLanguage()
  const { pending } = model.view.value
  const form = model.paymentForm.value
  const isActive = useIsAwake() && pending === null && form !== "loading"
  const waiting = form === null ? words.openingPayment : words.paying
  return (
    <button
      class="button primary tabular"
      type="button"
      aria-disabled={!isActive}
      onClick={() => isActive && model.actions.pay()}
    >
      {pending?.action === "pay" ? waiting : words.payNow(price(order.total_minor, order.currency))}
    </button>
  )
}

function CancelOrder({ model }: { readonly model: PageModel }) {
  const { words } = useLanguage()
  return (
    <AskedAction
      label={words.cancelOrder}
      question={words.askCancelOrder}
      yes={words.yesCancelOrder}
      isBusy={model.view.value.pending !== null}
      onYes={() => model.actions.cancel()}
    />
  )
}
