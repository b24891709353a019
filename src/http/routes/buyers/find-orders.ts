import type { Services } from "../../services.ts"
import { networkOf } from "../../access/network-address.ts"
import { FindOrdersAnswer, FindOrdersBody } from "../../wire/order-links.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

/** Requests an hour of one network. A household needs one or two; the address itself is limited where mails are written. */
const MOST_OF_NETWORK = 10
const HOUR_MS = 3_600_000

/**
 * Registers `POST /api/orders/find`, unless mail is off. The answer and its time are the same whether the address has
 * orders or not.
 */
export function registerFindOrders(
  app: App,
  { orderLinks, gatekeeper, limits }: Pick<Services, "orderLinks" | "gatekeeper" | "limits">,
): void {
  if (orderLinks === null) return
  const limit = limits.attempts({ name: "find orders", most: MOST_OF_NETWORK, withinMs: HOUR_MS })
  app.route({
    method: "POST",
    url: "/api/orders/find",
    config: { rateLimit: {} },
    schema: {
      summary: "Mail a buyer the links to their orders",
      description:
        "Answers 202 whether or not there are orders with this e-mail address. The mail lists the newest 20; an address gets at most three such mails an hour. In closed mode without mail the route does not exist. In open mode without a mail server the mail can be read at `/simulator/mail`.",
      tags: ["orders"],
      body: FindOrdersBody,
      response: { 202: FindOrdersAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      const isShop = gatekeeper.callerOf(request).kind === "admin"
      const waitSeconds = isShop ? 0 : await limit.take(networkOf(request))
      if (waitSeconds > 0) {
        void reply.header("retry-after", waitSeconds)
        return refuse(reply, { code: "rate_limited" })
      }
      orderLinks.ask(request.body.email)
      return reply.code(202).header("cache-control", "no-store").send({ status: "accepted" })
    },
  })
}
