import { Type } from "typebox"
import { HoldList, holdJson, holdStatuses } from "../../../../wire/hold.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { readPageRequest } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { filteredListSchema, optionalWord, filteredPage } from "../filtered-lists.ts"
import { rowFilterFrom, rowQuery } from "./row-filter.ts"

/** Registers `GET /api/admin/holds`. */
export function registerListHolds(
  admin: App,
  { lists, variantNames }: Pick<Services, "lists" | "variantNames">,
): void {
  admin.route({
    method: "GET",
    url: "/api/admin/holds",
    schema: {
      ...filteredListSchema,
      security: needsRole("support"),
      summary: "List holds by id",
      querystring: Type.Object({ ...rowQuery, status: optionalWord(holdStatuses) }),
      response: { 200: HoldList, ...problemResponses },
    },
    async handler(request, reply) {
      const page = readPageRequest(reply, request.query, parseId)
      const filter = page === null ? null : await rowFilterFrom(reply, request.query, { variantNames })
      if (page === null || filter === null) return reply
      return filteredPage(await lists.holds(filter, page), holdJson, String)
    },
  })
}
