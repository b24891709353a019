import type { FastifyReply, FastifyRequest } from "fastify"
import { Type, type Static } from "typebox"
import type { Dispute } from "../../../../domain/dispute.ts"
import { isRefusal } from "../../../../domain/refusals.ts"
import { fingerprintedDispute } from "../../../../payments/fingerprint.ts"
import { DisputeBody, DisputeWire, disputeJson } from "../../../../wire/dispute.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"

/** The schema that both verdicts' routes share. */
export const verdictSchema = {
  description: "Has the same effect as the provider's own message. A lost dispute stays lost.",
  tags: ["admin"],
  security: needsRole("support"),
  params: Type.Object({ id: Type.String() }),
  body: DisputeBody,
  response: { 200: DisputeWire, ...problemResponses },
}

/** How an administrator's request records the end of a dispute. */
export type DisputeVerdict = ReturnType<typeof createDisputeVerdict>

/**
 * Makes the function that both verdicts' routes share; call it once, when routes are registered. Disputes are reported
 * by providers; an administrator records how one ended whose provider does not report it.
 */
export function createDisputeVerdict({
  paymentEvents,
  events,
  money,
}: Pick<Services, "paymentEvents" | "events" | "money">) {
  async function find(id: string, { provider, dispute_id }: Static<typeof DisputeBody>) {
    const orderId = parseId(id)
    const disputes: Dispute[] = orderId === null ? [] : await money.disputesOf(orderId)
    return disputes.find((one) => one.provider === provider && one.disputeId === dispute_id)
  }

  /** Records the verdict on the dispute that the request names, and answers with the dispute. */
  return async function record(
    request: FastifyRequest<{ Params: { id: string }; Body: Static<typeof DisputeBody> }>,
    reply: FastifyReply,
    verdict: "won" | "lost",
  ) {
    const { params, body, id: requestId } = request
    const before = await find(params.id, body)
    if (before === undefined) return refuse(reply, { code: "dispute_not_found" })
    const { provider, paymentId, disputeId } = before
    const event = fingerprintedDispute({
      provider,
      kind: verdict === "won" ? "dispute_won" : "dispute_lost",
      paymentId,
      disputeId,
      amountMinor: null,
      currency: null,
      // No provider uses such a key, so the provider's own message about the verdict is another event.
      key: `by hand: ${disputeId} ${verdict}`,
    })
    const outcome = await paymentEvents.receive(event, requestId)
    if (isRefusal(outcome)) {
      events.refused("payment_event", outcome.code)
      return refuse(reply, outcome)
    }
    return disputeJson((await find(params.id, body)) ?? before)
  }
}
