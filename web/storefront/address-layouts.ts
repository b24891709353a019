import { signal, type Signal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { AddressLayout, Client } from "../../client/src/index.ts"

type Addresses = Client["addresses"]

/** The layout while a country's own is not known. The server has the last word on what is required. */
function usualLayout(country: string): AddressLayout {
  return {
    country,
    fields: [
      { name: "line1", label: "Street and number", required: true },
      { name: "line2", label: "Apartment, floor or company", required: false },
      { name: "postal_code", label: "Postal code", required: false },
      { name: "city", label: "City", required: true },
      { name: "region", label: "Region", required: false },
    ],
    lines: ["{line1}", "{line2}", "{postal_code} {city}", "{region}"],
  }
}

/** The layouts that this page has asked for, by country. */
const layouts = new Map<string, Signal<AddressLayout>>()

const asked = new Set<string>()

/** Returns how a country writes its addresses, and asks the server for it. Empty: no country is chosen. */
export function useAddressLayout(addresses: Addresses, country: string): AddressLayout {
  const layout = layouts.get(country) ?? signal(usualLayout(country))
  layouts.set(country, layout)
  useEffect(() => {
    if (country === "" || asked.has(country)) return
    asked.add(country)
    addresses.layout(country).then(
      (found) => (layout.value = found),
      // Asked again when the country is chosen again. Until then the usual fields do.
      () => asked.delete(country),
    )
  }, [country])
  return layout.value
}

const countryCodes = signal<readonly string[]>([])

/** Returns the countries to choose from: those that the product ships to, else all that the server knows. */
export function useCountries(
  addresses: Addresses,
  shipped: readonly string[] | undefined,
): readonly string[] {
  useEffect(() => {
    if (shipped !== undefined || countryCodes.value.length > 0) return
    addresses.countries().then(
      ({ countries }) => (countryCodes.value = countries),
      () => undefined,
    )
  }, [shipped])
  return shipped ?? countryCodes.value
}
