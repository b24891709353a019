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

/** Replaces everything that looks like an address, for texts that are kept or logged. */
export function withoutAddresses(text: string): string {
  return text.replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, "[address]")
}
