import type { FastifyReply, FastifyRequest } from "fastify"
import type { CustomerTokenKind } from "../../access/customer-token.ts"
import type { Services } from "../../services.ts"
import { refuse } from "../../wire/problems.ts"

/** The customer of a hold. */
export interface HoldCustomer {
  readonly customerId: string | null
  /** What the token that says so proves; null: there was no token. */
  readonly proof: CustomerTokenKind | null
  /** Those that the shop's signature puts it into. */
  readonly groups: readonly string[]
}

const namedTwice = {
  code: "invalid_request",
  errors: [{ pointer: "/customer_id", detail: "must be left out: the Customer-Token names the customer" }],
} as const

/**
 * Makes the function that says who the customer of a hold is: the one of the request's Customer-Token, else the one that its body
 * names. It returns null when it has refused the request.
 */
export function createHoldCustomers({ customerTokens, events }: Pick<Services, "customerTokens" | "events">) {
  return (
    request: FastifyRequest,
    reply: FastifyReply,
    { productId, named }: { readonly productId: number; readonly named: string | null },
  ): HoldCustomer | null => {
    const token = request.headers["customer-token"]
    if (token === undefined) return { customerId: named, proof: null, groups: [] }
    if (named !== null) {
      refuse(reply, namedTwice)
      return null
    }
    const signed = customerTokens.verify(String(token))
    if (typeof signed !== "string") {
      return { customerId: signed.customerId, proof: signed.kind, groups: signed.groups }
    }
    const refusal = { code: "customer_token_invalid", because: signed } as const
    events.customerTokenRefused({ because: signed, productId, requestId: request.id })
    events.holdRefused(productId, refusal)
    refuse(reply, refusal)
    return null
  }
}
