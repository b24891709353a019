import { useEffect, useMemo } from "preact/hooks"
import type { AddressLayout, Client, Product } from "../../client/src/index.ts"
import { countryOf } from "../shared/countries.ts"
import { useCountries } from "./address-layouts.ts"
import { COUNTRY, addressPointer } from "./details-draft.ts"
import type { FieldTools } from "./field-tools.ts"
import { SelectField, TextField } from "./form-fields.tsx"
import type { Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"

interface AddressFieldsProps {
  readonly product: Product
  readonly addresses: Client["addresses"]
  readonly layout: AddressLayout
  readonly tools: FieldTools
}

/** The shipping address: the country first, because it decides about the other fields. */
export function AddressFields({ product, addresses, layout, tools }: AddressFieldsProps) {
  const { words, countries: named } = useLanguage()
  const texts = words.form
  const countries = useCountries(addresses, product.shipping_countries)
  const options = useMemo(() => named(countries), [countries])
  const country = tools.text(COUNTRY)
  useEffect(() => {
    const likely = likelyCountry(countries)
    if (country === "" && likely !== null) tools.put(COUNTRY, likely)
  }, [countries])
  const isRequired = product.collect?.shipping_address === "required"
  return (
    <fieldset class="address-fields">
      <legend>{isRequired ? texts.address : texts.addressOptional}</legend>
      <SelectField
        pointer={COUNTRY}
        label={texts.country}
        required
        error={tools.errorOf(COUNTRY, texts.country, texts.chooseCountry)}
        value={country}
        onChange={(value) => tools.put(COUNTRY, value)}
        autocomplete="shipping country"
        options={options}
        none={texts.chooseCountry}
      />
      {layout.fields.map(({ name, label: english, required }) => {
        const label = partName(texts.parts, english)
        return (
          <TextField
            key={name}
            pointer={addressPointer(name)}
            label={label}
            required={isRequired && required}
            error={tools.errorOf(addressPointer(name), label, texts.enterPart(label))}
            value={tools.text(addressPointer(name))}
            onChange={(value) => tools.put(addressPointer(name), value)}
            input={{ ...inputs[name], enterKeyHint: "next" }}
          />
        )
      })}
    </fieldset>
  )
}

/** The server's English name of a part in the page's language. One that the page does not know yet stays as it is. */
function partName(parts: Language["words"]["form"]["parts"], english: string): string {
  return Object.entries(parts).find(([name]) => name === english)?.[1] ?? english
}

const inputs = {
  line1: { autocomplete: "shipping address-line1", autocapitalize: "words", maxLength: 200 },
  line2: { autocomplete: "shipping address-line2", autocapitalize: "words", maxLength: 200 },
  city: { autocomplete: "shipping address-level2", autocapitalize: "words", maxLength: 200 },
  region: { autocomplete: "shipping address-level1", autocapitalize: "words", maxLength: 200 },
  postal_code: { autocomplete: "shipping postal-code", autocapitalize: "characters", maxLength: 20 },
} as const

/** The only country, or that of the browser's languages; null: none of them is shipped to. */
function likelyCountry(countries: readonly string[]): string | null {
  const [only] = countries
  if (only !== undefined && countries.length === 1) return only
  for (const language of navigator.languages) {
    const region = countryOf(language)
    if (region !== undefined && countries.includes(region)) return region
  }
  return null
}
