/** A sender or a recipient. */
export interface Mailbox {
  /** Empty: the address stands alone. */
  readonly name: string
  readonly address: string
}

/** The most that SMTP allows of an address (RFC 5321). */
const LONGEST_ADDRESS = 254

/**
 * True for one plain address. Spaces, control characters and everything that would begin another address, a header or an
 * SMTP command are refused, so that a mail goes to one recipient or to none.
 */
export function isUsableAddress(address: string): boolean {
  if (address.length > LONGEST_ADDRESS || !address.isWellFormed()) return false
  return /^[^\s\p{C}@<>()[\]\\,;:"]{1,64}@[^\s\p{C}@<>()[\]\\,;:"]+$/u.test(address) && isDomain(address)
}

function isDomain(address: string): boolean {
  const domain = address.slice(address.indexOf("@") + 1)
  return !domain.startsWith(".") && !domain.endsWith(".") && !domain.includes("..")
}

/**
 * Replaces everything that looks like an address, for texts that are kept or logged. The part of `recipient` before its
 * `@` is replaced where it stands alone, as in `unknown user ada.lovelace`.
 */
export function withoutAddresses(text: string, recipient = ""): string {
  const replaced = text.replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, "[address]")
  const user = recipient.slice(0, Math.max(0, recipient.lastIndexOf("@")))
  if (user === "") return replaced
  const literal = user.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  return replaced.replaceAll(
    new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "giu"),
    "[address]",
  )
}
