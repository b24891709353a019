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

/**
 * Cap's widget has its styles within itself, solves in workers that it makes of a text, and compiles WebAssembly. Its
 * instrumentation would need inline scripts and `eval`, which no page of a shop should allow.
 */
function policyForCap(policy: string, origin: string): string {
  return policy
    .replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("connect-src 'self'", `connect-src 'self' ${origin}`)
    .concat("; worker-src 'self' blob:")
}

/** The headers of a page. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
}

/** For pages that no search engine should list: orders, the search for them, and pages that do not exist. */
export const unindexed = { "x-robots-tag": "noindex" }

/** The headers of a page on which buyers pay by Stripe. */
export const stripePageHeaders = { ...pageHeaders, "content-security-policy": POLICY_WITH_STRIPE }

/** What a page needs to show a challenge: of the server itself, or of a service, which may be Cap. */
export type PageChallenge =
  | "altcha"
  | { readonly script: string; readonly siteKey: string; readonly capEndpoint?: string }

/** The headers of a page with this challenge. That of the server itself needs nothing more than other pages. */
export function challengePageHeaders(challenge: PageChallenge): typeof pageHeaders {
  if (challenge === "altcha") return pageHeaders
  const { script, capEndpoint } = challenge
  const policy = policyWith(new URL(script).origin)
  const own = capEndpoint === undefined ? policy : policyForCap(policy, new URL(capEndpoint).origin)
  return { ...pageHeaders, "content-security-policy": own }
}
