import { expect, test } from "vitest"
import { duplicateWarning } from "../../web/admin/duplicates.ts"

const others = [
  { name: "41", sku: "R-41" },
  { name: "42", sku: null },
]

test.each([
  ["43", "R-43", null],
  ["43", null, null],
  ["", null, null],
  ["41 EU", "R-41", "Another variant, “41”, has the SKU R-41 too."],
  // A mistyped SKU adds a second variant of the name.
  ["41", "R-14", "Another variant is named “41” too; its SKU is R-41."],
  ["42", "R-42", "Another variant is named “42” too."],
])("a variant %j with the SKU %j: %s", (name, sku, warning) => {
  expect(duplicateWarning({ name, sku }, others)).toBe(warning)
})
