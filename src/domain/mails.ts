import type { Fact } from "./facts.ts"
import type { Product } from "./product.ts"
import { refundName, type Refund } from "./refund.ts"
import type { Instant } from "./time.ts"
import type { WorkingSet } from "./working-set.ts"

/**
 * What a mail tells its buyer. `receipt`: the order is paid. `refund`: money was sent back, whether for a refund of the
 * shop or because a payment could not pay the order. `cancelled`: the shop has cancelled the order. `links`: the links
 * of all orders of the address, which the buyer has asked for.
 */
export type MailKind = "receipt" | "refund" | "cancelled" | "links"

/** Mails with order links that an address gets in an hour: enough for a buyer who looks in the wrong folder, too few to annoy. */
export const LINKS_PER_HOUR = 3

/** A mail to be sent. It has neither an address nor a text: both are read when it is sent. */
export interface NewMail {
  /**
   * Made of the kind and the subject's name, such as `receipt-17`: a repeated batch makes the same id again.
   */
  readonly id: string
  readonly productId: number
  readonly orderId: number
  readonly kind: MailKind
  /** The refund that a mail of kind `refund` is about; null: the mail is of another kind. */
  readonly refundNumber: number | null
  readonly createdAt: Instant
}

/** Returns the mails that a batch causes, in the order of its facts; none for a product that asks for no address. */
export function mailsOf(state: WorkingSet, now: Instant): NewMail[] {
  if (!asksForEmail(state.product)) return []
  return state.facts.flatMap((fact) => {
    const mail = mailOfFact(fact)
    return mail === null ? [] : [{ ...mail, productId: state.productId, createdAt: now }]
  })
}

function asksForEmail(product: Product | null): boolean {
  const demand = product?.collect?.email
  return demand === "required" || demand === "optional"
}

function mailOfFact(fact: Fact): Omit<NewMail, "productId" | "createdAt"> | null {
  switch (fact.kind) {
    case "order_paid":
      return about(fact.order.id, "receipt")
    case "order_cancelled":
      return fact.byShop === true ? about(fact.order.id, "cancelled") : null
    case "refund_settled":
      return refundMail(fact.refund)
    default:
      return null
  }
}

function about(orderId: number, kind: "receipt" | "cancelled") {
  return { id: `${kind}-${orderId}`, orderId, kind, refundNumber: null }
}

/**
 * Only money that has really gone back is reported: a refund that is sent may still fail. A confirmed refund that fails
 * and is made again is reported again.
 */
function refundMail({ orderId, number, status, amountMinor, reversals }: Refund) {
  if (status !== "confirmed" || amountMinor === 0) return null
  const again = reversals === 0 ? "" : `-${reversals + 1}`
  return {
    id: `refund-${refundName(orderId, number)}${again}`,
    orderId,
    kind: "refund",
    refundNumber: number,
  } as const
}
