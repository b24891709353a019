import { Type } from "typebox"
import {
  MOST_METADATA_BYTES,
  MOST_METADATA_KEYS,
  type Metadata,
  type ShopFields,
} from "../domain/shop-fields.ts"
import { labelPattern, prosePattern } from "./fields.ts"

/** The most characters of a reference. */
const LONGEST_REFERENCE = 200
/** As long as a key at Stripe may be. */
const LONGEST_KEY = 40
/** A key in one line, without the brackets that Stripe refuses. */
const keyPattern = "^[^\\[\\]\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$"

const reference = {
  description: "The shop's own reference, such as a cart number: returned unchanged and never interpreted",
}
const metadata = {
  description: `The shop's own key-value pairs: up to ${MOST_METADATA_KEYS}, keys of up to ${LONGEST_KEY} characters, ${MOST_METADATA_BYTES} bytes in all as JSON; returned unchanged and never interpreted`,
}

/** The fields of the shop's own in requests. */
export const shopFieldsBody = {
  reference: Type.Optional(
    Type.String({ ...reference, minLength: 1, maxLength: LONGEST_REFERENCE, pattern: labelPattern }),
  ),
  metadata: Type.Optional(
    Type.Unsafe<Metadata>({
      ...metadata,
      type: "object",
      maxProperties: MOST_METADATA_KEYS,
      propertyNames: { type: "string", minLength: 1, maxLength: LONGEST_KEY, pattern: keyPattern },
      additionalProperties: { type: "string", maxLength: MOST_METADATA_BYTES, pattern: prosePattern },
    }),
  ),
}

/** The fields of the shop's own in answers, absent where no request has given them. */
export const shopFieldsWire = {
  reference: Type.Optional(Type.String(reference)),
  metadata: Type.Optional(
    Type.Unsafe<Metadata>({ ...metadata, type: "object", additionalProperties: { type: "string" } }),
  ),
}

/** The error of metadata of a hold that are too large. */
export const metadataTooLong = {
  pointer: "/metadata",
  detail: `must not have more than ${MOST_METADATA_BYTES} bytes as JSON`,
}

/** The error of metadata that are too large together with those of the order's hold. */
export const mergedMetadataTooLarge = {
  pointer: "/metadata",
  detail: `must not have more than ${MOST_METADATA_KEYS} keys and ${MOST_METADATA_BYTES} bytes as JSON, together with the hold's`,
}

/** Makes the JSON of the shop's own fields: nothing where there are none. */
export function shopFieldsJson({ reference, metadata }: ShopFields): {
  reference?: string
  metadata?: Metadata
} {
  return { ...(reference !== null && { reference }), ...(metadata !== null && { metadata }) }
}
