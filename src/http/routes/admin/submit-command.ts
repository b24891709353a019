import type { FastifyReply, FastifyRequest } from "fastify"
import type { Command } from "../../../domain/commands.ts"
import type { Order } from "../../../domain/order.ts"
import type { Product } from "../../../domain/product.ts"
import type { Refund } from "../../../domain/refund.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import { badIdempotencyKey, idempotencyOf } from "../../access/idempotency-key.ts"
import type { Services } from "../../services.ts"
import { refuse } from "../../wire/problems.ts"

/** What the commands of administrators return, unless they are refused. */
interface Successes {
  cancel_order: Order
  set_details: Order
  refund_order: Refund
  settle_refund: Refund
  create_product: Product
  change_product: Product
  add_variants: Product
  change_variant: Product
  adjust_stock: Product
}

type AdminCommand = Extract<Command, { readonly kind: keyof Successes }>

/**
 * Submits an administrator's command under the request's Idempotency-Key. Returns null when it has sent a refusal.
 * `content` is what the request asks for, without the ids that this server has chosen for it: the same key with other
 * content is refused.
 */
export async function submitCommand<C extends AdminCommand>(
  request: FastifyRequest,
  reply: FastifyReply,
  { lanes, command, content }: { lanes: Services["lanes"]; command: C; content: object },
): Promise<Successes[C["kind"]] | null> {
  const idempotency = idempotencyOf(request, "admin", content)
  if (idempotency === "bad") {
    refuse(reply, badIdempotencyKey)
    return null
  }
  const { outcome, replayed } = await lanes.submit<AdminCommand>({
    ...command,
    requestId: request.id,
    idempotency,
  })
  if (replayed) void reply.header("idempotent-replayed", "true")
  if (isRefusal(outcome)) {
    refuse(reply, outcome)
    return null
  }
  return outcome as Successes[C["kind"]]
}
