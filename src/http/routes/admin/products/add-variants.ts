import { Type } from "typebox"
import { MOST_VARIANTS } from "../../../../domain/variant.ts"
import { body } from "../../../../wire/fields.ts"
import { ProductWire } from "../../../../wire/product.ts"
import { NewVariantBody } from "../../../../wire/variant.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { newVariants, variantContent } from "./new-variants.ts"
import type { ProductChange } from "./product-change.ts"

const tags = ["admin"]
const security = needsRole("manager")
const params = Type.Object({ id: Type.String() })

/** The request to add variants. */
export const VariantsBody = body({
  variants: Type.Array(NewVariantBody, { minItems: 1, maxItems: MOST_VARIANTS }),
})

/** Registers `POST /api/admin/products/{id}/variants`. */
export function registerAddVariants(admin: App, change: ProductChange, { ids }: Pick<Services, "ids">): void {
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/variants",
    schema: {
      summary: "Add variants to a product",
      description:
        "The first variants take the place of the product's own stock, which is possible only while no unit of it is held or sold.",
      tags,
      security,
      params,
      body: VariantsBody,
      response: { 201: ProductWire, ...problemResponses },
    },
    async handler(request, reply) {
      const productId = parseId(request.params.id)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      const variants = await newVariants(ids, request.body.variants)
      const adjustmentId = await ids.next("stock_adjustments")
      const product = await change(request, reply, {
        command: { kind: "add_variants", productId, variants, adjustmentId },
        content: { productId, variants: variants.map(variantContent) },
      })
      return product === null ? reply : reply.code(201).send(product)
    },
  })
}
