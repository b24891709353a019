import type { FastifyReply, FastifyRequest } from "fastify"
import type {
  AddVariants,
  AdjustStock,
  ChangeProduct,
  ChangeVariant,
  CreateProduct,
} from "../../../../domain/commands.ts"
import { productJson, ProductWire, type ProductJson } from "../../../../wire/product.ts"
import type { Services } from "../../../services.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { submitCommand } from "../submit-command.ts"

/** The answers of a route that changes a product. */
export const changedProduct = { 200: ProductWire, ...problemResponses }

type ProductCommand = CreateProduct | ChangeProduct | AddVariants | ChangeVariant | AdjustStock

/** How an administrator's request creates or changes a product. */
export type ProductChange = ReturnType<typeof createProductChange>

/** Makes the function that the routes for products share; call it once, when routes are registered. */
export function createProductChange({ lanes, holdTtlSeconds }: Pick<Services, "lanes" | "holdTtlSeconds">) {
  /**
   * Submits a command and returns the JSON of the product after it; null when it has sent a refusal. `content` is what
   * the request asks for, without the ids that this server has chosen for it.
   */
  return async function change(
    request: FastifyRequest,
    reply: FastifyReply,
    { command, content }: { command: ProductCommand; content: object },
  ): Promise<ProductJson | null> {
    const product = await submitCommand(request, reply, { lanes, command, content })
    return product === null ? null : productJson(product, product.updatedAt, holdTtlSeconds)
  }
}
