import { Type } from "typebox"
import { ProductChangesBody } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { refuse } from "../../../wire/problems.ts"
import { changedProduct, type ProductChange } from "./product-change.ts"
import { settingsFrom } from "./product-settings.ts"

const tags = ["admin"]
const security = needsRole("manager")
const params = Type.Object({ id: Type.String() })

/** Registers `PATCH /api/admin/products/{id}`. */
export function registerChangeProduct(admin: App, change: ProductChange): void {
  admin.route({
    method: "PATCH",
    url: "/api/admin/products/:id",
    schema: {
      summary: "Change a product's settings",
      tags,
      security,
      params,
      body: ProductChangesBody,
      response: changedProduct,
    },
    async handler(request, reply) {
      const changes = settingsFrom(request.body)
      if (Array.isArray(changes)) return refuse(reply, { code: "invalid_request", errors: changes })
      const productId = parseId(request.params.id)
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      const product = await change(request, reply, {
        command: { kind: "change_product", productId, changes },
        content: { productId, ...changes },
      })
      return product ?? reply
    },
  })
}
