import type { FastifyReply, FastifyRequest } from "fastify"
import type { Operator, OperatorRefusal } from "../../../../store/reads/operator-changes.ts"
import type { Gatekeeper } from "../../../access/auth.ts"
import { newOperatorToken } from "../../../access/operator-access.ts"
import { parseId } from "../../../wire/ids.ts"
import { operatorJson } from "../../../wire/operator-schemas.ts"
import { refuse } from "../../../wire/problems.ts"
import { askingOperator } from "./asking-operator.ts"

/** Changes the operator with this id, at the request of the operator `by`; null: of ADMIN_TOKEN, or in open mode. */
type Change = (id: number, by: number | null) => Promise<Operator | OperatorRefusal>

/** Changes the operator that the path names. Returns the operator, or null when it has sent a refusal. */
export async function changeNamedOperator(
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  gatekeeper: Gatekeeper,
  change: Change,
): Promise<Operator | null> {
  const id = parseId(request.params.id)
  const outcome =
    id === null
      ? ({ code: "operator_not_found" } as const)
      : await change(id, askingOperator(request, gatekeeper))
  if ("code" in outcome) {
    refuse(reply, outcome)
    return null
  }
  void reply.header("cache-control", "no-store")
  return outcome
}

/** As {@link changeNamedOperator}, with a new token, which the answer shows. */
export async function giveNewToken(
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  gatekeeper: Gatekeeper,
  change: (id: number, tokenHash: string, by: number | null) => ReturnType<Change>,
) {
  const { token, tokenHash } = newOperatorToken()
  const changed = await changeNamedOperator(request, reply, gatekeeper, (id, by) => change(id, tokenHash, by))
  return changed === null ? reply : { ...operatorJson(changed), token }
}
