/** A sender or a recipient. */
export interface Mailbox {
  /** Empty: the address stands alone. */
  readonly name: string
  readonly address: string
}

/**
 * Replaces everything that looks like an address, for texts that are kept or logged. The part of `recipient` before its
 * `@` is replaced where it stands alone, as in `unknown user ada.lovelace`.
 */
export function withoutAddresses(text: string, recipient = ""): string {
  const replaced = text.replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, "[address]")
  const user = localPartOf(recipient)
  if (user === "") return replaced
  const literal = user.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  return replaced.replaceAll(
    new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "giu"),
    "[address]",
  )
}

/** The part before the last `@`; empty if there is none. */
export function localPartOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf("@")))
}
