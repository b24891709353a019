import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { ShopWire, shopJson, shopVersion } from "../../../../wire/shop.ts"

/** Registers `GET /api/admin/shop`. */
export function registerShowShop(
  admin: App,
  { shop, shopDefaults, takesPayments }: Pick<Services, "shop" | "shopDefaults" | "takesPayments">,
): void {
  const installation = { defaults: shopDefaults, takesPayments }
  admin.route({
    method: "GET",
    url: "/api/admin/shop",
    schema: {
      summary: "Read the shop's own settings",
      tags: ["admin"],
      security: needsRole("viewer"),
      response: { 200: ShopWire, ...problemResponses },
    },
    async handler(_request, reply) {
      const { settings, updatedAt } = await shop.settings.read()
      void reply.headers({ etag: `"${shopVersion(settings)}"`, "cache-control": "no-store" })
      return shopJson(settings, updatedAt, installation)
    },
  })
}
