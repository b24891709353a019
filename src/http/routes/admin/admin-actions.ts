import { Type } from "typebox"
import { instant, isoTime } from "../../../domain/time.ts"
import type { ActionPlace, AdminAction } from "../../../store/reads/admin-actions.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { AdminActionList, type AdminActionAnswer } from "../../wire/admin-schemas.ts"
import { badQuery, cursorOf, pageFrom, pageOf, pageQuery, partsOf } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"

/** What the shop has done, for whoever has to answer for it. */
export function adminActionRoutes(app: App, services: Services): void {
  const { actions } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "GET",
      url: "/api/admin/actions",
      schema: {
        summary: "List changes made through admin routes, newest first",
        description: "Includes refused requests. An action is listed shortly after its answer.",
        tags: ["admin"],
        security: adminSecurity,
        querystring: Type.Object({ ...pageQuery, product_id: Type.Optional(Type.String()) }),
        response: { 200: AdminActionList, ...problemResponses },
      },
      async handler(request, reply) {
        const { product_id } = request.query
        const productId = product_id === undefined ? null : idFromPath(product_id)
        if (product_id !== undefined && productId === null) {
          return refuse(reply, badQuery("product_id", "an id"))
        }
        const page = pageFrom(reply, request.query, placeFrom)
        if (page === null) return reply
        const found = await actions.list(productId, { ...page, limit: page.limit + 1 })
        const toCursor = ({ createdAt, id }: AdminAction) => cursorOf([createdAt, id])
        return pageOf(found, page, { toWire: actionAnswer, toCursor })
      },
    })
  })
}

function actionAnswer({ id, createdAt, ...action }: AdminAction): AdminActionAnswer {
  return {
    action_id: id,
    way: action.way,
    route: action.route,
    path: action.path,
    product_id: action.productId,
    order_id: action.orderId,
    content: action.content as AdminActionAnswer["content"],
    status: action.status,
    request_id: action.requestId,
    created_at: isoTime(createdAt),
  }
}

const END_OF_TIME = Date.UTC(9999, 11, 31)

function placeFrom(cursor: string): ActionPlace | null {
  const [createdAt, id] = partsOf(cursor) ?? []
  if (!Number.isSafeInteger(createdAt) || !Number.isSafeInteger(id)) return null
  const moment = Number(createdAt)
  return moment < 0 || moment > END_OF_TIME ? null : { createdAt: instant(moment), id: Number(id) }
}
