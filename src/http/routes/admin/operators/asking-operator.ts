import type { FastifyRequest } from "fastify"
import type { Gatekeeper } from "../../../access/auth.ts"

/** An id that no operator has. */
const NOBODY = 0

/**
 * The operator who sends a request for a change of operators; null: ADMIN_TOKEN, or open mode. An operator who was disabled since the
 * request was let in is nobody, and may change nothing.
 */
export function askingOperator(
  request: FastifyRequest,
  gatekeeper: Pick<Gatekeeper, "callerOf">,
): number | null {
  const caller = gatekeeper.callerOf(request)
  if (caller.kind !== "admin") return NOBODY
  return caller.operator === null ? null : caller.operator.id
}
