import { Field } from "./field.tsx"
import { stockDisplayTexts, type FieldGroupProps } from "./product-fields.ts"

/** The shop's own numbers of the product, and what buyers are told of its units. */
export function OwnNumberFields({ texts, readings }: FieldGroupProps) {
  return (
    <div class="side-by-side">
      <Field
        id="sku"
        label="SKU"
        value={texts.sku}
        reading={readings.sku}
        hint="Your number of the article. Buyers may read it"
      />
      <Field
        id="external-id"
        label="External id"
        value={texts.externalId}
        reading={readings.externalId}
        hint="What your shop system calls the product. Buyers are not told"
      />
      <Field id="stock-display" label="Buyers see" value={texts.stockDisplay} list={stockDisplayTexts} />
    </div>
  )
}
