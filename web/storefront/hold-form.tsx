import { useSignal } from "@preact/signals"
import type { Product } from "../../client/src/index.ts"
import { CustomerField, customerIdIn } from "./customer-field.tsx"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { Stepper } from "./stepper.tsx"

interface HoldFormProps {
  readonly product: Product
  readonly model: PageModel
}

/** The quantity, the customer id where the product has a limit per customer, and the button. */
export function HoldForm({ product, model }: HoldFormProps) {
  const { words, price } = useLanguage()
  const { stage, pending, notice } = model.view.value
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
      {product.max_per_customer !== null && (
        <CustomerField customerId={model.customerId.value} isMissing={notice?.code === "customer_required"} />
      )}
      <div class="choice">
        {(product.max_per_hold ?? 2) > 1 && (
          <Stepper qty={qty} least={1} most={most} of={null} onChange={(next) => (chosen.value = next)} />
        )}
        <button class="button primary" type="submit" disabled={isInactive} aria-disabled={pending !== null}>
          {reserveText(words, pending !== null, notice?.code)}
          <span class="tabular">{price(product.price_minor * qty, product.currency)}</span>
        </button>
      </div>
      <NeedsScripts />
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

/** Says why the button does nothing without scripts. */
export function NeedsScripts() {
  const { words } = useLanguage()
  return (
    <noscript>
      <p class="notice">{words.reservingNeedsScripts}</p>
    </noscript>
  )
}
