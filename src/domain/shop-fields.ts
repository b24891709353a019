/** Names and values that a shop has chosen. */
export type Metadata = Readonly<Record<string, string>>

/** What the shop's own systems know a hold or order by. Doorbuster keeps and returns it, and interprets none of it. */
export interface ShopFields {
  readonly reference: string | null
  readonly metadata: Metadata | null
}

/** The fields as a request gives them; undefined: it does not name the field. */
export interface GivenShopFields {
  readonly reference?: string | undefined
  readonly metadata?: Metadata | undefined
}

/** More would make every row, answer and event of a sale long. */
export const MOST_METADATA_KEYS = 20
/** The most bytes of all metadata, as JSON in UTF-8. */
export const MOST_METADATA_BYTES = 1_024

/** The fields of a row whose request names none. */
export const noShopFields: ShopFields = { reference: null, metadata: null }

/** The order has more metadata, together with those of its hold, than a row may have. */
export interface MetadataOverLimit {
  readonly code: "metadata_over_limit"
}

/**
 * What `given` adds to the fields `present`: a reference or a metadata key that is not there yet. The order's request may come
 * from the buyer's browser, so it changes nothing that the shop has written on the hold.
 */
export function mergeShopFields(
  present: ShopFields,
  { reference: given, metadata }: GivenShopFields,
): ShopFields | MetadataOverLimit {
  const reference = present.reference ?? given ?? null
  if (metadata === undefined) return { reference, metadata: present.metadata }
  const merged = { ...metadata, ...present.metadata }
  return isOverLimit(merged) ? { code: "metadata_over_limit" } : { reference, metadata: merged }
}

/** True when these are more keys or bytes than a hold or order may have. */
export function isOverLimit(metadata: Metadata): boolean {
  return (
    Object.keys(metadata).length > MOST_METADATA_KEYS ||
    Buffer.byteLength(JSON.stringify(metadata)) > MOST_METADATA_BYTES
  )
}

/** True when both rows have the same fields, whatever the order of their metadata's keys. */
export function haveSameFields(one: ShopFields, other: ShopFields): boolean {
  return one.reference === other.reference && sorted(one.metadata) === sorted(other.metadata)
}

/** PostgreSQL returns the keys of JSON in an order of its own. */
function sorted(metadata: Metadata | null): string {
  return JSON.stringify(
    metadata === null ? null : Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
