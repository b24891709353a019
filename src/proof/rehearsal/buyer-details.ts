import type pg from "pg"
import type { HttpClient } from "../../base/http-client.ts"
import type { Visitor } from "./crowd.ts"
import type { VisitLog } from "./visit-log.ts"

/** What the product with sizes asks its buyers for. */
export const askedDetails = {
  collect: { email: "required", name: "required", phone: "optional" },
  questions: [{ key: "terms", kind: "checkbox", label: "I accept the terms", required: true }],
}

type Buyer = Pick<Visitor, "number">

/** Everything that the product requires. */
export function detailsOf(visitor: Buyer) {
  return { email: emailOf(visitor), name: `Visitor ${visitor.number}`, answers: { terms: true } }
}

/** The e-mail address alone, so that a name and an answer are missing. */
export function partOfDetails(visitor: Buyer) {
  return { email: emailOf(visitor) }
}

/** No two visitors have the same address. */
export function emailOf({ number }: Buyer): string {
  return `visitor-${number}@shop.example`
}

/** Where buyers' details are looked for after the sale. */
interface DetailsEvidence {
  readonly pool: pg.Pool
  readonly client: HttpClient
  readonly shopUrl: string
  readonly productIds: readonly number[]
  readonly visitLog: VisitLog
}

interface AskedOrder {
  readonly id: number
  readonly isPaid: boolean
  /** By the rows of the details alone, whatever the order says of itself. */
  readonly isComplete: boolean
  readonly email: string | null
}

/**
 * Finds paid orders that neither have all details nor stand in the money inbox, others that stand in it without a reason
 * (I11), and details that were acknowledged to a visitor and are not stored (I5).
 */
export async function wrongDetails(evidence: DetailsEvidence): Promise<string[]> {
  const { pool, productIds, visitLog } = evidence
  const { rows } = await pool.query<AskedOrder>(
    `select o.id, o.status = 'paid' as "isPaid", d.email,
            d.email is not null and d.name is not null
              and coalesce(d.answers -> 'terms' = 'true'::jsonb, false) as "isComplete"
       from orders o
       join products p on p.id = o.product_id and p.collect is not null
       left join order_details d on d.product_id = o.product_id and d.order_id = o.id
      where o.product_id = any($1::bigint[])`,
    [productIds],
  )
  const waitedFor = await ordersInInbox(evidence)
  const emails = new Map(rows.map(({ id, email }) => [id, email]))
  return [
    ...rows.flatMap(({ id, isPaid, isComplete }) => {
      const isWaitedFor = waitedFor.has(id)
      if (isWaitedFor === (isPaid && !isComplete)) return []
      const details = isComplete ? "has all details" : "lacks details"
      return [`order ${id} ${details} and ${isWaitedFor ? "stands" : "does not stand"} in the money inbox`]
    }),
    ...visitLog.acknowledged.details
      .filter(({ orderId, email }) => emails.get(orderId) !== email)
      .map(
        ({ orderId, email }) =>
          `order ${orderId} was acknowledged with ${email} and has ${emails.get(orderId) ?? "no address"}`,
      ),
  ]
}

interface InboxPage {
  readonly data: readonly { readonly kind: string; readonly order?: { readonly order_id: number } | null }[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

/** The orders whose details the shop has to ask for, as its operator sees them. */
async function ordersInInbox({ client, shopUrl }: DetailsEvidence): Promise<Set<number>> {
  const found = new Set<number>()
  for (let next: string | null = ""; next !== null;) {
    const from: string = next === "" ? "" : `&cursor=${encodeURIComponent(next)}`
    const { status, body } = await client.send("GET", `${shopUrl}/api/admin/money?limit=100${from}`)
    if (status !== 200) throw new Error(`the money inbox answered ${status}`)
    const page = body as InboxPage
    for (const { kind, order } of page.data) {
      if (kind === "details_missing" && order !== undefined && order !== null) found.add(order.order_id)
    }
    next = page.has_more ? page.next_cursor : null
  }
  return found
}
