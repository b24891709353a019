import { changeCollect } from "../../../../domain/details.ts"
import { defaultSettings } from "../../../../domain/product.ts"
import { NewProductBody, ProductWire } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import type { ProductChange } from "./product-change.ts"
import { newVariants, variantContent } from "./new-variants.ts"
import { settingsFrom } from "./product-settings.ts"

const tags = ["admin"]
const security = needsRole("manager")

/** Registers `POST /api/admin/products`. */
export function registerCreateProduct(
  admin: App,
  change: ProductChange,
  { ids }: Pick<Services, "ids">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/products",
    schema: {
      summary: "Create a product",
      tags,
      security,
      body: NewProductBody,
      response: { 201: ProductWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { stock = 0, variants: wanted, name, price_minor: priceMinor, currency } = request.body
      if (request.body.stock !== undefined && wanted !== undefined) {
        return refuse(reply, { code: "invalid_request", errors: [twoStocks] })
      }
      const given = settingsFrom(request.body)
      if (Array.isArray(given)) return refuse(reply, { code: "invalid_request", errors: given })
      const { collect = {}, ...others } = given
      const settings = {
        ...defaultSettings,
        ...others,
        name,
        priceMinor,
        currency,
        collect: changeCollect(null, collect),
      }
      const adjustmentId = await ids.next("stock_adjustments")
      const productId = await ids.next("products")
      const variants = wanted === undefined ? undefined : await newVariants(ids, wanted)
      const product = await change(request, reply, {
        command: { kind: "create_product", productId, settings, stock, adjustmentId, variants },
        content: { productId: null, settings, stock, variants: variants?.map(variantContent) },
      })
      if (product === null) return reply
      return reply.code(201).header("location", `/api/products/${product.id}`).send(product)
    },
  })
}

const twoStocks = { pointer: "/variants", detail: "must be left out where stock is given" } as const
