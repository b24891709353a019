/**
 * The security headers of every answer. The content security policy is for JSON, which loads nothing and must not be
 * framed; pages replace it with their own.
 *
 * The headers equal those of helmet with the settings in test/http/security-headers.test.ts, which compares the two.
 * They are constants because calling helmet for each request would take as long as the rest of a refusal.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  // Without includeSubDomains: other hosts of the shop's domain may not support HTTPS.
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}
