import type { FastifyReply, FastifyRequest } from "fastify"
import type { RefundResult } from "../../../../domain/commands.ts"
import { refundJson } from "../../../../wire/refund.ts"
import type { Services } from "../../../services.ts"
import { refuse } from "../../../wire/problems.ts"
import { parseRefundName } from "../../../wire/refund-names.ts"
import { submitCommand } from "../submit-command.ts"

/** How an administrator's request changes the status of a refund. */
export type RefundSettlement = ReturnType<typeof createRefundSettlement>

/** Makes the function that the routes for a refund's status share; call it once, when routes are registered. */
export function createRefundSettlement({ lanes, money }: Pick<Services, "lanes" | "money">) {
  /** Gives the refund in the path its new status, and answers with the refund. */
  return async function settle(
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    result: RefundResult,
  ) {
    const place = parseRefundName(request.params.id)
    const origin = place === null ? null : await money.originOfRefund(place)
    if (place === null || origin === null) return refuse(reply, { code: "refund_not_found" })
    const { productId } = origin
    const command = { kind: "settle_refund", productId, ...place, result } as const
    const refund = await submitCommand(request, reply, { lanes, command, content: place })
    return refund === null ? reply : reply.send(refundJson(refund))
  }
}
