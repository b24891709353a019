import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { RowFilter } from "../../../../store/reads/lists.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery, pageQuery } from "../../../wire/paging.ts"
import { refuse } from "../../../wire/problems.ts"
import { isStorable } from "../../../wire/storable-text.ts"

/** The parameters that the lists of orders and of holds share. */
export const rowQuery = {
  ...pageQuery,
  product_id: Type.Optional(Type.String()),
  customer_id: Type.Optional(Type.String()),
}

interface RowQuery {
  readonly product_id?: string
  readonly customer_id?: string
  readonly status?: string
}

/** Reads the filter of a list of orders or holds; null when it has refused a parameter. */
export function rowFilterFrom(
  reply: FastifyReply,
  { product_id, customer_id, status }: RowQuery,
): RowFilter | null {
  const productId = product_id === undefined ? null : parseId(product_id)
  const customerId = customer_id ?? null
  if (product_id !== undefined && productId === null) refuse(reply, badQuery("product_id", "an id"))
  else if (customerId !== null && !isStorable(customerId)) refuse(reply, badQuery("customer_id", "a name"))
  else return { productId, customerId, status: status ?? null }
  return null
}
