/** The warning for an installation by `npm ci --omit=dev`, which builds no pages. */
export const MISSING_PAGES =
  "The pages are not built, so there is no storefront and no control room, only the API: run `npm ci --include=dev`, which builds them, and then `npm prune --omit=dev`, or copy dist/web from where they are built"
