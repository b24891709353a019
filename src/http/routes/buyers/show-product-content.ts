import { Type } from "typebox"
import { accentShades, pageGrounds } from "../../../base/accent.ts"
import { isHidden } from "../../../domain/product.ts"
import { ShownContentWire, shownContentJson } from "../../../wire/product-content.ts"
import { LanguageTag } from "../../../wire/fields.ts"
import { maySeeHidden } from "../../access/auth.ts"
import { chosenLanguage } from "../../../site/language-choice.ts"
import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { parseId } from "../../wire/ids.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"

/** Registers `GET /api/products/{id}/content`. */
export function registerShowProductContent(
  app: App,
  { products, contents, shop, gatekeeper }: Pick<Services, "products" | "contents" | "shop" | "gatekeeper">,
): void {
  app.route({
    method: "GET",
    url: "/api/products/:id/content",
    schema: {
      summary: "Read the pictures and texts of a product in a language",
      description:
        "In the language of `lang` or, if the shop does not have it, in the shop's default. A text without a translation is the product's own. That of a draft or an archived product is shown to the shop, and to the owners of its holds and orders.",
      tags: ["products"],
      params: Type.Object({ id: Type.String() }),
      querystring: Type.Object({ lang: Type.Optional(LanguageTag) }),
      response: { 200: ShownContentWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = parseId(request.params.id)
      const view = id === null ? null : await products.product(id)
      const isSecret = view !== null && isHidden(view.product)
      if (view === null || (isSecret && !maySeeHidden(gatekeeper.callerOf(request), view.product.id)))
        return refuse(reply, { code: "product_not_found" })
      const { languages, accent } = await shop.face()
      const contentOf = await contents.contentsOf([view.product.id])
      void reply.header("cache-control", isSecret ? "private, no-store" : "public, max-age=2")
      // Not by the browser's languages: the answer is the same for everybody who sends this address.
      const wish = { asked: request.query.lang, cookie: undefined, acceptLanguage: undefined }
      const language = chosenLanguage(wish, languages)
      const shown = shownContentJson(view.product, contentOf(view.product.id), language)
      return { ...shown, ...(accent !== null && { shop_accent: buttonShades(accent) }) }
    },
  })
}

/** The shades that do not depend on the page below: any page of any shop may show the button. */
function buttonShades(accent: string) {
  const { surface, ink } = accentShades(accent, pageGrounds.light)
  return { surface, ink }
}
