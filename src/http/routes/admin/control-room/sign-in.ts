import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import { sessionCookie } from "../../../access/admin-session.ts"
import { addressOf, networkOf } from "../../../access/network-address.ts"
import { isReading, senderOf } from "../../../access/own-page.ts"
import { pageHeaders } from "../../../transport/page-headers.ts"
import { refuse } from "../../../wire/problems.ts"
import { body } from "../../../../wire/fields.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { createWrongTokens } from "../../../access/wrong-tokens.ts"

const LONGEST_TOKEN = 4_096
const LONGEST_PATH = 300
const hide = true

/** `to`: the page of the control room that a form wants to be led to. */
const SignInBody = body({
  token: Type.String({ minLength: 1, maxLength: LONGEST_TOKEN }),
  to: Type.Optional(Type.String({ maxLength: LONGEST_PATH })),
})

/** The control room: signing in and out, and its pages, which hold no data themselves. */
export function adminPageRoutes(app: App, services: Services): void {
  const { gatekeeper, events, pages } = services
  const wrongTokens = createWrongTokens()

  void app.register(async (area: App) => {
    takeForms(area)
    area.addHook("onRequest", async (request, reply) => {
      void reply.header("cache-control", "no-store")
      if (!isReading(request) && senderOf(request) === "foreign page") {
        return refuse(reply, { code: "forbidden", detail: "Only the control room's own pages may do that" })
      }
    })

    area.route({
      method: "POST",
      url: "/admin/session",
      schema: { hide, body: SignInBody },
      async handler(request, reply) {
        const { token, to } = request.body
        if (gatekeeper.mode === "open") return signedIn(request, reply, { to, endsAt: null })
        const network = networkOf(request)
        const waitSeconds = wrongTokens.waitSeconds(network)
        if (waitSeconds > 0) {
          void reply.header("retry-after", String(waitSeconds))
          return refused(request, reply, "rate_limited")
        }
        const session = gatekeeper.signIn(token)
        if (session === null) {
          wrongTokens.note(network)
          events.signInRefused({ address: addressOf(request), requestId: request.id })
          return refused(request, reply, "unauthorized")
        }
        events.signedIn({ address: addressOf(request), requestId: request.id })
        void reply.header("set-cookie", sessionCookie(session.value, request.protocol === "https"))
        return signedIn(request, reply, { to, endsAt: session.endsAt })
      },
    })

    area.route({
      method: "DELETE",
      url: "/admin/session",
      schema: { hide },
      async handler(request, reply) {
        void reply.header("set-cookie", sessionCookie(null, request.protocol === "https"))
        return reply.code(204).send()
      },
    })

    if (pages === null) return
    for (const url of ["/admin", "/admin/*"]) {
      area.get(url, { schema: { hide } }, async (request, reply) => {
        const isAdmin = gatekeeper.callerOf(request).kind === "admin"
        const page = isAdmin
          ? ({ kind: "control_room", mode: gatekeeper.mode } as const)
          : ({ kind: "sign_in", to: pathOf(request), refusal: null } as const)
        return reply.headers(pageHeaders).send(pages.renderAdmin(page))
      })
    }
  })

  /** A form gets the sign-in page again, everything else a problem document. */
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

/** Forms are taken here and nowhere else. */
function takeForms(area: App): void {
  area.addContentTypeParser(FORM, { parseAs: "string" }, (_request, text, done) => {
    const { token, to } = Object.fromEntries(new URLSearchParams(String(text)))
    done(null, { ...(token !== undefined && { token }), ...(to !== undefined && { to }) })
  })
}

function isForm({ headers }: FastifyRequest): boolean {
  return headers["content-type"]?.startsWith(FORM) === true
}

function pathOf({ url }: FastifyRequest): string {
  return ownPath(url.split("?", 1)[0])
}

/** A page of the control room; its first one for anything else, or a link could lead a sign-in elsewhere. */
function ownPath(path: string | undefined): string {
  return path !== undefined && /^\/admin(?:\/[\w-]+)*$/.test(path) ? path : "/admin"
}
