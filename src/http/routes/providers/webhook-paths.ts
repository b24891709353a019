const belowPayments = /^\/+api\/+payments(?![^/?])/i

/** True for a URL whose path begins with `/api/payments`, with any number of slashes and in capitals too. */
export function isBelowPayments(url: string): boolean {
  return belowPayments.test(url)
}

/**
 * Returns the URL of a webhook with its path as the route spells it; other URLs are returned unchanged. The forms in
 * which shops enter the URL at a provider may add a slash at the end, double a slash, or change letters to capitals,
 * and no payment may be lost because of that.
 */
export function webhookUrl(url: string): string {
  if (!isBelowPayments(url)) return url
  const [path = "", ...query] = url.split("?")
  const plain = path.replace(/\/+/g, "/").replace(/\/$/, "")
  const named = plain.replace(/^\/api\/payments(?:\/webhooks?(?![^/]))?/i, (start) => start.toLowerCase())
  return [named, ...query].join("?")
}
