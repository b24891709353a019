import { hasPages } from "../site/built-pages.ts"
import type { Finding } from "./finding.ts"
import { MISSING_PAGES } from "./missing-pages.ts"

/** Checks whether the storefront and the control room are built. */
export function checkPages(): Finding {
  const check = "pages"
  return hasPages()
    ? { check, ok: true, found: "built" }
    : { check, ok: true, weak: true, found: MISSING_PAGES }
}
