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

/** What Stripe's form needs beside that: its script, its frames, and its server. */
const POLICY_WITH_STRIPE = POLICY.replace(
  "script-src 'self'",
  "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
)
  .replace("connect-src 'self'", "connect-src 'self' https://api.stripe.com")
  .concat("; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com")

/** What every page comes with. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
}

/** What a page comes with on which buyers pay by Stripe. */
export const stripePageHeaders = { ...pageHeaders, "content-security-policy": POLICY_WITH_STRIPE }
