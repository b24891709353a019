import { Type, type Static } from "typebox"
import { Id, oneOf, orNull, Time, timeOrNull } from "../../wire/fields.ts"
import { ProductWire } from "../../wire/product.ts"

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

const Counted = Type.Object({
  result: Type.String({ description: "what became of it, or the code of its refusal" }),
  count: Type.Integer(),
})
const CountedList = Type.Array(Counted)

export const LiveWire = Type.Object({
  product: ProductWire,
  paused: Type.Boolean({ description: "also where `sale_state` does not say it: before the opening" }),
  expiry_lag_seconds: Type.Number({
    description: "how long ago the product's first hold or unpaid order fell due that is not ended yet",
  }),
  money_inbox_count: Type.Integer({ description: "at most 1,000 of each kind are counted" }),
  counters: Type.Object(
    {
      since: timeOrNull,
      processes: Type.Integer(),
      holds: CountedList,
      orders: CountedList,
    },
    {
      description:
        "of all products, in the process that answers and those that share its port, since the first of them began; a server on another host counts for itself",
    },
  ),
  product_holds: Type.Array(Counted, {
    description:
      "of this product alone, in the same processes, counted while its live screen is open: differences say how many a second",
  }),
  invariants: Type.Object({
    violations: Type.Integer({ description: "differences that the last recount found" }),
    recounted_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      format: "date-time",
      description: "null: none of these processes has recounted yet, so that violations says nothing",
    }),
  }),
  server_time: Time,
})

export type LiveJson = Static<typeof LiveWire>
export type AdminActionJson = Static<typeof AdminActionWire>
