import type { FastifyReply, FastifyRequest } from "fastify"
import { networkOf } from "../../access/network-address.ts"
import type { WrongTokens } from "../../access/wrong-tokens.ts"

/** True where a network has sent too many unknown access codes; then sets the header that says how long it has to wait. */
export function hasToWait(
  wrongCodes: Pick<WrongTokens, "waitSeconds">,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const waitSeconds = wrongCodes.waitSeconds(networkOf(request))
  if (waitSeconds > 0) void reply.header("retry-after", waitSeconds)
  return waitSeconds > 0
}
