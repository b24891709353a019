import { expect, test } from "vitest"
import type { Hold } from "../../src/domain/hold.ts"
import { holdJson, newHoldText } from "../../src/wire/hold.ts"
import { holdWith } from "../support/builders.ts"

const line = (variantId: number) => ({ variantId, qty: variantId + 1, unitPriceMinor: 100 * variantId })

test.each<[string, Partial<Hold>]>([
  ["of a product without variants", {}],
  ["of a customer whose name needs escaping", { customerId: 'a "b" \\ \u2028' }],
  ["of one variant", { lines: [line(3)] }],
  ["of several variants", { lines: [line(3), line(1), line(2)] }],
])("the text of a new hold %s is its JSON", (_, fields) => {
  const hold = { ...holdWith(), ...fields }
  const { variant_id, lines, ...known } = holdJson(hold)
  const ofLines = { ...(variant_id !== undefined && { variant_id }), ...(lines && { lines }) }

  expect(newHoldText(hold, "dbt1.token")).toBe(JSON.stringify({ ...known, token: "dbt1.token", ...ofLines }))
})
