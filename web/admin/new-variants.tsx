import type { Signal } from "@preact/signals"
import type { Named } from "./duplicates.ts"
import { namedIn, newDraft, VariantFields, type VariantDraft } from "./variant-fields.tsx"

export interface NewVariantsProps {
  readonly drafts: Signal<readonly VariantDraft[]>
  readonly currency: string
  /** The variants that the product has already. */
  readonly present?: readonly Named[]
}

/** The fields of variants to add, with a button for another one. */
export function NewVariants({ drafts, currency, present = [] }: NewVariantsProps) {
  const named = drafts.value.map(namedIn)
  const removable = drafts.value.length > 1
  return (
    <>
      {drafts.value.map((draft, index) => (
        <fieldset key={draft.key} class="variant-draft">
          <legend>Variant {index + 1}</legend>
          <VariantFields
            id={`variant-${draft.key}`}
            draft={draft}
            currency={currency}
            isNew
            others={[...present, ...named.slice(0, index)]}
          />
          {removable && (
            <button
              type="button"
              class="button"
              onClick={() => void (drafts.value = drafts.value.filter((one) => one !== draft))}
            >
              Remove<span class="visually-hidden"> variant {index + 1}</span>
            </button>
          )}
        </fieldset>
      ))}
      <div class="buttons">
        <button type="button" class="button" onClick={() => addTo(drafts)}>
          Another variant
        </button>
      </div>
    </>
  )
}

export interface VariantsChoiceProps extends NewVariantsProps {
  readonly isByVariant: Signal<boolean>
}

/** Asks whether a new product is sold in variants, and for the first ones. */
export function VariantsChoice({ isByVariant, drafts, currency }: VariantsChoiceProps) {
  return (
    <>
      <label class="choice">
        <input
          type="checkbox"
          checked={isByVariant.value}
          onChange={(event) => void (isByVariant.value = event.currentTarget.checked)}
        />
        <span>Sell it in variants, such as sizes or colours</span>
      </label>
      {isByVariant.value && (
        <>
          <NewVariants drafts={drafts} currency={currency} />
          <p class="muted small">
            The limits above count the units of all variants together. More variants can be added later, also
            with a CSV file.
          </p>
        </>
      )}
    </>
  )
}

/** Adds an empty draft, and moves the focus to its first field. */
function addTo(drafts: Signal<readonly VariantDraft[]>): void {
  const draft = newDraft()
  drafts.value = [...drafts.value, draft]
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#variant-${draft.key}-name`)?.focus())
}
