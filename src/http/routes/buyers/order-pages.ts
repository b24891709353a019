import type { PaymentChoice } from "../../../../web/shared/page-data.ts"
import { isAllowedOrigin } from "../../access/open-mode.ts"
import { pageHeaders, stripePageHeaders, unindexed } from "../../transport/page-headers.ts"
import type { App } from "../../transport/typed-app.ts"
import { parseId } from "../../wire/ids.ts"
import type { InLanguage, ShowMissingPage } from "./storefront-pages.ts"

const hidden = { schema: { hide: true } }

interface OrderPageParts {
  readonly inLanguage: InLanguage
  readonly missing: ShowMissingPage
  readonly payment: PaymentChoice | null
  readonly hasMail: boolean
  /** True for the origin of a site whose pages sell with `<doorbuster-buy>`. The page of an order leads to no other. */
  readonly mayLeadTo: (origin: string) => boolean
}

/** Returns {@link OrderPageParts.mayLeadTo}. Pages of this machine may sell in open mode without being named. */
export function allowedSites(
  corsOrigins: readonly string[],
  isOpenMode: boolean,
): (origin: string) => boolean {
  return (origin) => (isOpenMode ? isAllowedOrigin(origin, corsOrigins) : corsOrigins.includes(origin))
}

/** The page of an order, and the ways to find one. No search engine should list them. */
export function registerOrderPages(app: App, parts: OrderPageParts): void {
  const { inLanguage, missing, payment, hasMail, mayLeadTo } = parts
  app.get<{ Params: { id: string }; Querystring: { from?: unknown } }>(
    "/o/:id",
    hidden,
    async (request, reply) => {
      const orderId = parseId(request.params.id)
      if (orderId === null) return missing(request, reply)
      const headers = payment?.kind === "stripe" ? stripePageHeaders : pageHeaders
      void reply.headers({ ...headers, ...unindexed, "cache-control": "no-store" })
      const { render } = await inLanguage(request, reply)
      const { from } = request.query
      const cameFrom = typeof from === "string" && URL.canParse(from) ? new URL(from).origin : null
      const site = cameFrom !== null && mayLeadTo(cameFrom) && { cameFrom }
      return reply.send(render({ kind: "order", orderId, payment, hasMail, ...site }, `/o/${orderId}`))
    },
  )

  for (const content of [
    { kind: "find", hasMail },
    { kind: "orders", hasMail },
  ] as const) {
    const path = `/${content.kind}`
    app.get(path, hidden, async (request, reply) => {
      const { render } = await inLanguage(request, reply)
      void reply.headers({ ...pageHeaders, ...unindexed, "cache-control": "public, max-age=60" })
      return reply.send(render(content, path))
    })
  }
}
