import { expect } from "vitest"
import type { TestApp } from "./app.ts"

/** The request to create a product with variants: of 41 a single unit, of 42 two in a hold, 43 at a price of its own. */
export const SHOE = {
  name: "Runner",
  price_minor: 12_900,
  currency: "EUR",
  variants: [
    { name: "41", stock: 1, options: { size: "41" }, sku: "R-41" },
    { name: "42", stock: 5, options: { size: "42" }, max_per_hold: 2 },
    { name: "43", stock: 3, options: { size: "43" }, price_minor: 14_900 },
  ],
}

/** The ids of a product and of its variants 41, 42 and 43. */
export interface Shoe {
  readonly id: number
  readonly small: number
  readonly medium: number
  readonly large: number
}

/** Creates a {@link SHOE}, with further settings. */
export async function offerShoe(app: Pick<TestApp, "post">, more: object = {}): Promise<Shoe> {
  const { status, body } = await app.post("/api/admin/products", { ...SHOE, ...more })
  expect([status, body.code]).toEqual([201, undefined])
  const [small, medium, large] = body.variants.map(({ id }: { id: number }) => id)
  return { id: body.id, small, medium, large }
}

/** Reads the variants of a product. */
export async function variantsNow(app: Pick<TestApp, "get">, { id }: Shoe) {
  return (await app.get(`/api/products/${id}`)).body.variants
}
