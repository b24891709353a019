import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { Product } from "../../client/src/index.ts"
import { Basket } from "./basket.tsx"
import type { BuyerView } from "./buyer-view.ts"
import { asksCustomer } from "./asked-customer.ts"
import { CustomerField, customerIdIn } from "./customer-field.tsx"
import { BrowserLimits, reserveHint, reserveText, TokenLine } from "./hold-form.tsx"
import { MainAction } from "./main-action.tsx"
import { NoticeLine } from "./messages.tsx"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"
import { Stepper } from "./stepper.tsx"
import { chooseFirstText, lackText } from "./texts.ts"
import {
  lacksOf,
  mostOfVariant,
  mostUnitsOf,
  onlyOptionOf,
  priceOfChoice,
  unitsChosen,
  wayToChoose,
  withinStock,
  withUnits,
  type Choice,
  type Lack,
} from "./variant-choice.ts"
import { OptionButtons } from "./option-buttons.tsx"
import { narrowed, optionGroups, pickOf } from "./option-choice.ts"
import { VariantButtons } from "./variant-buttons.tsx"

interface VariantFormProps {
  readonly product: Product
  readonly model: PageModel
}

/**
 * The form of a product with variants: one of them by radio buttons, with a group for each option where there are
 * several, or a basket. A buyer may choose before
 * the sale opens, or a variant of which all units are reserved, and then waits for the button.
 */
export function VariantForm({ product, model }: VariantFormProps) {
  const language = useLanguage()
  const { words, price } = language
  const view = model.view.value
  const offered = model.offered.value
  const wantsSeveral = useSignal(false)
  const groups = optionGroups(offered)
  const picks = model.picks.value
  const way = wayToChoose(product, offered, groups.length > 0)
  const isBasket =
    way === "several" || (way === "either" && (wantsSeveral.value || model.choice.value.length > 1))
  const choice = isBasket ? model.choice.value : withinStock(product, model.choice.value)
  const isLocked = isUnanswered(view)
  const choose = (next: Choice) => {
    if (!isLocked) model.actions.choose(next)
  }
  const missing = groups.find(({ option }) => pickOf(narrowed(offered, picks), option) === undefined)
  const totalMinor = priceOfChoice(product, choice)
  const isInactive = model.zone.value === null
  const lacks = view.stage.kind === "on_sale" ? lacksOf(product, choice) : null
  const isReady = choice.length > 0 && lacks?.length === 0
  const parts = { product, offered, choice, isLocked, onChoose: choose }

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (isInactive || !isReady || view.pending !== null || !(event.currentTarget instanceof HTMLFormElement))
      return
    const wanted = { qty: unitsChosen(choice), lines: choice, totalMinor }
    model.actions.hold(wanted, customerIdIn(event.currentTarget))
  }

  return (
    <form class="hold-form" onSubmit={submit}>
      {isBasket ? (
        <Basket {...parts} />
      ) : groups.length > 0 ? (
        <OptionButtons
          {...parts}
          groups={groups}
          picks={picks}
          onPick={(option, value) => isLocked || model.actions.pick(option, value)}
        />
      ) : (
        <VariantButtons {...parts} />
      )}
      {way === "either" && (
        <label class="several">
          <input
            type="checkbox"
            autocomplete="off"
            checked={isBasket}
            disabled={isInactive}
            onChange={({ currentTarget }) => {
              wantsSeveral.value = currentTarget.checked
              if (!currentTarget.checked) choose(choice.slice(0, 1))
            }}
          />
          {words.chooseSeveral}
        </label>
      )}
      {asksCustomer(product, model.customerToken.value) && (
        <CustomerField
          customerId={model.customerId.value}
          isMissing={view.notice?.code === "customer_required"}
        />
      )}
      {!isBasket && mostUnitsOf(product) > 1 && <Quantity {...parts} />}
      <BrowserLimits />
      <TokenLine product={product} model={model} />
      <MainAction
        notice={
          <>
            <LackLine lacks={view.notice?.code === "lacking" ? null : lacks} choice={choice} />
            <NoticeLine notice={view.notice} orderId={view.orderId} />
          </>
        }
        hint={reserveHint(words, product, model.paysHere)}
      >
        <button
          class={isReady || view.pending !== null ? "button primary" : "button primary off"}
          type="submit"
          disabled={isInactive}
          aria-disabled={!isReady || view.pending !== null}
          onClick={({ currentTarget }) => choice.length === 0 && showChoice(currentTarget)}
        >
          {choice.length === 0 ? (
            chooseFirstText(language, isBasket ? null : (missing?.option ?? onlyOptionOf(offered)))
          ) : (
            <>
              {reserveText(words, view.pending !== null, view.notice?.code)}
              <span class="tabular">{price(totalMinor, product.currency)}</span>
            </>
          )}
        </button>
      </MainAction>
    </form>
  )
}

/** On a phone the button stays in view, and what is to be chosen may not be. */
function showChoice({ form }: HTMLButtonElement): void {
  const parts = Array.from(form?.querySelectorAll("fieldset") ?? [])
  const missing = parts.find((part) => part.querySelector(":checked") === null)
  missing?.querySelector<HTMLElement>(":enabled")?.focus({ focusVisible: true })
}

/** True while a request may have reserved units: another choice would reserve more. */
function isUnanswered({ pending, notice }: BuyerView): boolean {
  return pending !== null || notice?.code === "no_answer" || notice?.code === "crowd"
}

interface QuantityProps {
  readonly product: Product
  readonly choice: Choice
  readonly onChoose: (choice: Choice) => void
}

/** The number of units of the only variant that is chosen. */
function Quantity({ product, choice, onChoose }: QuantityProps) {
  const [line] = choice
  const variant = product.variants?.find(({ id }) => id === line?.variant_id)
  const most = variant === undefined ? 1 : mostOfVariant(product, variant, [])
  return (
    <Stepper
      qty={line?.qty ?? 1}
      least={1}
      most={most}
      of={null}
      onChange={(qty) => line !== undefined && onChoose(withUnits([], line.variant_id, qty))}
    />
  )
}

interface LackLineProps {
  /** Null: the headline or a notice says why. */
  readonly lacks: readonly Lack[] | null
  readonly choice: Choice
}

/** Why the choice cannot be reserved now. Screen readers read it out, and later that it can be reserved again. */
function LackLine({ lacks, choice }: LackLineProps) {
  const language = useLanguage()
  const before = useRef<{ readonly choice: string; readonly lacks: readonly Lack[] }>(null)
  const said = useRef("")
  const chosen = JSON.stringify(choice)
  const isSameChoice = before.current?.choice === chosen
  if (lacks === null || lacks.length > 0 || !isSameChoice) said.current = ""
  else if (before.current !== null && before.current.lacks.length > 0) {
    said.current = language.words.availableAgain(before.current.lacks.map(({ name }) => name))
  }
  before.current = lacks === null ? null : { choice: chosen, lacks }
  const isLacking = lacks !== null && lacks.length > 0
  return (
    <p class={isLacking ? "notice" : "visually-hidden"} role="status">
      {isLacking ? lacks.map((lack) => lackText(language, lack)).join(" ") : said.current}
    </p>
  )
}
