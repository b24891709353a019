import { useEffect, useMemo } from "preact/hooks"
import type { AddressLayout, Client, Product } from "../../client/src/index.ts"
import { countryOf, namedCountries } from "../shared/countries.ts"
import { useCountries } from "./address-layouts.ts"
import { COUNTRY, addressPointer } from "./details-draft.ts"
import type { FieldTools } from "./field-tools.ts"
import { SelectField, TextField } from "./form-fields.tsx"
import { formText, missingPartText } from "./form-texts.ts"

interface AddressFieldsProps {
  readonly product: Product
  readonly addresses: Client["addresses"]
  readonly layout: AddressLayout
  readonly tools: FieldTools
}

/** The shipping address: the country first, because it decides about the other fields. */
export function AddressFields({ product, addresses, layout, tools }: AddressFieldsProps) {
  const countries = useCountries(addresses, product.shipping_countries)
  const options = useMemo(() => namedCountries(countries), [countries])
  const country = tools.text(COUNTRY)
  useEffect(() => {
    const likely = likelyCountry(countries)
    if (country === "" && likely !== null) tools.put(COUNTRY, likely)
  }, [countries])
  const isRequired = product.collect?.shipping_address === "required"
  return (
    <fieldset class="address-fields">
      <legend>{isRequired ? formText.address : formText.addressOptional}</legend>
      <SelectField
        pointer={COUNTRY}
        label={formText.country}
        required
        error={tools.errorOf(COUNTRY, formText.country, formText.chooseCountry)}
        value={country}
        onChange={(value) => tools.put(COUNTRY, value)}
        autocomplete="shipping country"
        options={options}
        none={formText.chooseCountry}
      />
      {layout.fields.map(({ name, label, required }) => (
        <TextField
          key={name}
          pointer={addressPointer(name)}
          label={label}
          required={isRequired && required}
          error={tools.errorOf(addressPointer(name), label, missingPartText(label))}
          value={tools.text(addressPointer(name))}
          onChange={(value) => tools.put(addressPointer(name), value)}
          input={{ ...inputs[name], enterKeyHint: "next" }}
        />
      ))}
    </fieldset>
  )
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
