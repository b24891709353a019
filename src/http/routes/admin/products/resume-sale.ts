import type { App } from "../../../transport/typed-app.ts"
import type { ProductChange } from "./product-change.ts"
import { switchSale, switchSchema } from "./sale-switch.ts"

/** Registers `POST /api/admin/products/{id}/resume`. */
export function registerResumeSale(admin: App, change: ProductChange): void {
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/resume",
    schema: { summary: "Resume a sale", ...switchSchema },
    handler: (request, reply) => switchSale(request, reply, { change, paused: false }),
  })
}
