import { Type, type Static } from "typebox"
import { Id, oneOf, orNull, Time } from "./schemas.ts"

/** Wire shapes of the control room. */

export const AdminActionWire = Type.Object({
  action_id: Id,
  way: oneOf(["token", "session", "open"]),
  route: Type.String({ description: "such as `POST /api/admin/products/:id/pause`" }),
  path: Type.String(),
  product_id: orNull<number>("integer"),
  order_id: orNull<number>("integer"),
  content: Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ["object", "null"],
    additionalProperties: true,
    description: "what the request said, without secrets",
  }),
  status: Type.Integer(),
  request_id: Type.String(),
  created_at: Time,
})

export const AdminActionList = Type.Object({
  data: Type.Array(AdminActionWire),
  has_more: Type.Boolean(),
  next_cursor: orNull<string>("string"),
})

export type AdminActionAnswer = Static<typeof AdminActionWire>
