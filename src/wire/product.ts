import { Type, type Static } from "typebox"
import { decimalAmount } from "../domain/money.ts"
import {
  FEW_UNITS,
  availableUnits,
  hasVariants,
  hidesUnits,
  productStatuses,
  saleState,
  customerKinds,
  stockDisplays,
  type Product,
} from "../domain/product.ts"
import { isoTime, isoTimeOrNull, type Instant } from "../domain/time.ts"
import { MOST_VARIANTS } from "../domain/variant.ts"
import {
  CurrencyCode,
  Id,
  LARGEST_QUANTITY,
  Label,
  PriceMinor,
  Stock,
  Time,
  body,
  labelPattern,
  listOf,
  oneOf,
  orNull,
  prosePattern,
  requiredUnless,
  timeOrNull,
} from "./fields.ts"
import { collectFields, collectJson, collectSettings } from "./collect.ts"
import { phasesField, phasesJson, phasesSetting } from "./phases.ts"
import { httpsUrlOrNull } from "./pictures.ts"
import { NewVariantBody, VariantWire, variantEventJson, variantJson } from "./variant.ts"

/** A product, as the shop reads it. */
export const ProductWire = Type.Object({
  id: Id,
  name: Type.String(),
  description: orNull<string>("string"),
  image_url: orNull<string>("string"),
  price: Type.String({ description: "price_minor as a decimal number with the currency's decimals" }),
  price_minor: Type.Integer(),
  currency: Type.String(),
  stock: Type.Integer(),
  available_stock: Type.Integer(),
  reserved_stock: Type.Integer(),
  sold_stock: Type.Integer(),
  sale_state: oneOf(["closed", "scheduled", "paused", "sold_out", "all_held", "open"]),
  opens_at: timeOrNull,
  closes_at: timeOrNull,
  max_per_hold: orNull<number>("integer"),
  max_per_customer: orNull<number>("integer"),
  hold_ttl_seconds: Type.Integer(),
  own_hold_ttl: Type.Optional(
    Type.Boolean({
      description: "true: `hold_ttl_seconds` is of the product; absent: it is the server's default",
    }),
  ),
  server_time: Time,
  variants: Type.Optional(
    Type.Array(VariantWire, {
      description: "only of a product with variants: its units are sold by variant",
    }),
  ),
  status: Type.Optional(
    oneOf(productStatuses, {
      description: "absent: `listed`. Drafts and archived products are hidden from buyers",
    }),
  ),
  sku: Type.Optional(
    Type.String({ description: "the shop's own number of the article; absent: it has none here" }),
  ),
  external_id: Type.Optional(
    Type.String({
      description: "what another system of the shop calls the product; only in answers to the shop",
    }),
  ),
  stock_display: Type.Optional(
    oneOf(stockDisplays, {
      description: "what buyers see of the units; absent: `exact`, their number",
    }),
  ),
  customer: Type.Optional(oneOf(customerKinds, { description: "who it is sold to; absent: `any`" })),
  ...phasesField,
  ...collectFields,
})

/** The JSON of a product. */
export type ProductJson = Static<typeof ProductWire>

/** One page of products. */
export const ProductList = listOf(ProductWire)

const optionalTime = Type.Optional(timeOrNull)
const limit = Type.Optional(orNull<number>("integer", { minimum: 1, maximum: LARGEST_QUANTITY }))
const numberOfShop = (description: string) =>
  Type.Optional(
    orNull<string>("string", { minLength: 1, maxLength: 255, pattern: labelPattern, description }),
  )

