/** The most characters of an address that SMTP allows (RFC 5321). */
export const LONGEST_EMAIL = 254

/*
 * No space, no character that is not seen, and none of those by which a mail header separates, names, comments or quotes
 * addresses. So every mail program reads the text as this one address. Letters of every script are allowed.
 */
const sign = '[^\\s\\p{Cc}\\p{Cf}\\p{Cs}@<>()\\[\\]\\\\,;:"]'
/** Mailers read the other three full stops of domains as dots too, which would be another spelling of the same
 * address. The other four end or encode a name in addresses of the web, so that programs would read another domain.
 */
const signOfDomain = sign.replace("@", "@./?#%\u3002\uFF0E\uFF61")

/**
 * One plain e-mail address, as a pattern with the flag `u`; RFC 5321 allows 64 characters before the @. A domain without a dot
 * is a name in a network of one's own, or a slip: `luc@example` is not where a buyer gets mail.
 */
export const emailPattern = `${sign}{1,64}@${signOfDomain}+(\\.${signOfDomain}+)+`

const whole = new RegExp(`^${emailPattern}$`, "u")

/** True if the text is exactly one plain e-mail address, so that a mail to it reaches no other recipient. */
export function isEmailAddress(text: string): boolean {
  return Array.from(text).length <= LONGEST_EMAIL && whole.test(text)
}
