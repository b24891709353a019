import { Type } from "typebox"
import type { Product } from "../../../../domain/product.ts"
import { nothingStored } from "../../../../store/reads/product-contents.ts"
import {
  ContentChangesBody,
  ContentWire,
  contentChanges,
  contentJson,
  contentVersion,
} from "../../../../wire/product-content.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import { isKnown } from "../../../transport/etags.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

const url = "/api/admin/products/:id/content"
const params = Type.Object({ id: Type.String() })
const headers = Type.Object({
  "if-match": Type.Optional(
    Type.String({ description: "The `ETag` of the content that the change was made from" }),
  ),
})

type ContentServices = Pick<Services, "contents" | "products">

/** Registers `GET` and `PATCH /api/admin/products/{id}/content`. */
export function registerProductContent(admin: App, { contents, products }: ContentServices): void {
  admin.route({
    method: "GET",
    url,
    schema: {
      summary: "Read the pictures and texts of a product",
      tags: ["admin"],
      security: needsRole("viewer"),
      params,
      response: { 200: ContentWire, ...problemResponses },
    },
    async handler(request, reply) {
      const product = await existing(request.params.id)
      if (product === null) return refuse(reply, { code: "product_not_found" })
      const { id, variants } = product
      const { content, updatedAt } = (await contents.stored.read([id])).get(id) ?? nothingStored
      void reply.headers({ etag: `"${contentVersion(content)}"`, "cache-control": "no-store" })
      return contentJson(id, content, { updatedAt, variants })
    },
  })

  admin.route({
    method: "PATCH",
    url,
    schema: {
      summary: "Change the pictures and texts of a product",
      description:
        "A member that is left out stays as it is; null removes it. With `If-Match` the change is refused if the content has changed since. Pages and mails show the change within a few seconds.",
      tags: ["admin"],
      security: needsRole("manager"),
      params,
      headers,
      body: ContentChangesBody,
      response: { 200: ContentWire, ...problemResponses },
    },
    async handler(request, reply) {
      const changed = contentChanges(request.body)
      if (Array.isArray(changed)) return refuse(reply, { code: "invalid_request", errors: changed })
      const product = await existing(request.params.id)
      if (product === null) return refuse(reply, { code: "product_not_found" })
      const { id, variants } = product
      const expected = request.headers["if-match"]
      const stored = await contents.stored.change(
        id,
        changed,
        (content) => expected === undefined || isKnown(expected, `"${contentVersion(content)}"`),
      )
      if (stored === null) return refuse(reply, { code: "content_changed" })
      contents.learn(id, stored.content)
      void reply.header("etag", `"${contentVersion(stored.content)}"`)
      const { content, updatedAt } = stored
      return contentJson(id, content, { updatedAt, variants })
    },
  })

  async function existing(text: string): Promise<Product | null> {
    const id = parseId(text)
    return id === null ? null : ((await products.product(id))?.product ?? null)
  }
}
