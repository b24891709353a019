import { OWNER_NAME } from "../../domain/operator.ts"
import { isoTime } from "../../domain/time.ts"
import type { AdminAction } from "../../store/reads/admin-actions.ts"
import type { AdminActionJson } from "./admin-schemas.ts"

/** Makes the JSON of a change that was requested through an admin route. */
export function actionJson({ id, createdAt, ...action }: AdminAction): AdminActionJson {
  return {
    action_id: id,
    way: action.way,
    operator_id: action.operatorId,
    operator: action.way === "open" ? null : (action.operatorName ?? OWNER_NAME),
    route: action.route,
    path: action.path,
    product_id: action.productId,
    order_id: action.orderId,
    content: action.content as AdminActionJson["content"],
    status: action.status,
    request_id: action.requestId,
    created_at: isoTime(createdAt),
  }
}
