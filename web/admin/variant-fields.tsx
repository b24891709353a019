import { signal, type Signal } from "@preact/signals"
import type { NewVariantBody } from "../../client/src/admin.ts"
import type { Variant } from "../../client/src/index.ts"
import { isCurrencyCode } from "../shared/money.ts"
import { duplicateWarning, type Named } from "./duplicates.ts"
import { Field } from "./field.tsx"
import { readPrice, readWhole, requiredValue, valueOrNull } from "./form-values.ts"
import { PriceField } from "./price-field.tsx"
import { optionsText, readLabel, readOptions } from "./variant-values.ts"

/** The texts in the fields of a variant. */
export interface VariantDraft {
  /** Tells the drafts of a form from each other. */
  readonly key: number
  readonly name: Signal<string>
  readonly sku: Signal<string>
  readonly options: Signal<string>
  /** Empty: the product's price. */
  readonly price: Signal<string>
  readonly stock: Signal<string>
}

let drafts = 0

/** Makes the draft of a new variant. */
export function newDraft(): VariantDraft {
  return draftWith({ name: "", sku: "", options: "", price: "" })
}

/** Makes the draft of a variant. The price field is empty while the variant has no price of its own. */
export function draftOf({ name, sku, options, price, own_price }: Variant): VariantDraft {
  return draftWith({ name, sku: sku ?? "", options: optionsText(options), price: own_price ? price : "" })
}

function draftWith(texts: Readonly<Record<"name" | "sku" | "options" | "price", string>>): VariantDraft {
  drafts += 1
  return {
    key: drafts,
    name: signal(texts.name),
    sku: signal(texts.sku),
    options: signal(texts.options),
    price: signal(texts.price),
    stock: signal(""),
  }
}

/** The meaning of a draft's texts. */
export function readDraft({ name, sku, options, price, stock }: VariantDraft, currency: string) {
  return {
    name: readLabel(name.value),
    sku: readLabel(sku.value),
    options: readOptions(options.value),
    price: readPrice(price.value, currency),
    stock: readWhole(stock.value, 0),
  }
}

/** The new variant that a draft describes. Throws for an unreadable field. */
export function newVariantIn(draft: VariantDraft, currency: string): NewVariantBody {
  const { name, sku, options, price, stock } = readDraft(draft, currency)
  return {
    name: requiredValue(name, "The name of a variant"),
    sku: valueOrNull(sku),
    options: valueOrNull(options) ?? {},
    price_minor: valueOrNull(price),
    stock: requiredValue(stock, "The stock of a variant"),
  }
}

/** The name and the SKU that a draft's texts mean; an unreadable text means none. */
export function namedIn({ name, sku }: VariantDraft): Named {
  const [readName, readSku] = [readLabel(name.value), readLabel(sku.value)]
  return {
    name: readName.kind === "value" ? readName.value : "",
    sku: readSku.kind === "value" ? readSku.value : null,
  }
}

export interface VariantFieldsProps {
  /** Begins the ids of the fields. */
  readonly id: string
  readonly draft: VariantDraft
  readonly currency: string
  /** A variant that exists gets its stock in a dialog of its own. */
  readonly isNew: boolean
  /** The variants that it is compared with, for a warning of a name or a SKU that is there twice. */
  readonly others: readonly Named[]
}

/** The fields of a variant. */
export function VariantFields({ id, draft, currency, isNew, others }: VariantFieldsProps) {
  const warning = duplicateWarning(namedIn(draft), others)
  const readings = readDraft(draft, currency)
  return (
    <div class="side-by-side">
      <Field
        id={`${id}-name`}
        label="Name"
        value={draft.name}
        required
        reading={readings.name}
        hint="Such as 42"
      />
      {isNew && (
        <Field
          id={`${id}-stock`}
          label="Stock"
          type="number"
          min={0}
          value={draft.stock}
          required
          reading={readings.stock}
        />
      )}
      <Field
        id={`${id}-sku`}
        label="SKU"
        value={draft.sku}
        reading={readings.sku}
        hint="The shop's own article number"
      />
      <Field
        id={`${id}-options`}
        label="Options"
        value={draft.options}
        reading={readings.options}
        hint="Such as size=42; colour=red"
      />
      <PriceField
        id={`${id}-price`}
        label="Price"
        value={draft.price}
        currency={isCurrencyCode(currency) ? currency : ""}
        empty="Empty: the product's price"
      />
      <p class={warning === null ? "visually-hidden" : "fault small whole-row"} role="status">
        {warning}
      </p>
    </div>
  )
}
