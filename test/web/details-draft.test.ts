import { expect, test } from "vitest"
import type { AddressLayout, Details, Product } from "../../client/src/index.ts"
import { asksDetails, draftToKeep } from "../../web/storefront/asked-details.ts"
import { detailsOf, draftOf, missingIn, reasonsIn } from "../../web/storefront/details-draft.ts"
import { lamp } from "./product.ts"

const ADDRESS = "/details/shipping_address"

const swiss: AddressLayout = {
  country: "CH",
  fields: [
    { name: "line1", label: "Street and number", required: true },
    { name: "line2", label: "Apartment, floor or company", required: false },
    { name: "postal_code", label: "Postal code", required: true },
    { name: "city", label: "City", required: true },
  ],
  lines: ["{line1}", "{line2}", "CH-{postal_code} {city}"],
}

const poster: Product = {
  ...lamp,
  collect: { email: "required", name: "optional", phone: "no", shipping_address: "required" },
  questions: [
    { key: "paper", kind: "choice", label: "Paper", choices: ["Matt", "Glossy"], required: true },
    { key: "words", kind: "text", label: "Dedication", required: false },
    { key: "terms", kind: "checkbox", label: "Terms", required: true },
  ],
}
const optional: Product = {
  ...lamp,
  collect: { email: "no", name: "no", phone: "no", shipping_address: "optional" },
}

const entered = {
  "/details/email": " anna@example.org ",
  "/details/name": "",
  "/details/phone": "+41 44 000 00 00",
  [`${ADDRESS}/line1`]: "Bahnhofstrasse 1",
  [`${ADDRESS}/postal_code`]: "8001",
  [`${ADDRESS}/city`]: "Zürich",
  [`${ADDRESS}/region`]: "left from another country",
  [`${ADDRESS}/country`]: "CH",
  "/details/answers/paper": "Matt",
  "/details/answers/terms": true,
}

test("only what the product asks for and the country has is sent, without spaces around it", () => {
  expect(detailsOf(entered, poster, swiss)).toEqual({
    email: "anna@example.org",
    name: null,
    shipping_address: { line1: "Bahnhofstrasse 1", postal_code: "8001", city: "Zürich", country: "CH" },
    answers: { paper: "Matt", terms: true },
  })
})

test("an optional address of which only the country was chosen is none, and lacks nothing", () => {
  const chosen = { [`${ADDRESS}/country`]: "CH" }
  expect(detailsOf(chosen, optional, swiss)).toEqual({})
  expect(missingIn(chosen, optional, swiss)).toEqual([])
  const begun = { ...chosen, [`${ADDRESS}/city`]: "Zürich" }
  expect(missingIn(begun, optional, swiss)).toEqual([`${ADDRESS}/line1`, `${ADDRESS}/postal_code`])
})

test("what is missing is listed in the order of the form", () => {
  expect(missingIn({ "/details/email": "  ", "/details/answers/terms": false }, poster, swiss)).toEqual([
    "/details/email",
    `${ADDRESS}/country`,
    `${ADDRESS}/line1`,
    `${ADDRESS}/postal_code`,
    `${ADDRESS}/city`,
    "/details/answers/paper",
    "/details/answers/terms",
  ])
  expect(missingIn(entered, poster, swiss)).toEqual([])
})

test("the shop's details fill in the form, and come back unchanged", () => {
  const details: Details = {
    email: "anna@example.org",
    name: "Anna",
    phone: null,
    shipping_address: {
      line1: "Bahnhofstrasse 1",
      line2: null,
      city: "Zürich",
      region: null,
      postal_code: "8001",
      country: "CH",
    },
    answers: { paper: "Glossy", terms: true },
  }
  expect(detailsOf(draftOf(details), poster, swiss)).toMatchObject({
    email: "anna@example.org",
    name: "Anna",
    shipping_address: { line1: "Bahnhofstrasse 1", city: "Zürich", postal_code: "8001", country: "CH" },
    answers: { paper: "Glossy", terms: true },
  })
})

test("reasons have the same pointers whether the body is an order or details alone", () => {
  const detail = "must not have more than 20 characters"
  for (const pointer of [`${ADDRESS}/postal_code`, "/shipping_address/postal_code"])
    expect([...reasonsIn([{ pointer, detail }])]).toEqual([[`${ADDRESS}/postal_code`, detail]])
})

test("the next order keeps texts and asks for consent again", () => {
  expect(draftToKeep(entered)).not.toHaveProperty("/details/answers/terms")
  expect(draftToKeep(entered)).toHaveProperty(["/details/answers/paper"], "Matt")
})

test("a product that collects nothing asks for nothing", () => {
  expect([asksDetails(null), asksDetails(lamp), asksDetails(poster)]).toEqual([false, false, true])
  expect([missingIn({}, lamp, swiss), detailsOf(entered, lamp, swiss)]).toEqual([[], {}])
})
