import { useEffect, useRef } from "preact/hooks"
import type { Product } from "../../client/src/index.ts"
import { asksDetails, draftName } from "./asked-details.ts"
import { DetailsForm } from "./details-part.tsx"
import type { Stage } from "./buyer-view.ts"
import { MainAction } from "./main-action.tsx"
import { NoticeLine } from "./messages.tsx"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { namesOfVariant } from "./option-choice.ts"
import { Countdown, UnitsSummary } from "./units-summary.tsx"

interface HeldUnitsProps {
  readonly stage: Extract<Stage, { kind: "held" }>
  readonly product: Product
  readonly model: PageModel
}

/** The units that are reserved for the buyer, with the time left. */
export function HeldUnits({ stage, product, model }: HeldUnitsProps) {
  const { words, price } = useLanguage()
  const { pending, notice, orderId } = model.view.value
  const asks = asksDetails(product)
  const timeLeft = useRef<HTMLDivElement>(null)
  useEffect(() => showForm(timeLeft.current), [])
  const button = (
    <MainAction
      notice={<NoticeLine notice={notice} orderId={orderId} />}
      hint={model.paysHere ? words.youPayNext : null}
    >
      <button
        class="button primary"
        type={asks ? "submit" : "button"}
        aria-disabled={pending !== null}
        onClick={asks ? undefined : () => model.actions.makeOrder()}
      >
        {pending?.action === "order" ? words.checkingOut : words.checkOut}
      </button>
    </MainAction>
  )
  const countdown = (
    <Countdown
      leftSeconds={stage.leftSeconds}
      wholeSeconds={stage.wholeSeconds}
      label={words.leftToCheckOut}
    />
  )
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
        {asks ? null : countdown}
      </UnitsSummary>
      {asks && model.addresses !== null ? (
        <>
          <div class="time-left" ref={timeLeft}>
            {countdown}
          </div>
          <DetailsForm
            product={product}
            addresses={model.addresses}
            draftName={draftName(product.id)}
            initial={nothingEntered}
            errors={model.detailErrors.value}
            isBusy={pending !== null}
            onSubmit={(details) => model.actions.makeOrder(details)}
          >
            {button}
          </DetailsForm>
        </>
      ) : (
        button
      )}
    </>
  )
}

const nothingEntered = {}

/** The height of the form's first field with its label. */
const FIELD_PX = 120

/**
 * Scrolls to the reserved units if the form below them begins below the window, as on a phone: a buyer would wait for nothing
 * while the time runs. Only after the buyer has pressed something; a page that is loaded stays where it is.
 */
function showForm(above: HTMLElement | null): void {
  if (above === null || !navigator.userActivation?.hasBeenActive) return
  if (above.getBoundingClientRect().bottom + FIELD_PX <= innerHeight) return
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"
  above.closest(".status-panel")?.scrollIntoView({ behavior, block: "start" })
}
