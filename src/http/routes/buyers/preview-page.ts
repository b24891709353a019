import type { FastifyReply, FastifyRequest } from "fastify"
import type { PreviewState } from "../../../../web/shared/page-data.ts"
import type { ProductView } from "../../../store/reads/views.ts"
import { pageHeaders } from "../../transport/page-headers.ts"
import type { App } from "../../transport/typed-app.ts"
import { previewStateIn } from "./preview-states.ts"
import { parseId } from "../../wire/ids.ts"
import type { Services } from "../../services.ts"

/** How the storefront answers this request with a page. */
export interface PreviewAnswers {
  readonly page: (
    request: FastifyRequest,
    reply: FastifyReply,
    view: ProductView,
    state: PreviewState,
  ) => Promise<string>
  readonly missing: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
}

/**
 * Registers the page on which the shop sees what a draft will look like. It is below `/admin`, where only the shop has a
 * session, and its buttons do nothing: no unit of a draft can be held anyway.
 */
export function registerPreviewPage(
  app: App,
  { gatekeeper, views }: Pick<Services, "gatekeeper" | "views">,
  { page, missing }: PreviewAnswers,
): void {
  app.get<{ Params: { id: string }; Querystring: { show?: unknown } }>(
    "/admin/p/:id/preview",
    { schema: { hide: true } },
    async (request, reply) => {
      const id = parseId(request.params.id)
      // There the sign-in form is.
      if (gatekeeper.callerOf(request).kind !== "admin")
        return reply.redirect(id === null ? "/admin" : `/admin/p/${id}`)
      const view = id === null ? null : await views.product(id)
      if (view === null) return missing(request, reply)
      void reply.headers({ ...pageHeaders, "cache-control": "no-store", "x-robots-tag": "noindex" })
      return reply.send(await page(request, reply, view, previewStateIn(request.query.show, view.product)))
    },
  )
}
