import type { FastifyReply } from "fastify"
import { Type } from "typebox"
import type { MessageFilter, MessagePlace } from "../../../../store/reads/lists.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery, encodeCursor, pageQuery, decodeCursor } from "../../../wire/paging.ts"
import { refuse } from "../../../wire/problems.ts"
import { isStorable } from "../../../wire/storable-text.ts"

/** The parameters that the lists of payments and of payment events share. */
export const eventQuery = {
  ...pageQuery,
  order_id: Type.Optional(Type.String()),
  provider: Type.Optional(Type.String()),
}

interface EventQuery {
  readonly order_id?: string
  readonly provider?: string
}

/**
 * Reads the filter of a list of payments or payment events; null when it has refused a parameter. `outcome` is a
 * payment's allocation or an event's outcome.
 */
export function eventFilterFrom(
  reply: FastifyReply,
  { order_id, provider }: EventQuery,
  outcome: string | undefined,
): MessageFilter | null {
  const orderId = order_id === undefined ? null : parseId(order_id)
  if (order_id !== undefined && orderId === null) refuse(reply, badQuery("order_id", "an id"))
  else if (provider !== undefined && !isStorable(provider)) refuse(reply, badQuery("provider", "a name"))
  else return { orderId, provider: provider ?? null, outcome: outcome ?? null }
  return null
}

/** The cursor of the page that begins after an event. */
export function eventCursor({ provider, key }: MessagePlace): string {
  return encodeCursor([provider, key])
}

/** Reads what {@link eventCursor} has written; null for other text. */
export function eventPositionFrom(cursor: string): MessagePlace | null {
  const [provider, key] = decodeCursor(cursor) ?? []
  return isStorable(provider) && isStorable(key) ? { provider, key } : null
}
