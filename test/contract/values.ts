import fc from "fast-check"
import { Compile } from "typebox/schema"
import type { Schema } from "./description.ts"

/**
 * Generates values for the fields of requests from their schemas, valid and invalid ones.
 * A {@link Known} stands for an id from an earlier response, so that a random walk gets
 * from a hold to its order, its payment and its refund.
 */
export interface Known {
  /** The kind of id, such as `hold_id`. */
  readonly known: string
  /** Which one: 0 is the most recent. */
  readonly pick: number
}

/** Whether the value is a placeholder. */
export function isKnown(value: unknown): value is Known {
  return typeof value === "object" && value !== null && "known" in value && "pick" in value
}

/** Generates a choice: mostly the newest id, sometimes an old one. */
const pick = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(5) },
  { weight: 2, arbitrary: fc.nat(200) },
)

/** Generates a placeholder. */
export function knownAs(known: string): fc.Arbitrary<Known> {
  return fc.record({ known: fc.constant(known), pick })
}

/** Fields that can hold ids from earlier responses. */
const nameable = new Set([
  "product_id",
  "variant_id",
  "hold_id",
  "order_id",
  "payment_id",
  "amount_minor",
  "quantity",
  "stock",
  "expected",
  "currency",
  "key",
  "provider",
])

const candidates = [
  "EUR",
  "USD",
  "JPY",
  "BHD",
  "https://hook.invalid/in?a=b",
  "http://shop.invalid:8080/",
  "#0b5fff",
  `whsec_${"A".repeat(32)}`,
  "simulator",
  "payment-1",
  "anna",
  "Ångström, 1 µm",
  "👩‍👩‍👧",
  "\u202eright to left",
  "'; drop table holds; --",
  "%s%n${7*7}",
  "..",
  "null",
  "0",
  "anna@example.com",
  "042713",
  "CH",
  "size",
]
const moments = [
  "2026-01-01T00:00:00Z",
  "2099-12-31T23:59:59.999Z",
  "2027-02-28T12:00:00+05:30",
  "2000-02-29T00:00:00-00:00",
]

/** Generates values that the schema allows, including its bounds. */
export function fitting(schema: Schema, name = ""): fc.Arbitrary<unknown> {
  const plain = plainFitting(schema)
  return nameable.has(name) ? fc.oneof({ weight: 5, arbitrary: knownAs(name) }, plain) : plain
}

function plainFitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(plainFitting))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? []].flat()
  return fc.oneof(...types.map((type) => ofType(type, schema)))
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null)
    case "boolean":
      return fc.boolean()
    case "integer":
      return integers(schema)
    case "array":
      return fc.uniqueArray(plainFitting(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case "object":
      return objects(schema)
    default:
      return strings(schema)
  }
}

function integers({ minimum = -100, maximum = 100 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, minimum + 5) }) },
    { weight: 2, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, 1_000_000) }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum, maximum - 1) },
  )
}

function strings(schema: Schema): fc.Arbitrary<string> {
  const { maxLength = 300, minLength = 0 } = schema
  const fits = Compile({ ...schema, type: "string" })
  const known = (schema.format === "date-time" ? moments : candidates).filter((text) => fits.Check(text))
  if (schema.format !== undefined) return fc.constantFrom(...known)
  const random = fc
    .string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 40) })
    .filter((text) => fits.Check(text))
  const longest = "x".repeat(maxLength)
  const isFree = fits.Check("x!")
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    ...(isFree
      ? [
          { weight: 3, arbitrary: random },
          { weight: 1, arbitrary: fc.constant(longest) },
        ]
      : []),
  )
}

/** Generates an object with all required members and some of the others. */
function objects(schema: Schema): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [], additionalProperties: named, propertyNames = {} } = schema
  if (typeof named === "object") {
    const fits = Compile({ ...propertyNames, type: "string" })
    const names = ["size", "colour", "größe", "constructor", "\u202e"].filter((text) => fits.Check(text))
    return fc.dictionary(fc.constantFrom(...names), plainFitting(named))
  }
  const optional = Object.keys(properties).filter((name) => !required.includes(name))
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, fitting(member, name)]),
  )
  return fc
    .tuple(
      fc.record(members),
      fc.oneof(fc.constant([]), fc.subarray(optional, { maxLength: Math.min(3, optional.length) })),
    )
    .map(([all, extra]) => {
      const kept = new Set([...required, ...extra])
      const isExempt = schema.if?.required?.every((name) => kept.has(name)) === true
      if (!isExempt) for (const name of schema.else?.required ?? []) kept.add(name)
      return Object.fromEntries(Object.entries(all).filter(([name]) => kept.has(name)))
    })
}

/** Values that hardly any field should accept. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    "",
    "1",
    0,
    -1,
    1.5,
    -0,
    1e300,
    5e-324,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    9_000_000_001,
    [],
    [1],
    {},
    { valueOf: 1 },
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udc00x",
    "\u202e",
    "\u007f",
    "a\nb",
    "x".repeat(256),
    "x".repeat(2_001),
    "2026-02-30T00:00:00Z",
    "infinity",
    "javascript:alert(1)",
    "XXQ",
    "eur",
    "https://a b",
    "https://u:p@hook.invalid/",
    "whsec_short",
    "constructor",
    "toString",
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.maxSafeInteger(),
)

/** Generates a body in which one or two members are invalid. */
export function nearlyFitting(schema: Schema): fc.Arbitrary<unknown> {
  const [first] = schema.anyOf ?? []
  if (first !== undefined) return nearlyFitting(first)
  const names = Object.keys(schema.properties ?? {})
  const change = fc.oneof(
    fc.record({ name: fc.constantFrom(...names), to: odd }),
    fc.record({ name: fc.constantFrom(...names), to: fc.constant(undefined) }),
    fc.record({
      name: fc.constantFrom("", "id", "held", "paid_at", "__proto__x", "price", "a/b~c"),
      to: odd,
    }),
    fc.record({ name: fc.constantFrom("toString", "constructor", "hasOwnProperty", "length"), to: odd }),
  )
  return fc
    .tuple(fitting(schema), fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([value, changes]) =>
      Object.fromEntries(
        [
          ...Object.entries(value as object),
          ...changes.map((member) => [member.name, member.to] as const),
        ].filter(([, member]) => member !== undefined),
      ),
    )
}

/** Texts that are not a valid body of any route. */
export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "{",
    "[]",
    "null",
    "1",
    '"text"',
    "{}",
    "NaN",
    "{'a':1}",
    '{"a":1}{"b":2}',
    "\u0000",
    "\ufeff{}",
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{"a":1}}}',
    '{"qty":1e999,"product_id":1}',
    '{"qty":1,"qty":"1"}',
    '{"hold_id":01}',
    '{"hold_id":0x1}',
    "hold_id=1&qty=1",
    '{"\\ud800":"\\udc00"}',
    "[".repeat(5_000) + "]".repeat(5_000),
    `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`,
    `{${Array.from({ length: 60 }, (_, n) => `"f${n}":${n}`).join()}}`,
    " ".repeat(65 * 1024),
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: "grapheme" }),
)
