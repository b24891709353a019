import type { PageRequest } from "../../../../store/reads/page.ts"
import { Type } from "typebox"
import { refundName } from "../../../../domain/refund.ts"
import type {
  DisputeKey,
  MoneyViews,
  RefundKey,
  StrayPaymentKey,
} from "../../../../store/reads/money-views.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import {
  detailsMissingJson,
  openDisputeJson,
  openRefundJson,
  strayPaymentJson,
} from "../../../wire/money-json.ts"
import { encodeCursor, readPageRequest, pageJson, pageQuery, decodeCursor } from "../../../wire/paging.ts"
import { MoneyInbox, type MoneyInboxEntryJson } from "../../../wire/payment-schemas.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { parseRefundName } from "../../../wire/refund-names.ts"
import { isStorable } from "../../../wire/storable-text.ts"

const tags = ["admin"]
const security = needsRole("support")

/** Registers `GET /api/admin/money`. */
export function registerListMoneyInbox(admin: App, { money }: Pick<Services, "money">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/money",
    schema: {
      summary: "List the money inbox",
      description:
        "Payments without an order come first, then refunds that are not confirmed, open disputes, and paid orders that lack details of the buyer. Each entry gives its reason and the actions that are possible.",
      tags,
      security,
      querystring: Type.Object(pageQuery),
      response: { 200: MoneyInbox, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, positionFrom)
      return page === null ? reply : readInbox(money, page)
    },
  })
}

/** The kinds of entries, in the order of the list. */
const inboxKinds = ["payment", "refund", "dispute", "details"] as const

/** The entry after which a page begins. */
type Position =
  | ({ readonly kind: "payment" } & StrayPaymentKey)
  | ({ readonly kind: "refund" } & RefundKey)
  | ({ readonly kind: "dispute" } & DisputeKey)
  | { readonly kind: "details"; readonly orderId: number }

/** An entry of the money inbox. */
interface InboxRow {
  readonly cursor: readonly (string | number)[]
  toJson(): MoneyInboxEntryJson
}

/** Reads one kind of entries after the other until the page is full. */
async function readInbox(money: MoneyViews, page: PageRequest<Position>) {
  const { after, limit } = page
  const rows: InboxRow[] = []
  for (const kind of inboxKinds.slice(after === null ? 0 : inboxKinds.indexOf(after.kind))) {
    const room = limit + 1 - rows.length
    if (room > 0) rows.push(...(await readKind(money, kind, { after, limit: room })))
  }
  return pageJson(rows, page, { toJson: (row) => row.toJson(), toCursor: (row) => encodeCursor(row.cursor) })
}

/** Reads entries of one kind: from the first one, unless `after` is an entry of this kind. */
async function readKind(
  money: MoneyViews,
  kind: Position["kind"],
  { after, limit }: PageRequest<Position>,
): Promise<InboxRow[]> {
  switch (kind) {
    case "payment":
      return (await money.strayPayments(after?.kind === kind ? after : null, limit)).map((row) => ({
        toJson: () => strayPaymentJson(row),
        cursor: [kind, row.orderId, row.provider, row.key],
      }))
    case "refund":
      return (await money.openRefunds(after?.kind === kind ? after : null, limit)).map((row) => ({
        toJson: () => openRefundJson(row),
        cursor: [kind, refundName(row.orderId, row.number)],
      }))
    case "dispute":
      return (await money.openDisputes(after?.kind === kind ? after : null, limit)).map((row) => ({
        toJson: () => openDisputeJson(row),
        cursor: [kind, row.orderId, row.provider, row.disputeId],
      }))
    case "details":
      return (await money.ordersLackingDetails(after?.kind === kind ? after.orderId : 0, limit)).map(
        (row) => ({ toJson: () => detailsMissingJson(row), cursor: [kind, row.id] }),
      )
  }
}

function positionFrom(cursor: string): Position | null {
  const [kind, ...parts] = decodeCursor(cursor) ?? []
  if (kind === "refund" && typeof parts[0] === "string") {
    const refund = parseRefundName(parts[0])
    return refund === null ? null : { kind, ...refund }
  }
  const [orderId, provider, name] = parts
  if (kind === "details") return Number.isSafeInteger(orderId) ? { kind, orderId: Number(orderId) } : null
  if (!Number.isSafeInteger(orderId) || !isStorable(provider) || !isStorable(name)) return null
  const position = { orderId: Number(orderId), provider }
  if (kind === "payment") return { kind, ...position, key: name }
  return kind === "dispute" ? { kind, ...position, disputeId: name } : null
}
