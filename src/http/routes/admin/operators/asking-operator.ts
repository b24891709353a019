import type { FastifyRequest } from "fastify"
import type { Gatekeeper } from "../../../access/auth.ts"

/** The operator who sends a request for a change of operators; null: ADMIN_TOKEN, or open mode. */
export function askingOperator(request: FastifyRequest, gatekeeper: Gatekeeper): number | null {
  const caller = gatekeeper.callerOf(request)
  return caller.kind === "admin" ? (caller.operator?.id ?? null) : null
}
