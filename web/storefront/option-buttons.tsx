import type { Product, Variant } from "../../client/src/index.ts"
import { optionTitle } from "../../client/src/words.ts"
import {
  havingAll,
  narrowed,
  offerOf,
  OPTION_FIELD,
  pickOf,
  type OptionGroup,
  type Picks,
} from "./option-choice.ts"
import { useLanguage } from "./page-language.ts"
import { RadioTile } from "./radio-tile.tsx"
import { stockText } from "./texts.ts"
import { haveOnePrice } from "./variant-choice.ts"
import { SHORT_NAME } from "./variant-buttons.tsx"

interface OptionButtonsProps {
  readonly product: Product
  readonly offered: readonly Variant[]
  readonly groups: readonly OptionGroup[]
  /** Also those that do not go together. */
  readonly picks: Picks
  /** True while the choice cannot be changed. */
  readonly isLocked: boolean
  readonly onPick: (option: string, value: string) => void
}

/**
 * A group of radio buttons for each option. What is picked of one narrows the others: each value says what there is of it
 * beside the other picks.
 */
export function OptionButtons({ product, offered, groups, picks, isLocked, onPick }: OptionButtonsProps) {
  const language = useLanguage()
  const { words, price } = language
  const valid = narrowed(offered, picks)
  return (
    <>
      {groups.map(({ option, values }) => {
        const prices = pricesOf(offered, option, values)
        const isWide = prices !== null || values.some((value) => value.length > SHORT_NAME)
        return (
          <fieldset key={option} class={isWide ? "variants options wide" : "variants options"}>
            <legend>{optionTitle(option)}</legend>
            {values.map((value, index) => {
              const { state, units, canBePicked } = offerOf(offered, valid, option, value)
              return (
                <RadioTile
                  key={value}
                  group={OPTION_FIELD + option}
                  value={value}
                  name={value}
                  state={state}
                  price={prices === null ? null : price(prices[index] ?? 0, product.currency)}
                  stock={stockText(language, units, state)}
                  isChosen={pickOf(valid, option) === value}
                  isOff={!canBePicked}
                  isLocked={isLocked}
                  onChoose={() => onPick(option, value)}
                />
              )
            })}
          </fieldset>
        )
      })}
      <p class="visually-hidden" role="status">
        {picks
          .filter((pick) => !valid.includes(pick))
          .map(
            ([option, value]) =>
              `${value}: ${words.sentence(words.variantStates.missing)} ${words.sentence(words.chooseOption(option))}`,
          )}
      </p>
    </>
  )
}

/** The price of each value, where the product has several and this option decides which; null: it does not. */
function pricesOf(offered: readonly Variant[], option: string, values: readonly string[]) {
  const having = values.map((value) => havingAll(offered, [[option, value]]))
  if (haveOnePrice(offered) || !having.every(haveOnePrice)) return null
  return having.map(([first]) => first?.price_minor ?? 0)
}
