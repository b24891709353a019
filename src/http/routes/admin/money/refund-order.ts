import { Type, type Static } from "typebox"
import { unitsOf, type WantedLine } from "../../../../domain/lines.ts"
import { wantedLines } from "../../../../wire/lines.ts"
import { RefundBody, RefundWire, refundJson } from "../../../../wire/refund.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse, type FieldError } from "../../../wire/problems.ts"
import { submitCommand } from "../submit-command.ts"

const tags = ["admin"]
const security = needsRole("support")
const params = Type.Object({ id: Type.String() })

/** Registers `POST /api/admin/orders/{id}/refunds`. */
export function registerRefundOrder(
  admin: App,
  { lanes, lookups }: Pick<Services, "lanes" | "lookups">,
): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/refunds",
    schema: {
      summary: "Refund a paid order, put its units back on sale, or both",
      description: "`amount_minor: null` refunds all that is left of the payment.",
      tags,
      security,
      params,
      body: RefundBody,
      response: { 201: RefundWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const place = orderId === null ? null : await lookups.findOrder(orderId)
      if (orderId === null || place === null) return refuse(reply, { code: "order_not_found" })
      const restocked = restockedUnits(request.body)
      if ("errors" in restocked) return refuse(reply, { code: "invalid_request", errors: restocked.errors })
      const { amount_minor: amountMinor = 0 } = request.body
      const content = { orderId, amountMinor, ...restocked }
      const command = { kind: "refund_order", productId: place.productId, ...content } as const
      const refund = await submitCommand(request, reply, { lanes, command, content })
      return refund === null ? reply : reply.code(201).send(refundJson(refund))
    },
  })
}

interface RestockedUnits {
  readonly restockQty: number
  readonly restockLines?: readonly WantedLine[]
}

/** Reads which units are restocked: a number of them, or the units of each variant, but not both. */
function restockedUnits({
  restock_qty: qty,
  restock_lines: lines,
}: Static<typeof RefundBody>): RestockedUnits | { readonly errors: readonly FieldError[] } {
  if (lines === undefined) return { restockQty: qty ?? 0 }
  if (qty !== undefined) return fault("/restock_lines", "must be left out where restock_qty is given")
  const restockLines = wantedLines(lines)
  const named = new Set(restockLines.map(({ variantId }) => variantId))
  if (named.size < restockLines.length) return fault("/restock_lines", "must name each variant once")
  return { restockQty: unitsOf(restockLines), restockLines }
}

function fault(pointer: string, detail: string) {
  return { errors: [{ pointer, detail }] }
}