const optionalSettings = {
  description: Type.Optional(orNull<string>("string", { maxLength: 2_000, pattern: prosePattern })),
  image_url: Type.Optional(httpsUrlOrNull),
  opens_at: optionalTime,
  closes_at: optionalTime,
  paused: Type.Optional(Type.Boolean()),
  max_per_hold: limit,
  max_per_customer: limit,
  hold_ttl_seconds: Type.Optional(orNull<number>("integer", { minimum: 1, maximum: 86_400 })),
  status: Type.Optional(
    oneOf(productStatuses, {
      description:
        "`listed` if not given. Of a `draft` or an `archived` product buyers see nothing, and no unit can be held; what they hold and have ordered goes on. An `unlisted` one is on no list.",
    }),
  ),
  sku: numberOfShop("the shop's own number of the article, which buyers may read"),
  external_id: numberOfShop("what another system of the shop calls the product; no buyer is told"),
  stock_display: Type.Optional(
    oneOf(stockDisplays, {
      description: `what buyers see of the units: their number (\`exact\`, if not given), whether ${FEW_UNITS} or fewer are left (\`low\`), or only whether there are any (\`none\`)`,
    }),
  ),
  customer: Type.Optional(
    oneOf(customerKinds, {
      description:
        "who it is sold to: `any` if not given; `named`: a hold needs a `customer_id`; `signed`: a hold needs a `Customer-Token`, with which your server says who the customer is",
    }),
  ),
  ...phasesSetting,
  ...collectSettings,
}

/** The request to create a product. */
export const NewProductBody = body(
  {
    name: Label,
    price_minor: PriceMinor,
    currency: CurrencyCode,
    stock: Type.Optional(Stock),
    variants: Type.Optional(
      Type.Array(NewVariantBody, {
        minItems: 1,
        maxItems: MOST_VARIANTS,
        description: "in the place of stock: each has a stock of its own",
      }),
    ),
    ...optionalSettings,
  },
  requiredUnless("variants", "stock"),
)

/** The request to change settings of a product. */
export const ProductChangesBody = body({
  name: Type.Optional(Label),
  price_minor: Type.Optional(PriceMinor),
  currency: Type.Optional(CurrencyCode),
  ...optionalSettings,
})

/** The JSON of {@link ProductChangesBody}. */
export type ProductChanges = Static<typeof ProductChangesBody>

/** The request to set the stock if it is still `expected`. */
export const StockBody = body({ stock: Stock, expected: Stock })

/**
 * Makes the JSON of a product for the shop. `defaultHoldTtl`, in seconds, is used where the product has no hold time of its
 * own.
 */
export function productJson(product: Product, now: Instant, defaultHoldTtl: number): ProductJson {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    image_url: product.imageUrl,
    price: decimalAmount(product.priceMinor, product.currency),
    price_minor: product.priceMinor,
    currency: product.currency,
    stock: product.stock,
    available_stock: availableUnits(product),
    reserved_stock: product.held,
    sold_stock: product.sold,
    sale_state: saleState(product, now),
    opens_at: isoTimeOrNull(product.opensAt),
    closes_at: isoTimeOrNull(product.closesAt),
    max_per_hold: product.maxPerHold,
    max_per_customer: product.maxPerCustomer,
    hold_ttl_seconds: product.holdTtlSeconds ?? defaultHoldTtl,
    ...(product.holdTtlSeconds !== null && { own_hold_ttl: true }),
    server_time: isoTime(now),
    ...(hasVariants(product) && {
      variants: product.variants.map((variant) => variantJson(product, variant, now)),
    }),
    ...(product.status !== "listed" && { status: product.status }),
    ...(product.sku !== null && { sku: product.sku }),
    ...(product.externalId !== null && { external_id: product.externalId }),
    ...(product.customer !== "any" && { customer: product.customer }),
    ...(hidesUnits(product) && { stock_display: product.stockDisplay }),
    ...phasesJson(product.phases),
    ...collectJson(product.collect),
  }
}

/** Makes the JSON of a product in an outgoing event. */
export function productEventJson(product: Product) {
  return {
    product_id: product.id,
    ...(product.sku !== null && { sku: product.sku }),
    ...(product.externalId !== null && { external_id: product.externalId }),
    name: product.name,
    stock: product.stock,
    available_stock: availableUnits(product),
    reserved_stock: product.held,
    sold_stock: product.sold,
    ...(hasVariants(product) && { variants: product.variants.map(variantEventJson) }),
  }
}
