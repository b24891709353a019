import { iso31661Alpha2ToAlpha3 } from "iso-3166/1-a2-to-1-a3.js"
import { formatAddress } from "localized-address-format"
import { Type, type Static } from "typebox"
import { KOSOVO, requiredOfAddress } from "../domain/address-fields.ts"
import { oneOf } from "./fields.ts"

/** The fields of an address besides its country, as requests name them. */
const fieldNames = ["line1", "line2", "city", "region", "postal_code"] as const
type FieldName = (typeof fieldNames)[number]

/** How a country writes its addresses. */
export const AddressLayoutWire = Type.Object({
  country: Type.String(),
  fields: Type.Array(
    Type.Object({ name: oneOf(fieldNames), label: Type.String(), required: Type.Boolean() }),
    { description: "The fields besides the country, in the order in which a form asks for them" },
  ),
  lines: Type.Array(Type.String(), {
    description: "The lines of an address, with its fields in braces: `CH-{postal_code} {city}`",
  }),
  latin_lines: Type.Optional(
    Type.Array(Type.String(), {
      description: "The lines of an address in Latin script; absent if they equal `lines`",
    }),
  ),
})

/** The countries that an address can be in. */
export const CountryListWire = Type.Object({
  countries: Type.Array(Type.String(), {
    description: "ISO 3166-1 alpha-2 codes and `XK`, in alphabetical order",
  }),
})

const countries = [...Object.keys(iso31661Alpha2ToAlpha3), KOSOVO].toSorted()

/** Makes the list of countries. */
export function countryListJson(): Static<typeof CountryListWire> {
  return { countries }
}

/**
 * Makes the layout of a country's addresses. The lines are those of localized-address-format, and what is required is what
 * the server requires of an order's details. Both have Google's Address Data Service as their source.
 */
export function addressLayoutJson(country: string): Static<typeof AddressLayoutWire> {
  const lines = linesOf(country, "local")
  const latin = linesOf(country, "latin")
  const required = new Set<string>(requiredOfAddress(country).map((field) => wireName[field] ?? field))
  // As for Latin letters, because the labels are English.
  const written = [...latin.join("\n").matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const names = fieldNames.toSorted((one, other) => placeOf(written, one) - placeOf(written, other))
  return {
    country,
    fields: names
      .filter((name) => written.includes(name) || required.has(name))
      .map((name) => ({ name, label: labelOf(name, country), required: required.has(name) })),
    lines,
    ...(lines.join("\n") !== latin.join("\n") && { latin_lines: latin }),
  }
}

const wireName: Readonly<Record<string, FieldName>> = { postalCode: "postal_code" }

/** The library fills in what it is given, so the names of the fields come back in their places. */
function linesOf(country: string, script: "local" | "latin"): string[] {
  return formatAddress(
    {
      postalCountry: country,
      addressLines: ["{line1}", "{line2}"],
      locality: "{city}",
      administrativeArea: "{region}",
      postalCode: "{postal_code}",
    },
    script,
    // The library puts the sign between the street and what follows on the next line.
  ).map((line) => line.replace(/^[, ]+/, ""))
}

/** A required field that the country's lines do not have is asked for at the end. */
function placeOf(written: readonly (string | undefined)[], name: FieldName): number {
  const place = written.indexOf(name)
  return place === -1 ? written.length : place
}

function labelOf(name: FieldName, country: string): string {
  switch (name) {
    case "line1":
      return "Street and number"
    case "line2":
      return "Apartment, floor or company"
    case "city":
      return cityLabels.get(country) ?? "City"
    case "region":
      return regionLabels.get(country) ?? "Region"
    case "postal_code":
      return postalCodeLabels.get(country) ?? "Postal code"
  }
}

/* What countries call these fields, from the same source as the lines. */
const cityLabels = byCountry({
  Suburb: "AU",
  "Town or city": "GB IE JE GG IM",
  District: "HK PE SY TR",
})
const postalCodeLabels = byCountry({
  "ZIP code": "AS FM GU MH MP PR PW UM US VI",
  Eircode: "IE",
  "PIN code": "IN",
  Postcode: "AU GB GG IM JE NZ",
})
const regionLabels = byCountry({
  State: "AS AU BR FM IN MH MP MX MY NG PW UM US VE VI",
  Province: "AR CA CN CR CU ES IQ IR IT KP PA PH TH",
  County: "IE TW EE",
  Parish: "BB JM",
  Island: "BS CV KI KN KY PF SC TV",
  Department: "CO HN NI SV UY",
  Emirate: "AE",
  Area: "HK",
  Prefecture: "JP",
  "Province or city": "KR VN",
  District: "NR",
  Oblast: "RU UA",
})

function byCountry(codes: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(codes).flatMap(([label, countries]) =>
      countries.split(" ").map((country) => [country, label] as const),
    ),
  )
}
