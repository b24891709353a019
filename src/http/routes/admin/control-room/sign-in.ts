import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import { OWNER_NAME } from "../../../../domain/operator.ts"
import { body } from "../../../../wire/fields.ts"
import { sessionCookie } from "../../../access/admin-session.ts"
import { addressOf, networkOf } from "../../../access/network-address.ts"
import type { Services } from "../../../services.ts"
import { pageHeaders } from "../../../transport/page-headers.ts"
import type { App } from "../../../transport/typed-app.ts"
import { refuse } from "../../../wire/problems.ts"
import { ownPath } from "./own-paths.ts"

const LONGEST_TOKEN = 4_096
const LONGEST_PATH = 300

/** `to`: the page of the control room to which a form is redirected. */
const SignInBody = body({
  token: Type.String({ minLength: 1, maxLength: LONGEST_TOKEN }),
  to: Type.Optional(Type.String({ maxLength: LONGEST_PATH })),
})

/** How many wrong tokens a network may send in a minute. */
const MOST_WRONG_TOKENS = 5
const WITHIN_MS = 60_000

/** Registers `POST /admin/session`. The sign-in page sends a form, the control room's script JSON. */
export function registerSignIn(
  area: App,
  { gatekeeper, events, pages, limits }: Pick<Services, "gatekeeper" | "events" | "pages" | "limits">,
): void {
  // Right tokens are given back, so an operator may sign in on several machines at once. After five wrong ones a right one has
  // to wait as well, because otherwise an attacker could go on guessing.
  const wrongTokens = limits.attempts({ name: "wrong tokens", most: MOST_WRONG_TOKENS, withinMs: WITHIN_MS })
  acceptForms(area)

  area.route({
    method: "POST",
    url: "/admin/session",
    schema: { hide: true, body: SignInBody },
    async handler(request, reply) {
      const { token, to } = request.body
      if (gatekeeper.mode === "open") return signedIn(request, reply, { to, endsAt: null })
      const network = networkOf(request)
      // Counted before it is looked up, so that guesses sent at once are counted one after the other.
      const waitSeconds = await wrongTokens.take(network)
      if (waitSeconds > 0) {
        void reply.header("retry-after", String(waitSeconds))
        return refused(request, reply, "rate_limited")
      }
      const session = await gatekeeper.signIn(token).catch((error: unknown) => {
        wrongTokens.giveBack(network)
        throw error
      })
      if (session === null) {
        events.signInRefused({ address: addressOf(request), requestId: request.id })
        return refused(request, reply, "unauthorized")
      }
      wrongTokens.giveBack(network)
      const visitor = { address: addressOf(request), requestId: request.id }
      events.signedIn(visitor, session.name ?? OWNER_NAME)
      void reply.header("set-cookie", sessionCookie(session.value, request.protocol === "https"))
      return signedIn(request, reply, { to, endsAt: session.endsAt })
    },
  })

  /** Answers a form with the sign-in page, any other request with a problem document. */
  function refused(
    request: FastifyRequest<{ Body: { to?: string } }>,
    reply: FastifyReply,
    refusal: "unauthorized" | "rate_limited",
  ): FastifyReply {
    if (pages === null || !isForm(request)) return refuse(reply, { code: refusal })
    const page = { kind: "sign_in", to: ownPath(request.body.to), refusal } as const
    const status = refusal === "unauthorized" ? 401 : 429
    return reply.code(status).headers(pageHeaders).send(pages.renderAdmin(page))
  }
}

function signedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { to, endsAt }: { readonly to: string | undefined; readonly endsAt: Date | null },
): FastifyReply {
  return isForm(request)
    ? reply.redirect(ownPath(to), 303)
    : reply.send({ expires_at: endsAt?.toISOString() ?? null })
}

const FORM = "application/x-www-form-urlencoded"

/** No other route accepts forms. */
function acceptForms(area: App): void {
  area.addContentTypeParser(FORM, { parseAs: "string" }, (_request, text, done) => {
    const { token, to } = Object.fromEntries(new URLSearchParams(String(text)))
    done(null, { ...(token !== undefined && { token }), ...(to !== undefined && { to }) })
  })
}

function isForm({ headers }: FastifyRequest): boolean {
  return headers["content-type"]?.startsWith(FORM) === true
}
