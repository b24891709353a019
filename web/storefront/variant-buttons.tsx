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
import { optionTitle } from "../../client/src/words.ts"
import { RadioTile } from "./radio-tile.tsx"
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
export const SHORT_NAME = 9

/** Radio buttons for the variants, with the units left of each. */
export function VariantButtons({ product, offered, choice, isLocked, onChoose }: VariantButtonsProps) {
  const language = useLanguage()
  const option = onlyOptionOf(offered)
  const showsPrices = !haveOnePrice(offered)
  const isWide = showsPrices || offered.some(({ name }) => name.length > SHORT_NAME)
  return (
    <fieldset class={isWide ? "variants wide" : "variants"}>
      <legend>{option === null ? language.words.chooseOne : optionTitle(option)}</legend>
      {offered.map((variant) => {
        const state = stateOfVariant(variant)
        return (
          <RadioTile
            key={variant.id}
            group="variant"
            value={variant.id}
            name={variant.name}
            state={state}
            price={showsPrices ? language.price(variant.price_minor, product.currency) : null}
            stock={stockText(language, variant, state)}
            isChosen={chosenUnits(choice, variant.id) > 0}
            isOff={state === "sold_out" || state === "not_for_sale"}
            isLocked={isLocked}
            onChoose={() => onChoose(withUnits([], variant.id, choice[0]?.qty ?? 1))}
          />
        )
      })}
    </fieldset>
  )
}
