import { useSignal, type Signal } from "@preact/signals"
import type { ShopLanguage, ShopLinks, ShopSettings } from "../../client/src/admin.ts"
import { valueOrNull } from "./form-values.ts"
import { readColour, readHttpsUrl, readSupport } from "./shop-values.ts"

/** The links to the shop's own pages, in their order, with the labels of their fields. */
export const linkLabels: readonly (readonly [keyof ShopLinks, string])[] = [
  ["imprint", "Imprint"],
  ["privacy", "Privacy policy"],
  ["terms", "Terms"],
  ["returns", "Returns and withdrawal"],
  ["accessibility", "Accessibility statement"],
]

/** The texts of the form's fields, filled with the shop's settings. */
export function useShopFields(before: ShopSettings) {
  const links = Object.fromEntries(
    linkLabels.map(([name]) => [name, useSignal(before.links[name] ?? "")]),
  ) as Record<keyof ShopLinks, Signal<string>>
  return {
    name: useSignal(before.name ?? ""),
    support: useSignal(before.support ?? ""),
    accent: useSignal(before.accent ?? ""),
    logoUrl: useSignal(before.logo?.url ?? ""),
    logoAlt: useSignal(before.logo?.alt ?? ""),
    icon: useSignal(before.icon ?? ""),
    links,
    languages: useSignal<readonly ShopLanguage[]>(before.languages ?? before.default_languages),
    listsScheduled: useSignal(before.lists_scheduled),
  }
}

export type ShopFields = ReturnType<typeof useShopFields>

/** The settings in the fields. Throws for an unreadable field. */
export function shopIn(
  { name, support, accent, logoUrl, logoAlt, icon, links, languages, listsScheduled }: ShopFields,
  before: Pick<ShopSettings, "default_languages">,
) {
  const logo = valueOrNull(readHttpsUrl(logoUrl.value))
  const chosen = languages.value
  return {
    name: name.value.trim() === "" ? null : name.value.trim(),
    support: valueOrNull(readSupport(support.value)),
    accent: valueOrNull(readColour(accent.value)),
    links: Object.fromEntries(
      linkLabels.map(([link]) => [link, valueOrNull(readHttpsUrl(links[link].value))]),
    ) as Record<keyof ShopLinks, string | null>,
    logo: logo === null ? null : { url: logo, alt: logoAlt.value.trim() },
    icon: valueOrNull(readHttpsUrl(icon.value)),
    // The default stays the default, so that a change of LANGUAGES still reaches the shop.
    languages: chosen.join() === before.default_languages.join() ? null : chosen,
    lists_scheduled: listsScheduled.value,
  }
}
