import { afterAll, beforeAll, expect, test } from "vitest"
import { requiredOfAddress } from "../../src/domain/address-fields.ts"
import { startTestApp, type TestApp } from "../support/app.ts"

let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})

afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

interface Layout {
  readonly fields: readonly { readonly name: string; readonly label: string; readonly required: boolean }[]
  readonly lines: readonly string[]
  readonly latin_lines?: readonly string[]
}

async function layoutOf(country: string): Promise<Layout> {
  const { status, body } = await app.get(`/api/addresses/${country}`)
  expect(status).toBe(200)
  return body as Layout
}

// The order of the fields; a star marks those that an address needs.
test.each([
  ["CH", "line1* line2 postal_code* city*", "CH-{postal_code} {city}"],
  ["DE", "line1* line2 postal_code* city*", "{postal_code} {city}"],
  ["US", "line1* line2 city* region* postal_code*", "{city}, {region} {postal_code}"],
  ["GB", "line1* line2 city* postal_code*", "{postal_code}"],
  ["HU", "city* line1* line2 postal_code*", "{postal_code}"],
  ["SG", "line1* line2 postal_code*", "SINGAPORE {postal_code}"],
  ["JP", "line1* line2 region* postal_code*", "{line2}"],
  ["XK", "line1* line2 postal_code city*", "{postal_code} {city}"],
])("a form for %s asks for %s, and the last line is %s", async (country, fields, lastLine) => {
  const layout = await layoutOf(country)
  expect(layout.fields.map(({ name, required }) => (required ? `${name}*` : name)).join(" ")).toBe(fields)
  expect(layout.lines.at(-1)).toBe(lastLine)
})

test.each([
  ["US", "region", "State"],
  ["US", "postal_code", "ZIP code"],
  ["IE", "postal_code", "Eircode"],
  ["CA", "region", "Province"],
  ["GB", "city", "Town or city"],
  ["AT", "postal_code", "Postal code"],
])("in %s the field %s is called %s", async (country, field, label) => {
  const { fields } = await layoutOf(country)
  expect(fields.find(({ name }) => name === field)?.label).toBe(label)
})

test("a country with a script of its own has other lines in Latin letters", async () => {
  const { lines, latin_lines } = await layoutOf("JP")
  expect(lines).toEqual(["〒{postal_code}", "{region}", "{line1}", "{line2}"])
  expect(latin_lines).toEqual(["{line1}", "{line2}", "{region}", "{postal_code}"])
})

test("every country's form has what an order's details need there, and may be cached for a day", async () => {
  const { body, headers } = await app.get("/api/addresses")
  const { countries } = body as { readonly countries: readonly string[] }
  expect(headers["cache-control"]).toBe("public, max-age=86400")
  expect(countries).toHaveLength(250)
  for (const country of countries) {
    const { fields } = await layoutOf(country)
    const asked = fields.filter(({ required }) => required).map(({ name }) => name)
    const needed = requiredOfAddress(country).filter((name) => name !== "country")
    expect([country, ...asked.toSorted()]).toEqual([
      country,
      ...needed.map((name) => (name === "postalCode" ? "postal_code" : name)).toSorted(),
    ])
  }
})

test.each(["ch", "ZZ", "CHE", "%00", "..", "CH%2F"])("an unknown country is refused: %s", async (country) => {
  const { status } = await app.get(`/api/addresses/${country}`)
  expect([404, 422]).toContain(status)
})
