/** Makes a value for an `Idempotency-Key` that cannot be guessed: a random UUID. */
export function randomKey(): string {
  // Pages loaded over plain HTTP have no randomUUID.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID()
  return uuidOf(crypto.getRandomValues(new Uint8Array(16)))
}

/** Sixteen random bytes as a UUID, version 4 (RFC 9562). */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return marked.toString(16).padStart(2, "0")
  }).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
