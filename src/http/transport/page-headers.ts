/**
 * The content security policy of pages: they load scripts and styles from this server and send requests to it only.
 * Pictures of products may come from any HTTPS address. Inline scripts are forbidden.
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

/** The policy of pages with Stripe's payment form, which needs Stripe's script, frames and server. */
const POLICY_WITH_STRIPE = POLICY.replace(
  "script-src 'self'",
  "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
)
  .replace("connect-src 'self'", "connect-src 'self' https://api.stripe.com")
  .concat("; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com")

/** hCaptcha's script loads its frames and styles from other hosts of its domain. */
const HCAPTCHA = "https://hcaptcha.com https://*.hcaptcha.com"

/** The policy of pages with the challenge of another service, which has its script, frames, styles and server at this origin. */
function policyWith(scriptOrigin: string): string {
  const origin = scriptOrigin.endsWith(".hcaptcha.com") ? HCAPTCHA : scriptOrigin
  return POLICY.replace("script-src 'self'", `script-src 'self' ${origin}`)
    .replace("style-src 'self'", `style-src 'self' ${origin}`)
    .replace("connect-src 'self'", `connect-src 'self' ${origin}`)
    .concat(`; frame-src ${origin}`)
}

/** The headers of a page. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
}

/** The headers of a page on which buyers pay by Stripe. */
export const stripePageHeaders = { ...pageHeaders, "content-security-policy": POLICY_WITH_STRIPE }

/** The headers of a page with this challenge. That of the server itself needs nothing more than other pages. */
export function challengePageHeaders(challenge: "altcha" | { readonly script: string }): typeof pageHeaders {
  if (challenge === "altcha") return pageHeaders
  return { ...pageHeaders, "content-security-policy": policyWith(new URL(challenge.script).origin) }
}
