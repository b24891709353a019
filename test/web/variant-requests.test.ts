import { expect, test } from "vitest"
import { planImport } from "../../web/admin/variant-import.ts"
import { requestsOf } from "../../web/admin/variant-requests.ts"
import { lamp } from "./product.ts"

const fresh = { ...lamp, reserved_stock: 0, sold_stock: 0 }

/** The new variants of a file with so many lines, each with a name and an option of so many three-byte characters. */
function added(lines: number, characters: number) {
  const text = "靴".repeat(characters)
  const rows = Array.from({ length: lines }, (_, index) => `${index}${text},色=${text},5`)
  return planImport(["name,options,stock", ...rows].join("\n"), fresh).lines.filter(
    (planned) => planned.kind === "new",
  )
}

test("200 variants with short texts are added in one request", () => {
  expect(requestsOf(added(200, 3))).toHaveLength(1)
  expect(requestsOf([])).toEqual([])
})

test("variants with long texts are added in several requests, in order, each smaller than the server allows", () => {
  const variants = added(200, 200)
  const requests = requestsOf(variants)
  expect(requests.length).toBeGreaterThan(3)
  expect(requests.flat()).toEqual(variants)
  for (const request of requests) {
    const body = JSON.stringify({ variants: request.map(({ variant }) => variant) })
    expect(Buffer.byteLength(body)).toBeLessThan(64 * 1024)
  }
})
