import type { RefundPlace } from "../../store/reads/money-views.ts"
import { parseId } from "./ids.ts"

/** The largest number of a refund: PostgreSQL's integer. */
const LARGEST_NUMBER = 2_147_483_647

/** Reads a refund's name, such as `17-1`: the order and the refund's number in it. Null: the text is no such name. */
export function parseRefundName(text: string): RefundPlace | null {
  const [order = "", refund = "", ...rest] = text.split("-")
  const orderId = parseId(order)
  const number = parseId(refund)
  if (orderId === null || number === null || rest.length > 0) return null
  return number > LARGEST_NUMBER ? null : { orderId, number }
}
