import { createHash, hash } from "node:crypto"

/** SHA-256 takes its input in blocks of so many bytes. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/**
 * HMAC-SHA256 (RFC 2104) of short ASCII texts under one key, in base64url.
 *
 * The same as `createHmac`, in a third of its time and without an object for each call: a token is
 * signed for every hold. `text` has at most `longest` characters.
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
