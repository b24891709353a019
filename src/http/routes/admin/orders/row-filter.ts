import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { RowFilter } from "../../../../store/reads/lists.ts"
import type { Services } from "../../../services.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery, pageQuery } from "../../../wire/paging.ts"
import { refuse } from "../../../wire/problems.ts"
import { isStorable } from "../../../wire/storable-text.ts"

/** The parameters that the lists of orders and of holds share. */
export const rowQuery = {
  ...pageQuery,
  product_id: Type.Optional(Type.String()),
  customer_id: Type.Optional(Type.String()),
  variant_id: Type.Optional(Type.String()),
  sku: Type.Optional(Type.String({ description: "the `sku` of a variant, exactly as the shop wrote it" })),
  reference: Type.Optional(
    Type.String({ description: "the shop's own `reference`, exactly as it was given" }),
  ),
}

interface RowQuery {
  readonly product_id?: string
  readonly customer_id?: string
  readonly variant_id?: string
  readonly sku?: string
  readonly reference?: string
  readonly status?: string
}

/** Reads the filter of a list of orders or holds; null when it has refused a parameter. */
export async function rowFilterFrom(
  reply: FastifyReply,
  query: RowQuery,
  { variantNames }: Pick<Services, "variantNames">,
): Promise<RowFilter | null> {
  const { customer_id: customerId = null, status = null, sku, reference = null } = query
  const productId = idIn(query.product_id)
  const variantId = idIn(query.variant_id)
  if (productId === "bad") refuse(reply, badQuery("product_id", "an id"))
  else if (variantId === "bad") refuse(reply, badQuery("variant_id", "an id"))
  else if (customerId !== null && !isStorable(customerId)) refuse(reply, badQuery("customer_id", "a name"))
  else if (sku !== undefined && !isStorable(sku)) refuse(reply, badQuery("sku", "a number of an article"))
  else if (reference !== null && !isStorable(reference)) refuse(reply, badQuery("reference", "a name"))
  else {
    const withSku = sku === undefined ? null : await variantNames.idsWithSku(sku)
    return { productId, customerId, status, variantIds: bothOf(withSku, variantId), reference }
  }
  return null
}

function idIn(text: string | undefined): number | "bad" | null {
  return text === undefined ? null : (parseId(text) ?? "bad")
}

/** The variants that both filters allow; null: neither is given. */
function bothOf(withSku: readonly number[] | null, variantId: number | null): readonly number[] | null {
  if (variantId === null) return withSku
  return withSku === null || withSku.includes(variantId) ? [variantId] : []
}
