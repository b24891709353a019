import { Type } from "typebox"
import { adminSecurity } from "../../../access/admin-area.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { refuse } from "../../../wire/problems.ts"
import { changedProduct, type ProductChange } from "./product-change.ts"

const tags = ["admin"]
const security = adminSecurity
const params = Type.Object({ id: Type.String() })
const changes = { paused: true }

/** Registers `POST /api/admin/products/{id}/pause`. */
export function registerPauseSale(admin: App, change: ProductChange): void {
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/pause",
    schema: { summary: "Pause a sale", tags, security, params, response: changedProduct },
    async handler(request, reply) {
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
