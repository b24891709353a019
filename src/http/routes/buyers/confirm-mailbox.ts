import type { FastifyReply, FastifyRequest } from "fastify"
import { instant, isoTime } from "../../../domain/time.ts"
import type { Services } from "../../services.ts"
import { holdsForBuyers } from "../../access/auth.ts"
import { networkOf } from "../../access/network-address.ts"
import {
  AltchaChallenge,
  AskCodeAnswer,
  AskCodeBody,
  ConfirmCodeAnswer,
  ConfirmCodeBody,
} from "../../wire/mailboxes.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { refuse } from "../../wire/problems.ts"
import type { App } from "../../transport/typed-app.ts"

/** Of one network in ten minutes. A campus confirms before a sale, not in its second. */
const MOST_REQUESTS = 60
const MOST_TRIES = 120
/** More than codes: a form that stands open for long asks for another one. */
const MOST_CHALLENGES = 240
const WITHIN_MS = 600_000

type MailboxServices = Pick<
  Services,
  "mailboxCodes" | "gatekeeper" | "challenge" | "issueChallenge" | "events" | "limits"
>

/** Registers the routes with which a buyer confirms a mailbox. */
export function registerConfirmMailbox(app: App, services: MailboxServices): void {
  registerIssueChallenge(app, services)
  registerAskCode(app, services)
  registerConfirmCode(app, services)
}

/** Where the server makes challenges of its own. Nothing is stored until one is solved. */
function registerIssueChallenge(app: App, services: MailboxServices): void {
  const { issueChallenge } = services
  const isOverLimit = limitOf(services, { name: "challenges", most: MOST_CHALLENGES })
  app.route({
    method: "GET",
    url: "/api/customers/challenge",
    config: { rateLimit: {} },
    schema: {
      summary: "Get a challenge",
      description:
        "With `CHALLENGE=altcha`, otherwise 404. The widget and the libraries of ALTCHA solve it; send what they return as `challenge` with the request for a code. A challenge is valid for ten minutes, and its solution once.",
      tags: ["customers"],
      response: { 200: AltchaChallenge, ...problemResponses },
    },
    async handler(request, reply) {
      if (issueChallenge === null) return refuse(reply, { code: "route_not_found" })
      if (await isOverLimit(request, reply)) return refuse(reply, { code: "rate_limited" })
      const issued = await issueChallenge()
      if (issued === null) return refuse(reply, { code: "overloaded" })
      return reply.header("cache-control", "no-store").send(issued)
    },
  })
}

function registerAskCode(app: App, services: MailboxServices): void {
  const { mailboxCodes, challenge, events } = services
  const isOverLimit = limitOf(services, { name: "mail codes", most: MOST_REQUESTS })
  app.route({
    method: "POST",
    url: "/api/customers/codes",
    config: { rateLimit: {} },
    schema: {
      summary: "Mail a buyer a code",
      description:
        "For products with `customer: email`. Answers 202 for every address, whether a code is sent or not: an address gets at most five mails an hour, and all addresses together `MAIL_CODES_PER_HOUR`. The code has six digits, is valid for ten minutes and for five tries, and ends when it is used. Asked again while a code is open, the same code is mailed again.",
      tags: ["customers"],
      body: AskCodeBody,
      response: { 202: AskCodeAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      if (await isOverLimit(request, reply)) return refuse(reply, { code: "rate_limited" })
      if (!(await mailboxCodes.canSend())) return refuse(reply, { code: "mail_codes_off" })
      const { email, language = null, challenge: solved } = request.body
      if (challenge !== null) {
        const result = await challenge.check(solved)
        events.mailCode(`challenge_${result}`)
        // A service that is down must not end a sale: the limits of mails bind without it.
        if (result === "failed") return refuse(reply, { code: "challenge_failed" })
        if (result === "busy") return refuse(reply, { code: "overloaded" })
      }
      if (!mailboxCodes.ask({ email, language })) return refuse(reply, { code: "overloaded" })
      return reply.code(202).header("cache-control", "no-store").send({ status: "accepted" })
    },
  })
}

function registerConfirmCode(app: App, services: MailboxServices): void {
  const { mailboxCodes } = services
  const isOverLimit = limitOf(services, { name: "tries of mail codes", most: MOST_TRIES })
  app.route({
    method: "POST",
    url: "/api/customers",
    config: { rateLimit: {} },
    schema: {
      summary: "Confirm a mailbox",
      description:
        "Takes the code that was mailed to the address, and answers a `Customer-Token` that is valid for seven days. Its customer is made of the address, begins with `mailbox:`, and is the same for all spellings of one mailbox.",
      tags: ["customers"],
      body: ConfirmCodeBody,
      response: { 200: ConfirmCodeAnswer, ...problemResponses },
    },
    async handler(request, reply) {
      if (await isOverLimit(request, reply)) return refuse(reply, { code: "rate_limited" })
      const { email, code } = request.body
      const confirmed = await mailboxCodes.confirm(email, code)
      if (confirmed === null) return refuse(reply, { code: "mail_code_invalid" })
      return reply.header("cache-control", "no-store").send({
        customer_token: confirmed.customerToken,
        expires_at: isoTime(instant(confirmed.endsAt)),
      })
    },
  })
}

/** Makes the function that counts a request of its network; true: it has had its requests, and the answer says until when. */
function limitOf(
  { gatekeeper, limits }: MailboxServices,
  rule: { readonly name: string; readonly most: number },
) {
  const limit = limits.attempts({ ...rule, withinMs: WITHIN_MS })
  return async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    const caller = gatekeeper.callerOf(request)
    const isShop = caller.kind === "admin" || holdsForBuyers(caller)
    const waitSeconds = isShop ? 0 : await limit.take(networkOf(request))
    if (waitSeconds > 0) void reply.header("retry-after", waitSeconds)
    return waitSeconds > 0
  }
}
