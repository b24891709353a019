import { randomInt } from "node:crypto"
import { shortHmac } from "./short-hmac.ts"

/** Names the claim of an access code, which is all that is kept of it. */
export type ClaimantOfCode = (code: string) => string

/** The most characters of a code that count; normalising may lengthen it. */
const LONGEST_NORMAL = 200
/** Of a digest, in base64url: 132 bits. */
const DIGEST_LENGTH = 22

/**
 * Makes the function that names the claim of a code: `k:` and the beginning of a keyed digest. How a code is written does not matter:
 * upper or lower case, hyphens and spaces, and O for 0, I or L for 1.
 */
export function createClaimantOfCode(secret: string): ClaimantOfCode {
  const digest = shortHmac(secret, LONGEST_NORMAL * 6)
  return (code) => {
    const text = Buffer.from(normalCode(code)).toString("base64url")
    return `k:${digest(text).slice(0, DIGEST_LENGTH)}`
  }
}

/** A code as it is compared. */
export function normalCode(code: string): string {
  return code
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1")
    .slice(0, LONGEST_NORMAL)
}

/** Digits and letters that are not mistaken for each other: Crockford's base 32, 5 bits a character. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const GROUP = 4

/** Makes a random code of `length` characters, in groups of four: `7K2M-9QXB-4TNE`. */
export function newCode(length: number): string {
  const characters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("")
  return characters.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? ""
}
