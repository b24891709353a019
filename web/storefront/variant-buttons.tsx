import type { Product, Variant } from "../../client/src/index.ts"
import {
  chosenUnits,
  haveOnePrice,
  onlyOptionOf,
  stateOfVariant,
  withUnits,
  type Choice,
} from "./variant-choice.ts"
import { useLanguage } from "./page-language.ts"
import { stockText } from "./texts.ts"

interface VariantButtonsProps {
  readonly product: Product
  readonly offered: readonly Variant[]
  readonly choice: Choice
  /** True while the choice cannot be changed. */
  readonly isLocked: boolean
  readonly onChoose: (choice: Choice) => void
}

/** Names longer than this need wider buttons. */
const SHORT_NAME = 9

/** Radio buttons for the variants, with the units left of each. */
export function VariantButtons({ product, offered, choice, isLocked, onChoose }: VariantButtonsProps) {
  const language = useLanguage()
  const option = onlyOptionOf(offered)
  const showsPrices = !haveOnePrice(offered)
  const isWide = showsPrices || offered.some(({ name }) => name.length > SHORT_NAME)
  return (
    <fieldset class={isWide ? "variants wide" : "variants"}>
      <legend>
        {option === null ? language.words.chooseOne : option.charAt(0).toUpperCase() + option.slice(1)}
      </legend>
      {offered.map((variant) => {
        const state = stateOfVariant(variant)
        const isChosen = chosenUnits(choice, variant.id) > 0
        return (
          <label key={variant.id} class={`variant ${state}`}>
            <input
              type="radio"
              name="variant"
              value={variant.id}
              required
              autocomplete="off"
              checked={isChosen}
              // The chosen one stays focusable, so that the keyboard focus is not lost when it sells out.
              disabled={(state === "sold_out" || state === "not_for_sale") && !isChosen}
              aria-disabled={isLocked ? true : undefined}
              // Takes the browser's own change back, also one by an arrow key.
              onClick={(event) => isLocked && event.preventDefault()}
              onChange={() => onChoose(withUnits([], variant.id, choice[0]?.qty ?? 1))}
            />
            <span class="name">{variant.name}</span>{" "}
            {showsPrices && (
              <span class="tabular">{language.price(variant.price_minor, product.currency)} </span>
            )}
            <span class="small tabular">{stockText(language, variant, state)}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
