import { Type, type Static } from "typebox"
import type { Address, Details } from "../domain/details.ts"
import { emailPattern, LONGEST_EMAIL } from "../domain/email-address.ts"
import { body, nullable, orNull } from "./fields.ts"

const LONGEST_LINE = 200
const LONGEST_PHONE = 50
const LONGEST_POSTAL_CODE = 20
const LONGEST_ANSWER = 1_000

/*
 * One line of text: no control characters, no line breaks (those of Unicode included), no half of a surrogate pair.
 * Everything else is stored as it was given: emoji, marks of writing direction, signs that a spreadsheet would read as a
 * formula. Whoever shows or sends the text has to write it safely.
 */
const linePattern = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff]*$"

function line(maxLength: number) {
  return Type.Optional(orNull<string>("string", { maxLength, pattern: linePattern }))
}

const AddressBody = body({
  line1: line(LONGEST_LINE),
  line2: line(LONGEST_LINE),
  city: line(LONGEST_LINE),
  region: line(LONGEST_LINE),
  postal_code: line(LONGEST_POSTAL_CODE),
  country: Type.Optional(
    orNull<string>("string", { pattern: "^([A-Z]{2})?$", description: "ISO 3166-1 alpha-2 code, or `XK`" }),
  ),
})

/** The buyer's details, in a request. Null, and text of nothing but spaces, mean that a field is not given. */
export const DetailsBody = body({
  email: Type.Optional(
    orNull<string>("string", {
      maxLength: LONGEST_EMAIL,
      pattern: `^(${emailPattern})?$`,
    }),
  ),
  name: line(LONGEST_LINE),
  phone: line(LONGEST_PHONE),
  shipping_address: Type.Optional(nullable(AddressBody)),
  answers: Type.Optional(
    Type.Unsafe<Record<string, string | boolean | null>>({
      type: "object",
      maxProperties: 10,
      propertyNames: { pattern: "^[a-z0-9_]{1,40}$" },
      additionalProperties: {
        anyOf: [
          { type: "string", maxLength: LONGEST_ANSWER, pattern: linePattern },
          { type: "boolean" },
          { type: "null" },
        ],
      },
    }),
  ),
})

const text = orNull<string>("string")

/** The buyer's details, in an answer to the order's owner or to the shop. */
export const DetailsWire = Type.Object({
  email: text,
  name: text,
  phone: text,
  shipping_address: Type.Union([
    Type.Object({
      line1: text,
      line2: text,
      city: text,
      region: text,
      postal_code: text,
      country: text,
    }),
    Type.Null(),
  ]),
  answers: Type.Unsafe<Record<string, string | boolean>>({
    type: "object",
    additionalProperties: { anyOf: [{ type: "string" }, { type: "boolean" }] },
  }),
})

/** The JSON of {@link DetailsWire}. */
export type DetailsJson = Static<typeof DetailsWire>

/** Makes the JSON of a buyer's details. */
export function detailsJson({ email, name, phone, shippingAddress, answers }: Details): DetailsJson {
  return { email, name, phone, shipping_address: addressJson(shippingAddress), answers: { ...answers } }
}

function addressJson(address: Address | null): DetailsJson["shipping_address"] {
  if (address === null) return null
  const { postalCode, line1, line2, city, region, country } = address
  return { line1, line2, city, region, postal_code: postalCode, country }
}

/** Reads a buyer's details. */
export function detailsFrom(given: Static<typeof DetailsBody>): Details {
  const answers: Record<string, string | boolean> = {}
  for (const [key, answer] of Object.entries(given.answers ?? {})) {
    const told = typeof answer === "boolean" ? answer : textFrom(answer)
    if (told !== null) answers[key] = told
  }
  return {
    email: textFrom(given.email),
    name: textFrom(given.name),
    phone: textFrom(given.phone),
    shippingAddress: addressFrom(given.shipping_address ?? {}),
    answers,
  }
}

/** An address of which nothing is given is none. */
function addressFrom({ postal_code, ...others }: Static<typeof AddressBody>): Address | null {
  const address = {
    line1: textFrom(others.line1),
    line2: textFrom(others.line2),
    city: textFrom(others.city),
    region: textFrom(others.region),
    postalCode: textFrom(postal_code),
    country: textFrom(others.country),
  }
  return Object.values(address).every((value) => value === null) ? null : address
}

/** A character that can be seen. */
const SEEN = /[^\s\p{Cf}]/u

function textFrom(value: string | null | undefined): string | null {
  return value === undefined || value === null || !SEEN.test(value) ? null : value
}
