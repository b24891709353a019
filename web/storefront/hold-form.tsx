import { useSignal } from "@preact/signals"
import { useLayoutEffect } from "preact/hooks"
import type { Product } from "../../client/src/index.ts"
import { durationText } from "./texts.ts"
import { storage } from "./browser-storage.ts"
import { asksCustomer, asksMailbox, lacksToken } from "./asked-customer.ts"
import { CustomerField, customerIdIn } from "./customer-field.tsx"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { MainAction } from "./main-action.tsx"
import { NoticeLine } from "./messages.tsx"
import { Stepper } from "./stepper.tsx"

interface HoldFormProps {
  readonly product: Product
  readonly model: PageModel
}

/** The quantity, the customer id where the product has a limit per customer, and the button. */
export function HoldForm({ product, model }: HoldFormProps) {
  const { words, price } = useLanguage()
  const { stage, pending, notice, orderId } = model.view.value
  const chosen = useSignal(model.firstQty)
  const most = stage.kind === "on_sale" ? stage.mostUnits : chosen.value
  const qty = Math.min(chosen.value, most)
  const isInactive = model.zone.value === null

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (isInactive || pending !== null || !(event.currentTarget instanceof HTMLFormElement)) return
    model.actions.hold({ qty }, customerIdIn(event.currentTarget))
  }

  return (
    <form class="hold-form" onSubmit={submit}>
      {asksCustomer(product, model.customerToken.value) && (
        <CustomerField customerId={model.customerId.value} isMissing={notice?.code === "customer_required"} />
      )}
      {(product.max_per_hold ?? 2) > 1 && (
        <Stepper
          qty={qty}
          least={pending === null ? 1 : qty}
          most={pending === null ? most : qty}
          of={null}
          onChange={(next) => (chosen.value = next)}
        />
      )}
      <BrowserLimits />
      <TokenLine product={product} model={model} />
      <MainAction
        notice={<NoticeLine notice={notice} orderId={orderId} />}
        hint={reserveHint(words, product, model.paysHere)}
      >
        <button class="button primary" type="submit" disabled={isInactive} aria-disabled={pending !== null}>
          {reserveText(words, pending !== null, notice?.code)}
          <span class="tabular">{price(product.price_minor * qty, product.currency)}</span>
        </button>
      </MainAction>
    </form>
  )
}

/** The text of the button that reserves. */
export function reserveText(
  words: Language["words"],
  isPending: boolean,
  notice: string | undefined,
): string {
  if (isPending) return words.reserving
  return notice === "no_answer" || notice === "crowd" ? words.tryAgain : words.reserve
}

/** How long the units are reserved, and when they are paid. */
export function reserveHint(words: Language["words"], product: Product, paysHere: boolean): string {
  const duration = durationText(words, product.hold_ttl_seconds)
  return paysHere ? words.reservesFor(duration) : words.reservesWithoutPaying(duration)
}

/** Says where to sign in, of a product that is sold to customers of the shop. Not before it is known whether this buyer is one. */
export function TokenLine({ product, model }: HoldFormProps) {
  const { words } = useLanguage()
  const isUnknown = model.zone.value === null
  const token = model.customerToken.value
  if (isUnknown) return null
  if (asksMailbox(product) && token === null && model.view.value.notice?.code !== "mailbox_required")
    return <p class="notice">{words.notices.mailbox_required}</p>
  if (!lacksToken(product, token)) return null
  // The refusal says the same.
  if (model.view.value.notice?.code === "customer_token_required") return null
  return <p class="notice">{words.notices.customer_token_required}</p>
}

/** Says why the button does nothing without scripts, and what a reload costs where nothing is stored. */
export function BrowserLimits() {
  const { words } = useLanguage()
  const isKept = useSignal(true)
  useLayoutEffect(() => {
    isKept.value = storage.isKept()
  }, [])
  return (
    <>
      {!isKept.value && <p class="notice">{words.storesNothing}</p>}
      <noscript>
        <p class="notice">{words.reservingNeedsScripts}</p>
      </noscript>
    </>
  )
}
