/** A sender or a recipient. */
export interface Mailbox {
  /** Empty: the address stands alone. */
  readonly name: string
  readonly address: string
}

/** Replaces everything that looks like an address, for texts that are kept or logged. */
export function withoutAddresses(text: string): string {
  return text.replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, "[address]")
}
