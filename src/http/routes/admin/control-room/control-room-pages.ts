import type { FastifyRequest } from "fastify"
import type { Services } from "../../../services.ts"
import { pageHeaders } from "../../../transport/page-headers.ts"
import type { App } from "../../../transport/typed-app.ts"
import { ownPath } from "./own-paths.ts"

/** Registers the pages below `/admin`. A caller who is not signed in gets the sign-in page at each of them. */
export function registerControlRoomPages(
  area: App,
  { gatekeeper, pages, mailbox }: Pick<Services, "gatekeeper" | "pages" | "mailbox">,
): void {
  if (pages === null) return
  for (const url of ["/admin", "/admin/*"]) {
    area.get(url, { schema: { hide: true } }, async (request, reply) => {
      const caller = gatekeeper.callerOf(request)
      const page =
        caller.kind === "admin"
          ? ({
              kind: "control_room",
              mode: gatekeeper.mode,
              readsMails: mailbox !== null && gatekeeper.mode === "open",
              role: caller.role,
              operator: caller.operator?.name ?? null,
            } as const)
          : ({ kind: "sign_in", to: pathOf(request), refusal: null } as const)
      return reply.headers(pageHeaders).send(pages.renderAdmin(page))
    })
  }
}

function pathOf({ url }: FastifyRequest): string {
  return ownPath(url.split("?", 1)[0])
}
