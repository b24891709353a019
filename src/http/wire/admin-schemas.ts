import { Type, type Static } from "typebox"
import { Id, oneOf, orNull, Time, timeOrNull } from "../../wire/fields.ts"
import { ProductWire } from "../../wire/product.ts"
import { CourseWire, SaleFiguresWire } from "./sale-figures.ts"

/** The JSON of the control room's live screen and of its Activity list. */

export const AdminActionWire = Type.Object({
  action_id: Id,
  way: oneOf(["token", "session", "open"]),
  operator_id: orNull<number>("integer", { description: "null: `ADMIN_TOKEN`, or open mode" }),
  operator: orNull<string>("string", {
    description: "The operator's name; `owner` for `ADMIN_TOKEN` and its sessions; null in open mode",
  }),
  route: Type.String({ description: "Method and route, such as `POST /api/admin/products/:id/pause`" }),
  path: Type.String(),
  product_id: orNull<number>("integer"),
  order_id: orNull<number>("integer"),
  content: Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ["object", "null"],
    additionalProperties: true,
    description:
      "The request's body, without secrets; null: the request had no body, or a body that did not match the schema",
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

const HoldCount = Type.Object({
  result: Type.String({
    description: "`created`, `released`, `expired`, or the code of a refusal, such as `out_of_stock`",
  }),
  count: Type.Integer(),
})
const OrderCount = Type.Object({
  result: Type.String({
    description:
      "`created`, `paid`, `cancelled`, `expired`, `refunded`, or the code of a refusal, such as `hold_expired`",
  }),
  count: Type.Integer(),
})

export const LiveWire = Type.Object({
  product: ProductWire,
  paused: Type.Boolean({
    description:
      "Whether the sale is paused. `sale_state` does not always show a pause: before the opening it is `scheduled`",
  }),
  expiry_lag_seconds: Type.Number({
    description: "How long ago the oldest due hold or unpaid order of the product fell due; 0 if none is due",
  }),
  money_inbox_count: Type.Integer({
    description: "How many entries the money inbox has; at most 1,000 of each kind are counted",
  }),
  counters: Type.Object(
    {
      since: timeOrNull,
      processes: Type.Integer(),
      holds: Type.Array(HoldCount),
      orders: Type.Array(OrderCount),
    },
    {
      description:
        "Holds and orders of all products by result, counted since `since` in all processes that share the answering process's port. A server on another host counts separately.",
    },
  ),
  product_holds: Type.Array(HoldCount, {
    description:
      "Holds of this product by result, counted in the same processes while the product's live screen is open. The difference between two answers gives the rate.",
  }),
  variant_refusals: Type.Optional(
    Type.Array(Type.Object({ variant_id: Id, count: Type.Integer() }), {
      description:
        "Only for a product with variants: how many holds each variant caused to be refused, counted while the product's live screen is open (as `product_holds`). A refused basket counts once for each variant that lacked units, is disabled, or has a lower limit per hold.",
    }),
  ),
  figures: Type.Union([SaleFiguresWire, Type.Null()], {
    description:
      "Holds, orders and revenue of the product since it was created, counted at most every five seconds, and less often where counting takes long; null: not counted yet",
  }),
  course: Type.Optional(CourseWire),
  invariants: Type.Object({
    violations: Type.Integer({ description: "How many differences the last recount found" }),
    recounted_at: Type.Unsafe<string | null>({
      type: ["string", "null"],
      format: "date-time",
      description:
        "When the last recount ended; null: none of these processes has recounted yet, so `violations` has no meaning",
    }),
  }),
  database: Type.Object(
    {
      split_brain: Type.Boolean({
        description:
          "Whether, in the last ten minutes, two database servers took writes, or a product lacked changes that this server had committed",
      }),
      lost_changes: Type.Integer({
        description: "How many acknowledged changes of products were missing after a failover",
      }),
      replication: Type.Unsafe<"none" | "asynchronous" | "synchronous" | "waiting" | null>({
        type: ["string", "null"],
        enum: ["none", "asynchronous", "synchronous", "waiting", null],
        description:
          "Whether commits wait for a standby. `waiting`: they do and none is there, so nothing is sold; null: not known, or the embedded database, which has no standby",
      }),
    },
    { description: "What the processes of this port have noticed about the database since they started" },
  ),
  redis: Type.Unsafe<LiveRedis | null>({
    type: ["object", "null"],
    required: ["state", "since", "slowest_count_ms"],
    properties: {
      state: {
        type: "string",
        enum: ["connected", "slow", "away"],
        description:
          "`connected`: limits by address are counted with the other hosts; `slow`: they are, and a count of the last minute took 50 ms or more; `away`: this server counts alone, until Redis is back",
      },
      since: { ...timeOrNull, description: "Since when it is used or away" },
      slowest_count_ms: {
        type: "integer",
        description: "The slowest count of the last minute; 0 if there was none",
      },
    },
    description: "How Redis does, as the answering server sees it; null: `REDIS_URL` is not set",
  }),
  server_time: Time,
})

interface LiveRedis {
  readonly state: "connected" | "slow" | "away"
  readonly since: string | null
  readonly slowest_count_ms: number
}

export type LiveJson = Static<typeof LiveWire>
export type AdminActionJson = Static<typeof AdminActionWire>
