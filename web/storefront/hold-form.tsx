import { useSignal } from "@preact/signals"
import type { Product } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import type { PageModel } from "./page-model.ts"

interface HoldFormProps {
  readonly product: Product
  readonly model: PageModel
}

/** The quantity, the customer id where the product has a limit per customer, and the button. */
export function HoldForm({ product, model }: HoldFormProps) {
  const { stage, pending, notice } = model.view.value
  const chosen = useSignal(1)
  const most = stage.kind === "on_sale" ? stage.mostUnits : chosen.value
  const qty = Math.min(chosen.value, most)
  const isInactive = model.zone.value === null
  const asksCustomer = product.max_per_customer !== null

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (isInactive || pending !== null || !(event.currentTarget instanceof HTMLFormElement)) return
    const id = new FormData(event.currentTarget).get("customer")
    model.actions.hold(qty, typeof id === "string" ? id.trim() : "")
  }

  return (
    <form class="hold-form" onSubmit={submit}>
      {asksCustomer && (
        <label class="customer">
          <span>Your customer id</span>
          <input
            class="field"
            name="customer"
            required
            // Requires a character other than a space.
            pattern=".*\S.*"
            title="Enter your customer id."
            maxLength={255}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            defaultValue={model.customerId.value}
            aria-invalid={notice?.code === "customer_required" ? true : undefined}
          />
        </label>
      )}
      <div class="choice">
        {(product.max_per_hold ?? 2) > 1 && (
          <div class="stepper" role="group" aria-label="Quantity">
            <Step
              label="Decrease quantity"
              text="−"
              isOff={qty <= 1}
              onPress={() => (chosen.value = qty - 1)}
            />
            <output class="tabular">{qty}</output>
            <Step
              label="Increase quantity"
              text="+"
              isOff={qty >= most}
              onPress={() => (chosen.value = qty + 1)}
            />
          </div>
        )}
        <button class="button primary" type="submit" disabled={isInactive} aria-disabled={pending !== null}>
          {buttonText(pending !== null, notice?.code)}
          <span class="tabular">{priceOf(product.price_minor * qty, product.currency)}</span>
        </button>
      </div>
      <noscript>
        <p class="notice">Reserving units needs JavaScript.</p>
      </noscript>
    </form>
  )
}

function buttonText(isPending: boolean, notice: string | undefined): string {
  if (isPending) return "Reserving…"
  return notice === "no_answer" || notice === "crowd" ? "Try again" : "Reserve"
}

interface StepProps {
  readonly label: string
  readonly text: string
  readonly isOff: boolean
  readonly onPress: () => void
}

/** A button of the stepper. It stays focusable when it is off, so that the keyboard focus is not lost. */
function Step({ label, text, isOff, onPress }: StepProps) {
  return (
    <button
      class="button"
      type="button"
      aria-label={label}
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) onPress()
      }}
    >
      {text}
    </button>
  )
}
