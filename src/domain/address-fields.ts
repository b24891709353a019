import { iso31661Alpha2ToAlpha3 } from "iso-3166/1-a2-to-1-a3.js"

/** The parts of a postal address that a country may require. */
export type AddressField = "line1" | "city" | "region" | "postalCode" | "country"

/** True for the codes of ISO 3166, and for Kosovo's, which is not assigned but is what carriers use. */
export function isCountry(code: string): boolean {
  return code === KOSOVO || Object.hasOwn(iso31661Alpha2ToAlpha3, code)
}

/** Kosovo's code. */
export const KOSOVO = "XK"

/**
 * Returns what an address in `country` cannot do without; null: the country is not known yet.
 *
 * The source is Google's Address Data Service (libaddressinput), where A is the street, C the city, S the region and Z the
 * postal code. A country that it says nothing about needs a street and a city. Postal codes are not compared with a
 * pattern: patterns go out of date, and a wrong refusal costs a sale.
 */
export function requiredOfAddress(country: string | null): readonly AddressField[] {
  return (country === null ? undefined : byCountry.get(country)) ?? usual
}

const usual: readonly AddressField[] = ["line1", "city", "country"]

const countriesByLetters: Readonly<Record<string, string>> = {
  A: "AG GI MO VG",
  AS: "AE CO HK ID KY NR",
  AZ: "SG SM",
  ASZ: "JP",
  ACS: "CR HN IQ JM KN PG SO SV UM VE",
  ACZ: "AT AX BE BL CH CZ DE DK EE FI FK FR GB GF GG GL GP GR GS GU HU IM IO JE LI LT LU LV MF MQ MX MY NC NL NO NZ PL PM PN PR PT RE RO SE SH SJ SK TC TR WF YT ZA",
  ACSZ: "AS AU BR CA CN ES FM IN IT KR MH MP PF PW RU TW UA US VI",
}

const letters: Readonly<Record<string, AddressField>> = {
  A: "line1",
  C: "city",
  S: "region",
  Z: "postalCode",
}

const byCountry = new Map(
  Object.entries(countriesByLetters).flatMap(([needed, countries]) => {
    const fields: AddressField[] = [
      ...Array.from(needed).flatMap((letter) => letters[letter] ?? []),
      "country",
    ]
    return countries.split(" ").map((code) => [code, fields] as const)
  }),
)
