import { Type, type Static } from "typebox"
import type { Hold } from "../domain/hold.ts"
import { isoTime } from "../domain/time.ts"
import { Id, Label, Quantity, Time, body, listOf, oneOf, orNull, requiredUnless } from "./fields.ts"
import { AccessCodeText } from "./access-codes.ts"
import { HoldLineWire, WantedLines, holdLineJson, variantIdOf } from "./lines.ts"
import { shopFieldsBody, shopFieldsJson, shopFieldsWire } from "./shop-fields.ts"

/** Every status of a hold. */
export const holdStatuses = ["active", "converted", "expired", "released"] as const

const holdFields = {
  product_id: Id,
  qty: Type.Integer(),
  status: oneOf(holdStatuses),
  expires_at: Time,
  created_at: Time,
  customer_id: orNull<string>("string"),
  variant_id: Type.Optional(Id),
  lines: Type.Optional(Type.Array(HoldLineWire)),
  ...shopFieldsWire,
}

/** A hold, without its token. */
export const HoldWire = Type.Object({ hold_id: Id, ...holdFields })

/** The JSON of a hold. */
export type HoldJson = Static<typeof HoldWire>

const token = Type.String({
  description: "The owner token: proves the right to use the hold and the order made from it",
})

/** A new hold, with its token. */
export const NewHoldWire = Type.Object({ hold_id: Id, ...holdFields, token })

/** A new hold in the envelope of the path-style routes. */
export const PathHoldWire = Type.Object({
  message: Type.String(),
  success: Type.Boolean(),
  hold: Type.Object({ id: Id, ...holdFields, token }),
})

/** One page of holds. */
export const HoldList = listOf(HoldWire)

/** The request to place a hold. */
export const HoldBody = body(
  {
    product_id: Id,
    qty: Type.Optional(Quantity),
    customer_id: Type.Optional(Label),
    access_code: Type.Optional(AccessCodeText),
    variant_id: Type.Optional(Id),
    lines: Type.Optional(WantedLines),
    ...shopFieldsBody,
  },
  requiredUnless("lines", "qty"),
)

/** Makes the JSON of a hold, without its token. */
export function holdJson(hold: Hold): HoldJson {
  return {
    hold_id: hold.id,
    product_id: hold.productId,
    qty: hold.qty,
    status: hold.status,
    expires_at: isoTime(hold.expiresAt),
    created_at: isoTime(hold.createdAt),
    customer_id: hold.customerId,
    ...linesJson(hold),
    ...shopFieldsJson(hold),
  }
}

/** Nothing for a hold of a product without variants. */
function linesJson({ lines }: Hold): Pick<HoldJson, "variant_id" | "lines"> {
  if (lines === null) return {}
  return { ...variantIdOf(lines), lines: lines.map(holdLineJson) }
}

/** Makes the JSON text of a new hold, with its token. The status and the token need no escaping. */
export function newHoldText(hold: Hold, token: string): string {
  return (
    `{"hold_id":${hold.id},"product_id":${hold.productId},"qty":${hold.qty},"status":"${hold.status}",` +
    `"expires_at":"${isoTime(hold.expiresAt)}","created_at":"${isoTime(hold.createdAt)}",` +
    `"customer_id":${JSON.stringify(hold.customerId)},"token":"${token}"${linesText(hold)}${shopFieldsText(hold)}}`
  )
}

function shopFieldsText(hold: Hold): string {
  if (hold.reference === null && hold.metadata === null) return ""
  return `,${JSON.stringify(shopFieldsJson(hold)).slice(1, -1)}`
}

function linesText({ lines }: Hold): string {
  if (lines === null) return ""
  const { variant_id } = variantIdOf(lines)
  const variant = variant_id === undefined ? "" : `,"variant_id":${variant_id}`
  const texts = lines.map(
    ({ variantId, qty, unitPriceMinor }) =>
      `{"variant_id":${variantId},"qty":${qty},"unit_price_minor":${unitPriceMinor}}`,
  )
  return `${variant},"lines":[${texts.join(",")}]`
}
