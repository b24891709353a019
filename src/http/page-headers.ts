/**
 * What a page may do: load what its own server has built, and ask that server. Pictures of products are where the
 * shop says. Nothing stands in the page that a browser would run.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ")

/** What every page comes with. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
}
