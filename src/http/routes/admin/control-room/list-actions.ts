import { Type } from "typebox"
import type { ActionKey, AdminAction } from "../../../../store/reads/admin-actions.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { actionJson } from "../../../wire/action-json.ts"
import { AdminActionList } from "../../../wire/admin-schemas.ts"
import { parseId } from "../../../wire/ids.ts"
import {
  badQuery,
  encodeCursor,
  readPageRequest,
  pageJson,
  pageQuery,
  decodeCursor,
} from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { momentFrom } from "../../../wire/times.ts"

/** Registers `GET /api/admin/actions`. */
export function registerListActions(admin: App, { actions }: Pick<Services, "actions">): void {
  admin.route({
    method: "GET",
    url: "/api/admin/actions",
    schema: {
      summary: "List changes made through admin routes, newest first",
      description: "Includes requests that were refused. An action is listed a moment after its answer.",
      tags: ["admin"],
      security: needsRole("viewer"),
      querystring: Type.Object({ ...pageQuery, product_id: Type.Optional(Type.String()) }),
      response: { 200: AdminActionList, ...problemResponses },
    },
    async handler(request, reply) {
      const { product_id } = request.query
      const productId = product_id === undefined ? null : parseId(product_id)
      if (product_id !== undefined && productId === null) {
        return refuse(reply, badQuery("product_id", "an id"))
      }
      const page = readPageRequest(reply, request.query, positionFrom)
      if (page === null) return reply
      const found = await actions.list(productId, { ...page, limit: page.limit + 1 })
      const toCursor = ({ createdAt, id }: AdminAction) => encodeCursor([createdAt, id])
      return pageJson(found, page, { toJson: actionJson, toCursor })
    },
  })
}

function positionFrom(cursor: string): ActionKey | null {
  const [createdAt, id] = decodeCursor(cursor) ?? []
  if (!Number.isSafeInteger(createdAt) || !Number.isSafeInteger(id)) return null
  const moment = momentFrom(Number(createdAt))
  return moment === null ? null : { createdAt: moment, id: Number(id) }
}
