import { Type, type Static } from "typebox"
import { noticeTypes } from "../../wire/notices.ts"
import { eventTypes, type EventType } from "../../wire/outgoing-event.ts"
import { body, oneOf, orNull, timeOrNull } from "../../wire/fields.ts"

/* The JSON of webhook endpoints and of deliveries to them. */

const Types = Type.Unsafe<EventType[] | null>({
  type: ["array", "null"],
  items: { type: "string", enum: [...eventTypes] },
  minItems: 1,
  maxItems: eventTypes.length,
  uniqueItems: true,
  description:
    "Types of the events that the endpoint receives; null: all types, including those that later versions add (for a mailbox: those that it can receive now)",
})
/** 24 to 64 bytes in base64, as Standard Webhooks specifies. */
const Secret = Type.String({
  pattern: "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$",
  maxLength: 94,
  description:
    "The signing secret: `whsec_`, followed by 24 to 64 bytes in base64; if not given, the server makes a secret",
})
/** Without credentials, because lists of endpoints show the address. */
const Url = Type.String({
  maxLength: 2_000,
  pattern: "^(?:https?://[^\\s@#\\u0000-\\u001f\\u007f\\ud800-\\udfff]+|mailto:[^\\s?#&%]+)$",
  description: `Begins with https:// or http://, without credentials; or mailto: and one address of the shop, which gets a mail for each event. A mailbox receives only ${noticeTypes.map((type) => `\`${type}\``).join(", ")}, and only where the server sends mail.`,
})
const Time = Type.String({ format: "date-time" })
const IncludeDetails = Type.Boolean({
  description:
    "Whether `order.…` events carry the buyer's `details`, as they are when the event is sent; false if not given",
})

export const NewEndpointBody = body({
  url: Url,
  types: Type.Optional(Types),
  secret: Type.Optional(Secret),
  include_details: Type.Optional(IncludeDetails),
})

export const EndpointChangesBody = body({
  url: Type.Optional(Url),
  types: Type.Optional(Types),
  enabled: Type.Optional(Type.Boolean()),
  include_details: Type.Optional(IncludeDetails),
})

export const RotationBody = body({ secret: Type.Optional(Secret) })

export const ReplayBody = body({ since: Time })

const endpointFields = {
  endpoint_id: Type.Integer(),
  url: Type.String(),
  types: Types,
  enabled: Type.Boolean(),
  include_details: IncludeDetails,
  disabled_reason: orNull<string>("string", {
    description:
      "Why the endpoint is disabled: `by request`, or `gone` if the endpoint answered 410; null: the endpoint is enabled",
  }),
  previous_secret_until: {
    ...timeOrNull,
    description:
      "Until this time, events are also signed with the previous secret; null: the secret was never rotated",
  },
  created_at: Time,
  updated_at: Time,
}

export const EndpointWire = Type.Object(endpointFields)

export const EndpointWithSecretWire = Type.Object({
  ...endpointFields,
  secret: Type.String({ description: "The signing secret, shown only in this answer" }),
})

export const EndpointList = Type.Object({ data: Type.Array(EndpointWire) })

export const DeliveryWire = Type.Object({
  webhook_id: Type.String(),
  endpoint_id: Type.Integer(),
  type: Type.String(),
  status: oneOf(["due", "delivered", "failed"]),
  not_before: Time,
  attempts: Type.Integer(),
  response_status: orNull<number>("integer", {
    description:
      "The HTTP status of the answer to the last attempt, 250 for a mail that the server has taken; null: no answer",
  }),
  last_error: orNull<string>("string"),
  created_at: Time,
  updated_at: Time,
})

export const DeliveryList = Type.Object({
  data: Type.Array(DeliveryWire),
  has_more: Type.Boolean(),
  next_cursor: orNull<string>("string"),
})

export const ReplayAnswer = Type.Object({
  replayed: Type.Integer({ description: "How many events will be sent" }),
})

export const TestAnswer = Type.Object({
  webhook_id: Type.String({ description: "The id under which the event was sent" }),
  delivered: Type.Boolean({ description: "True: the answer was a 2xx" }),
  response_status: orNull<number>("integer", {
    description: "The HTTP status of the answer; null: no answer",
  }),
  error: orNull<string>("string", { description: "Why there was no answer; null: there was one" }),
})

export type EndpointJson = Static<typeof EndpointWire>
export type DeliveryJson = Static<typeof DeliveryWire>
