import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import { parseId } from "../../../wire/ids.ts"
import { refuse } from "../../../wire/problems.ts"
import { changedProduct, type ProductChange } from "./product-change.ts"

/** The schema of the routes that pause and resume a sale, without its summary. */
export const switchSchema = {
  tags: ["admin"],
  security: needsRole("manager"),
  params: Type.Object({ id: Type.String() }),
  response: changedProduct,
}

type SwitchRequest = FastifyRequest<{ Params: { id: string } }>

/** Pauses or resumes the sale of the product that the path names, and returns what the route answers. */
export async function switchSale(
  request: SwitchRequest,
  reply: FastifyReply,
  { change, paused }: { readonly change: ProductChange; readonly paused: boolean },
) {
  const productId = parseId(request.params.id)
  if (productId === null) return refuse(reply, { code: "product_not_found" })
  const product = await change(request, reply, {
    command: { kind: "change_product", productId, changes: { paused } },
    content: { productId, paused },
  })
  return product ?? reply
}
