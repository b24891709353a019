import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import { isKnown } from "../../../transport/etags.ts"
import type { App } from "../../../transport/typed-app.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { ShopChangesBody, ShopWire, shopChanges, shopJson, shopVersion } from "../../../../wire/shop.ts"

const headers = Type.Object({
  "if-match": Type.Optional(
    Type.String({ description: "The `ETag` of the settings that the change was made from" }),
  ),
})

/** Registers `PATCH /api/admin/shop`. */
export function registerChangeShop(
  admin: App,
  { shop, shopDefaults, takesPayments }: Pick<Services, "shop" | "shopDefaults" | "takesPayments">,
): void {
  const installation = { defaults: shopDefaults, takesPayments }
  admin.route({
    method: "PATCH",
    url: "/api/admin/shop",
    schema: {
      summary: "Change the shop's own settings",
      description:
        "A member that is left out stays as it is; null removes it. With `If-Match` the change is refused if the settings have changed since. All pages and mails show the change within a few seconds.",
      tags: ["admin"],
      security: needsRole("owner"),
      headers,
      body: ShopChangesBody,
      response: { 200: ShopWire, ...problemResponses },
    },
    async handler(request, reply) {
      const changes = shopChanges(request.body)
      if (Array.isArray(changes)) return refuse(reply, { code: "invalid_request", errors: changes })
      const expected = request.headers["if-match"]
      const stored = await shop.settings.change(
        changes,
        (settings) => expected === undefined || isKnown(expected, `"${shopVersion(settings)}"`),
      )
      if (stored === null) return refuse(reply, { code: "shop_changed" })
      shop.learn(stored.settings)
      void reply.header("etag", `"${shopVersion(stored.settings)}"`)
      return shopJson(stored.settings, stored.updatedAt, installation)
    },
  })
}
