/**
 * The security headers of every answer. An answer is data: nothing may be loaded from it and nothing may frame it.
 * Pages replace the content security policy with their own.
 *
 * They are what helmet sends with the settings in test/http/security-headers.test.ts, which compares the two. They are
 * written down here because calling helmet for each request would cost as much as all the rest of a refusal.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  // Without includeSubDomains: other names of the shop's domain may not speak HTTPS.
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}
