import { Type, type Static } from "typebox"
import { Id, oneOf, orNull, Time, timeOrNull } from "../../wire/fields.ts"
import { ProductWire } from "../../wire/product.ts"

/** The JSON of the control room's live screen and of its Activity list. */

export const AdminActionWire = Type.Object({
  action_id: Id,
  way: oneOf(["token", "session", "open"]),
  route: Type.String({ description: "Method and route, such as `POST /api/admin/products/:id/pause`" }),
  path: Type.String(),
  product_id: orNull<number>("integer"),
  order_id: orNull<number>("integer"),
  content: Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ["object", "null"],
    additionalProperties: true,
    description: "The request's body, without secrets; null: none, or it did not match its schema",
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

const Counted = Type.Object({
  result: Type.String({ description: "The result, or the code of the refusal" }),
  count: Type.Integer(),
})
const CountedList = Type.Array(Counted)

export const LiveWire = Type.Object({
  product: ProductWire,
  paused: Type.Boolean({
    description: "True also when `sale_state` does not show it, such as before the opening",
  }),
  expiry_lag_seconds: Type.Number({
    description:
      "How long ago the earliest deadline passed, of the product's holds and unpaid orders that have not been ended yet",
  }),
  money_inbox_count: Type.Integer({
    description: "Entries of the money inbox; at most 1,000 of each kind are counted",
  }),
  counters: Type.Object(
    {
      since: timeOrNull,
      processes: Type.Integer(),
      holds: CountedList,
      orders: CountedList,
    },
    {
      description:
        "Counts for all products since `since`, in all processes that share the answering process's port. A server on another host counts separately.",
    },
  ),
  product_holds: Type.Array(Counted, {
    description:
      "Counts for this product alone, in the same processes, while its live screen is open. The difference between two answers gives the rate.",
  }),
  invariants: Type.Object({
    violations: Type.Integer({ description: "How many differences the last recount found" }),
    recounted_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      format: "date-time",
      description: "null: none of these processes has recounted yet, so `violations` has no meaning",
    }),
  }),
  server_time: Time,
})

export type LiveJson = Static<typeof LiveWire>
export type AdminActionJson = Static<typeof AdminActionWire>
