import { LARGEST_STOCK } from "../domain/product.ts"
import { Type, type Static, type TSchema } from "typebox"

/*
 * Fields that several resources have in common. One schema validates requests, serialises responses, describes
 * the API and gives the types.
 */

/** The largest integer that JavaScript represents exactly. */
export const LARGEST_ID = Number.MAX_SAFE_INTEGER
/** The largest quantity: its product with the largest price is still an exact integer. */
export const LARGEST_QUANTITY = 1_000_000
const LARGEST_PRICE_MINOR = 9_000_000_000

/*
 * Text must contain neither NUL, which PostgreSQL does not store, nor half of a surrogate pair, which the driver
 * replaces by another character, so that a search for the text would fail. Labels must not contain control
 * characters either.
 */
/** The pattern of text in one line. */
export const labelPattern = "^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$"
/** The pattern of text of several lines. */
export const prosePattern = "^[^\\u0000\\ud800-\\udfff]*$"

/** The id of a row. */
export const Id = Type.Integer({ minimum: 1, maximum: LARGEST_ID })
/** A number of units. */
export const Quantity = Type.Integer({ minimum: 1, maximum: LARGEST_QUANTITY })
const MOST_LABEL = 255
const labelShape = new RegExp(labelPattern, "u")

/** Whether a text is a {@link Label}. */
export function isLabel(text: string): boolean {
  const isShort = text.length <= MOST_LABEL || Array.from(text).length <= MOST_LABEL
  return isShort && labelShape.test(text)
}

/** A short text in one line, such as a name or an id of another system. */
export const Label = Type.String({ minLength: 1, maxLength: MOST_LABEL, pattern: labelPattern })
/** A time in ISO 8601. */
export const Time = Type.String({ format: "date-time" })
/** The price of one unit in minor units. */
export const PriceMinor = Type.Integer({ minimum: 0, maximum: LARGEST_PRICE_MINOR })
/** The stock of a product. */
export const Stock = Type.Integer({ minimum: 0, maximum: LARGEST_STOCK })
/** An amount in minor units that another system reports. */
export const AmountMinor = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** A currency code of ISO 4217. */
export const CurrencyCode = Type.String({ pattern: "^[A-Z]{3}$" })

type PlainType = "string" | "integer"

/** A plain type or null, in a form from which the serialiser generates fast code. */
export function orNull<T>(type: PlainType, more: object = {}) {
  return Type.Unsafe<T | null>({ type: [type, "null"], ...more })
}

/** An object or a list, or null. As a union, it would be complained about twice: errors of both of its members. */
export function nullable<Schema extends TSchema & { readonly type: string }>(schema: Schema) {
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, "null"] })
}

/** One of several words, as a union type. */
export function oneOf<const Word extends string>(words: readonly Word[], more: object = {}) {
  return Type.Unsafe<Word>({ type: "string", enum: [...words], ...more })
}

/** A time or null. */
export const timeOrNull = orNull<string>("string", { format: "date-time" })

/** The body of a request: an object without other properties. */
export function body<Properties extends Record<string, TSchema>>(properties: Properties, more: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...more })
}

/** For {@link body}: `required` is required unless `other` is given. */
export function requiredUnless(other: string, required: string): object {
  return { if: { required: [other] }, else: { required: [required] } }
}

/** One page of a list. */
export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    data: Type.Array(item),
    has_more: Type.Boolean(),
    next_cursor: orNull<string>("string"),
  })
}

/** A language such as `de` or `de-CH` (BCP 47). */
export const LanguageTag = Type.String({ pattern: "^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8}){0,3}$", maxLength: 35 })
