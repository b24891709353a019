import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { Instant } from "../../../../domain/time.ts"
import type { OrderFilter, RowFilter } from "../../../../store/reads/row-lists.ts"
import type { Services } from "../../../services.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery, pageQuery, type BadParameter } from "../../../wire/paging.ts"
import { refuse } from "../../../wire/problems.ts"
import { momentFrom } from "../../../wire/times.ts"
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

/** The parameters of the list of orders. */
export const orderQuery = {
  ...rowQuery,
  payment_id: Type.Optional(
    Type.String({ description: "the provider's id of a payment that the order has received" }),
  ),
  from: Type.Optional(Type.String({ description: "made at this time or later, in ISO 8601" })),
  to: Type.Optional(Type.String({ description: "made before this time, in ISO 8601" })),
}

/** What the body of a search has in addition: personal data, which must stand in no URL. */
export const buyerFields = {
  email: Type.Optional(
    Type.String({ description: "the buyer's e-mail address; upper and lower case of A to Z do not matter" }),
  ),
  name: Type.Optional(
    Type.String({ description: "beginnings of words of the buyer's name, in upper or lower case" }),
  ),
}

interface OrderQuery extends RowQuery {
  readonly email?: string
  readonly name?: string
  readonly payment_id?: string
  readonly from?: string
  readonly to?: string
}

/** As {@link rowFilterFrom}, with the filters of orders alone. */
export async function orderFilterFrom(
  reply: FastifyReply,
  query: OrderQuery,
  services: Pick<Services, "variantNames">,
  bad: BadParameter = badQuery,
): Promise<OrderFilter | null> {
  const { email = null, name = null, payment_id: paymentId = null } = query
  const texts = { email, name, payment_id: paymentId }
  for (const [parameter, text] of Object.entries(texts)) {
    if (text === null || (isStorable(text) && text.trim() !== "")) continue
    refuse(reply, bad(parameter, "a text"))
    return null
  }
  const [from, to] = [timeIn(query.from), timeIn(query.to)]
  if (from === "bad" || to === "bad") {
    refuse(reply, bad(from === "bad" ? "from" : "to", "a time in ISO 8601, from 1970 to 9999"))
    return null
  }
  const rows = await rowFilterFrom(reply, query, services, bad)
  return rows === null ? null : { ...rows, email, name, paymentId, from, to }
}

/** A time without its offset from UTC would mean another moment on each computer. */
function timeIn(text: string | undefined): Instant | "bad" | null {
  if (text === undefined) return null
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : NaN
  return momentFrom(time) ?? "bad"
}

interface RowQuery {
  readonly product_id?: string
  readonly customer_id?: string
  readonly variant_id?: string
  readonly sku?: string
  readonly reference?: string
  readonly status?: string
}

/** Reads the filter of a list of orders or holds; null when it has refused a parameter. `bad` makes the refusal. */
export async function rowFilterFrom(
  reply: FastifyReply,
  query: RowQuery,
  { variantNames }: Pick<Services, "variantNames">,
  bad: BadParameter = badQuery,
): Promise<RowFilter | null> {
  const { customer_id: customerId = null, status = null, sku, reference = null } = query
  const productId = idIn(query.product_id)
  const variantId = idIn(query.variant_id)
  if (productId === "bad") refuse(reply, bad("product_id", "an id"))
  else if (variantId === "bad") refuse(reply, bad("variant_id", "an id"))
  else if (customerId !== null && !isStorable(customerId)) refuse(reply, bad("customer_id", "a name"))
  else if (sku !== undefined && !isStorable(sku)) refuse(reply, bad("sku", "a number of an article"))
  else if (reference !== null && !isStorable(reference)) refuse(reply, bad("reference", "a text"))
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
