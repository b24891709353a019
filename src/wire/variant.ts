import { Type, type Static } from "typebox"
import type { NewVariant } from "../domain/commands.ts"
import { decimalAmount } from "../domain/money.ts"
import { variantPrice, variantSaleState } from "../domain/product-variants.ts"
import { availableUnits, type Product } from "../domain/product.ts"
import type { Instant } from "../domain/time.ts"
import { defaultVariantSettings, type Variant, type VariantSettings } from "../domain/variant.ts"
import {
  Id,
  LARGEST_QUANTITY,
  Label,
  PriceMinor,
  Stock,
  body,
  labelPattern,
  oneOf,
  orNull,
} from "./fields.ts"
import { httpsUrlOrNull } from "./pictures.ts"

/** A variant of a product. */
export const VariantWire = Type.Object({
  id: Id,
  name: Type.String(),
  sku: orNull<string>("string"),
  options: Type.Unsafe<Record<string, string>>({ type: "object", additionalProperties: Type.String() }),
  position: Type.Integer(),
  image_url: orNull<string>("string"),
  image_alt: Type.Optional(
    Type.String({ description: "What its picture shows, for people who do not see it. Absent: not said" }),
  ),
  price: Type.String(),
  price_minor: Type.Integer({ description: "its own price, or the product's if it has none" }),
  own_price: Type.Boolean({
    description:
      "true: price_minor is its own and stays if the product's price changes; false: it is the product's",
  }),
  stock: Type.Integer(),
  available_stock: Type.Integer(),
  reserved_stock: Type.Integer(),
  sold_stock: Type.Integer(),
  sale_state: oneOf(["closed", "scheduled", "paused", "sold_out", "all_held", "open"]),
  max_per_hold: orNull<number>("integer"),
  enabled: Type.Boolean(),
})

/** The JSON of a variant. */
export type VariantJson = Static<typeof VariantWire>

const MOST_OPTIONS = 10

/** `propertyNames` checks the names. With `patternProperties` a name that fits no pattern would pass unchecked. */
const Options = Type.Unsafe<Record<string, string>>({
  type: "object",
  maxProperties: MOST_OPTIONS,
  propertyNames: Label,
  additionalProperties: Label,
})

const settings = {
  sku: Type.Optional(Type.Union([Label, Type.Null()])),
  options: Type.Optional(Options),
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_QUANTITY })),
  image_url: Type.Optional(httpsUrlOrNull),
  image_alt: Type.Optional(
    orNull<string>("string", {
      minLength: 1,
      maxLength: 255,
      pattern: labelPattern,
      description:
        "What the picture at `image_url` shows, for people who do not see it. It is translated by the `words` of a language",
    }),
  ),
  price_minor: Type.Optional(Type.Union([PriceMinor, Type.Null()])),
  max_per_hold: Type.Optional(orNull<number>("integer", { minimum: 1, maximum: LARGEST_QUANTITY })),
  enabled: Type.Optional(Type.Boolean()),
}

/** A variant to be added. */
export const NewVariantBody = body({ name: Label, stock: Stock, ...settings })

/** The request to change settings of a variant. */
export const VariantChangesBody = body({ name: Type.Optional(Label), ...settings })

/** The JSON of {@link VariantChangesBody}. */
export type VariantChanges = Static<typeof VariantChangesBody>

/** Makes the JSON of a variant. */
export function variantJson(product: Product, variant: Variant, now: Instant): VariantJson {
  const priceMinor = variantPrice(product, variant)
  return {
    id: variant.id,
    name: variant.name,
    sku: variant.sku,
    options: { ...variant.options },
    position: variant.position,
    image_url: variant.imageUrl,
    ...(variant.imageAlt !== null && { image_alt: variant.imageAlt }),
    price: decimalAmount(priceMinor, product.currency),
    price_minor: priceMinor,
    own_price: variant.priceMinor !== null,
    stock: variant.stock,
    available_stock: availableUnits(variant),
    reserved_stock: variant.held,
    sold_stock: variant.sold,
    sale_state: variantSaleState(product, variant, now),
    max_per_hold: variant.maxPerHold,
    enabled: variant.enabled,
  }
}

/** Makes the JSON of a variant in an event about its product. */
export function variantEventJson(variant: Variant) {
  return {
    variant_id: variant.id,
    sku: variant.sku,
    name: variant.name,
    stock: variant.stock,
    available_stock: availableUnits(variant),
    reserved_stock: variant.held,
    sold_stock: variant.sold,
  }
}

/** Reads the settings of a variant that a request gives. */
export function variantChanges(given: VariantChanges): Partial<VariantSettings> {
  const { image_url, image_alt, price_minor, max_per_hold, options, ...same } = given
  return {
    ...same,
    ...(options !== undefined && { options: inStoredOrder(options) }),
    ...(image_url !== undefined && { imageUrl: image_url }),
    ...(image_alt !== undefined && { imageAlt: image_alt }),
    ...(price_minor !== undefined && { priceMinor: price_minor }),
    ...(max_per_hold !== undefined && { maxPerHold: max_per_hold }),
  }
}

/**
 * Sorts the names as a `jsonb` column returns them, by length in bytes and then by bytes, so that the answer to a change
 * is the same as later answers.
 */
function inStoredOrder(options: VariantSettings["options"]): VariantSettings["options"] {
  const bytesOf = (name: string) => Buffer.from(name)
  const entries = Object.entries(options).sort(([one], [other]) => {
    const [bytes, others] = [bytesOf(one), bytesOf(other)]
    return bytes.length - others.length || bytes.compare(others)
  })
  return Object.fromEntries(entries)
}

/** Reads the settings of a new variant. */
export function newVariantSettings(given: Static<typeof NewVariantBody>): NewVariant["settings"] {
  const { name, stock: _stock, ...more } = given
  return { ...defaultVariantSettings, position: null, name, ...variantChanges(more) }
}
