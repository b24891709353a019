import { Type } from "typebox"
import { StockBody } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { refuse } from "../../../wire/problems.ts"
import { changedProduct, type ProductChange } from "./product-change.ts"

const tags = ["admin"]
const security = needsRole("manager")
const params = Type.Object({ id: Type.String(), variantId: Type.String() })

/** Registers `POST /api/admin/products/{id}/variants/{variantId}/stock`. */
export function registerSetVariantStock(
  admin: App,
  change: ProductChange,
  { ids }: Pick<Services, "ids">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/variants/:variantId/stock",
    schema: {
      summary: "Set the stock of a variant, if it has the expected value",
      tags,
      security,
      params,
      body: StockBody,
      response: changedProduct,
    },
    async handler(request, reply) {
      const { stock, expected } = request.body
      const productId = parseId(request.params.id)
      const variantId = parseId(request.params.variantId)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      if (variantId === null) return refuse(reply, { code: "variant_not_found" })
      const adjustmentId = await ids.next("stock_adjustments")
      const product = await change(request, reply, {
        command: { kind: "adjust_stock", productId, variantId, stock, expected, adjustmentId },
        content: { productId, variantId, stock, expected },
      })
      return product ?? reply
    },
  })
}
