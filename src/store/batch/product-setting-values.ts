import { hasVariants, isHidden, type Product } from "../../domain/product.ts"
import { isoTimeOrNull } from "../../domain/time.ts"

/** The columns of a product's settings. */
export const settingColumns = [
  "name",
  "description",
  "image_url",
  "price_minor",
  "currency",
  "opens_at",
  "closes_at",
  "paused",
  "variants_paused",
  "max_per_hold",
  "max_per_customer",
  "hold_ttl_seconds",
  "collect",
  "status",
  "status_paused",
  "sku",
  "external_id",
  "stock_display",
  "customer",
  "phases",
  "phases_paused",
]

/**
 * In the order of {@link settingColumns}. To earlier versions a product looks paused if it has variants (0012_variants.sql), is
 * hidden (0019_publication.sql) or has phases (0028_claims.sql).
 */
export function settingValues(settings: Product): unknown[] {
  return [
    settings.name,
    settings.description,
    settings.imageUrl,
    settings.priceMinor,
    settings.currency,
    isoTimeOrNull(settings.opensAt),
    isoTimeOrNull(settings.closesAt),
    settings.paused || hasVariants(settings) || isHidden(settings) || settings.phases !== null,
    hasVariants(settings) ? settings.paused : null,
    settings.maxPerHold,
    settings.maxPerCustomer,
    settings.holdTtlSeconds,
    settings.collect === null ? null : JSON.stringify(settings.collect),
    settings.status === "listed" ? null : settings.status,
    isHidden(settings) ? settings.paused : null,
    settings.sku,
    settings.externalId,
    settings.stockDisplay === "exact" ? null : settings.stockDisplay,
    settings.customer === "any" ? null : settings.customer,
    settings.phases === null ? null : JSON.stringify(settings.phases),
    settings.phases === null ? null : settings.paused,
  ]
}

/** Whether a batch has changed a setting. */
export function isSettingChanged(before: Product, after: Product): boolean {
  // What it asks for and its phases are compared as objects, which a command that changes them replaces: as text, every
  // batch of the product would write them twice.
  if (before.collect !== after.collect || before.phases !== after.phases) return true
  const valuesAfter = settingValues({ ...after, collect: null, phases: null })
  return settingValues({ ...before, collect: null, phases: null }).some(
    (value, index) => value !== valuesAfter[index],
  )
}
