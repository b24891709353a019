import { Type } from "typebox"
import { VariantChangesBody, variantChanges } from "../../../../wire/variant.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { refuse } from "../../../wire/problems.ts"
import { changedProduct, type ProductChange } from "./product-change.ts"

const tags = ["admin"]
const security = needsRole("manager")
const params = Type.Object({ id: Type.String(), variantId: Type.String() })

/** Registers `PATCH /api/admin/products/{id}/variants/{variantId}`. */
export function registerChangeVariant(admin: App, change: ProductChange): void {
  admin.route({
    method: "PATCH",
    url: "/api/admin/products/:id/variants/:variantId",
    schema: {
      summary: "Change a variant's settings",
      description:
        "`enabled: false` refuses new holds of it; its holds and orders go on. Holds keep the price of the moment they were placed.",
      tags,
      security,
      params,
      body: VariantChangesBody,
      response: changedProduct,
    },
    async handler(request, reply) {
      const productId = parseId(request.params.id)
      const variantId = parseId(request.params.variantId)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      if (variantId === null) return refuse(reply, { code: "variant_not_found" })
      const changes = variantChanges(request.body)
      const product = await change(request, reply, {
        command: { kind: "change_variant", productId, variantId, changes },
        content: { productId, variantId, ...changes },
      })
      return product ?? reply
    },
  })
}
