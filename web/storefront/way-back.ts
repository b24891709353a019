import { storage } from "./browser-storage.ts"

/**
 * The page of another site from which the buyer has come. `origin`: that of the site, which the server has found to be one that it
 * allows; null: the address names none. `path`: of the page, as the address says. Null: this browser knows no such page.
 */
export function wayBackOf(orderId: number, origin: string | null, path: string | null): string | null {
  if (origin === null) return storage.order(orderId)?.wayBack ?? null
  const page = URL.canParse(path ?? "", origin) ? new URL(path ?? "", origin) : null
  // A path such as `//other.example/` names another site, and `blob:` has the origin of its site.
  return page?.origin === origin && page.href.startsWith(`${origin}/`) ? page.href : `${origin}/`
}
