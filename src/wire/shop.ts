import { hash } from "node:crypto"
import { Type, type Static } from "typebox"
import { isEmailAddress } from "../domain/email-address.ts"
import {
  noShopSettings,
  shopLanguages,
  shopLinks,
  type ShopFace,
  type ShopLanguage,
  type ShopSettings,
} from "../domain/shop.ts"
import { isoTimeOrNull, type Instant } from "../domain/time.ts"
import { body, labelPattern, nullable, oneOf, orNull, timeOrNull } from "./fields.ts"
import {
  LONGEST_URL,
  PictureBody,
  httpsUrlOrNull,
  httpsUrlPattern,
  pictureIn,
  urlErrors,
  type FieldError,
} from "./pictures.ts"

/** As long as SHOP_NAME may be. */
const LONGEST_NAME = 100

const Links = Type.Object(
  Object.fromEntries(shopLinks.map((link) => [link, Type.Optional(httpsUrlOrNull)])) as Record<
    (typeof shopLinks)[number],
    ReturnType<typeof Type.Optional<typeof httpsUrlOrNull>>
  >,
  { additionalProperties: false, description: "https only; a link that is left out is removed" },
)
const Languages = Type.Unsafe<ShopLanguage[] | null>({
  type: ["array", "null"],
  items: { type: "string", enum: [...shopLanguages] },
  minItems: 1,
  maxItems: shopLanguages.length,
  uniqueItems: true,
  description: "The languages of pages and mails, the default first; null: those of `LANGUAGES`",
})

/** The request to change what the shop has set about itself. */
export const ShopChangesBody = body({
  name: Type.Optional(
    orNull<string>("string", { minLength: 1, maxLength: LONGEST_NAME, pattern: labelPattern }),
  ),
  support: Type.Optional(
    orNull<string>("string", {
      minLength: 1,
      maxLength: LONGEST_URL,
      pattern: labelPattern,
      description: "An e-mail address, or a URL that begins with https://",
    }),
  ),
  accent: Type.Optional(
    orNull<string>("string", {
      pattern: "^#[0-9a-fA-F]{6}$",
      description: "Any colour: pages derive shades of it that can be read",
    }),
  ),
  links: Type.Optional(nullable(Links)),
  logo: Type.Optional(nullable(PictureBody)),
  icon: Type.Optional(httpsUrlOrNull),
  languages: Type.Optional(Languages),
  lists_scheduled: Type.Optional(
    Type.Boolean({ description: "Whether lists name products before they open; true if never set" }),
  ),
})

/** What the shop has set about itself; null: not set. */
export const ShopWire = Type.Object({
  name: orNull<string>("string"),
  default_name: Type.String({ description: "The name while `name` is null" }),
  default_languages: Type.Array(oneOf(shopLanguages), {
    description: "The languages while `languages` is null",
  }),
  support: orNull<string>("string"),
  accent: orNull<string>("string"),
  links: Type.Object(
    Object.fromEntries(shopLinks.map((link) => [link, orNull<string>("string")])) as Record<
      (typeof shopLinks)[number],
      ReturnType<typeof orNull<string>>
    >,
  ),
  logo: nullable(Type.Object({ url: Type.String(), alt: Type.String() })),
  icon: orNull<string>("string"),
  languages: Languages,
  lists_scheduled: Type.Boolean(),
  takes_payments: Type.Boolean({
    description:
      "Whether an order's page leads to a payment: with Stripe, `PAYMENT_URL` or the simulator. Otherwise the shop takes the payment in another way. Set by the server's configuration",
  }),
  version: Type.String({ description: "The content of the `ETag`, for `If-Match`" }),
  updated_at: timeOrNull,
})

/** The JSON of {@link ShopWire}. */
export type ShopJson = Static<typeof ShopWire>

/** Makes the JSON of the shop's settings. `defaults`: what is shown of a shop that has not set it. */
export function shopJson(
  settings: ShopSettings,
  updatedAt: Instant | null,
  {
    defaults,
    takesPayments,
  }: { readonly defaults: Pick<ShopFace, "name" | "languages">; readonly takesPayments: boolean },
): ShopJson {
  const { listsScheduled, ...others } = settings
  return {
    ...others,
    lists_scheduled: listsScheduled,
    links: { ...settings.links },
    logo: settings.logo === null ? null : { ...settings.logo },
    languages: settings.languages === null ? null : [...settings.languages],
    default_name: defaults.name,
    default_languages: [...defaults.languages],
    takes_payments: takesPayments,
    version: shopVersion(settings),
    updated_at: isoTimeOrNull(updatedAt),
  }
}

/** Names the content of the settings: the same settings have the same version in every process. */
export function shopVersion(settings: ShopSettings): string {
  return hash("sha256", JSON.stringify(settings), "base64url").slice(0, 16)
}

/** Reads the settings that a request gives; returns the errors of fields whose values are not valid. */
export function shopChanges(given: Static<typeof ShopChangesBody>): Partial<ShopSettings> | FieldError[] {
  const errors = [
    ...urlErrors("/icon", given.icon),
    ...urlErrors("/logo/url", given.logo?.url),
    ...shopLinks.flatMap((link) => urlErrors(`/links/${link}`, given.links?.[link])),
    ...supportErrors(given.support),
  ]
  if (errors.length > 0) return errors
  const { name, support, accent, links, logo, icon, languages, lists_scheduled: listsScheduled } = given
  return {
    ...(name !== undefined && { name }),
    ...(support !== undefined && { support }),
    ...(accent !== undefined && { accent: accent?.toLowerCase() ?? null }),
    ...(links !== undefined && { links: wholeLinks(links) }),
    ...(logo !== undefined && { logo: logo === null ? null : pictureIn(logo) }),
    ...(icon !== undefined && { icon }),
    ...(languages !== undefined && { languages }),
    ...(listsScheduled !== undefined && { listsScheduled }),
  }
}

function supportErrors(support: string | null | undefined): FieldError[] {
  if (support === null || support === undefined || isEmailAddress(support)) return []
  if (new RegExp(httpsUrlPattern).test(support) && URL.canParse(support)) return []
  return [{ pointer: "/support", detail: "must be an e-mail address or begin with https://" }]
}

function wholeLinks(links: Partial<ShopSettings["links"]> | null): ShopSettings["links"] {
  return Object.fromEntries(
    shopLinks.map((link) => [link, links?.[link] ?? noShopSettings.links[link]]),
  ) as ShopSettings["links"]
}
