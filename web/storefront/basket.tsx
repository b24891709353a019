import type { Product, Variant } from "../../client/src/index.ts"
import { Stepper } from "./stepper.tsx"
import {
  chosenUnits,
  mostOfVariant,
  mostUnitsOf,
  stateOfVariant,
  withUnits,
  type Choice,
} from "./variant-choice.ts"
import { useLanguage } from "./page-language.ts"
import { stockText } from "./texts.ts"

interface BasketProps {
  readonly product: Product
  readonly offered: readonly Variant[]
  readonly choice: Choice
  /** True while the choice cannot be changed. */
  readonly isLocked: boolean
  readonly onChoose: (choice: Choice) => void
}

/** A number of units for each variant. All of them are reserved together, or none. */
export function Basket({ product, offered, choice, isLocked, onChoose }: BasketProps) {
  const language = useLanguage()
  return (
    <fieldset class="basket">
      <legend>{language.words.chooseUpTo(mostUnitsOf(product))}</legend>
      <ul>
        {offered.map((variant) => {
          const state = stateOfVariant(variant)
          const qty = chosenUnits(choice, variant.id)
          return (
            <li key={variant.id} class={state}>
              <p>
                <span class="name">{variant.name}</span>
                <span class="small tabular">
                  <span>{language.price(variant.price_minor, product.currency)}</span>
                  <span class="stock">{stockText(language, variant, state)}</span>
                </span>
              </p>
              <Stepper
                qty={qty}
                least={isLocked ? qty : 0}
                most={isLocked ? qty : mostOfVariant(product, variant, choice)}
                of={variant.name}
                onChange={(next) => onChoose(withUnits(choice, variant.id, next))}
              />
            </li>
          )
        })}
      </ul>
    </fieldset>
  )
}
