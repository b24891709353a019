import { timingSafeEqual } from "node:crypto"
import type { Hold } from "../../domain/hold.ts"
import { shortHmac } from "./short-hmac.ts"

/** The content of an owner token: its bearer may use this hold and the order made from it. */
export interface Ownership {
  readonly holdId: number
  readonly productId: number
  readonly qty: number
}

/** Signs and checks owner tokens. Nothing is stored: the signature is the proof. */
export interface OwnerTokens {
  sign(hold: Pick<Hold, "id" | "productId" | "qty">): string
  /** Returns the content of a valid token; null: the token is not valid. */
  verify(token: string): Ownership | null
}

/** The longest signed text `dbt1.<hold>.<product>.<qty>`, in characters. */
const LONGEST_TEXT = 4 + 17 + 17 + 17
const shape = /^dbt1\.(\d{1,16})\.(\d{1,16})\.(\d{1,10})\.([A-Za-z0-9_-]{43})$/

/** Makes owner tokens under the installation's secret: `dbt1.<hold>.<product>.<qty>.<HMAC-SHA256>`. */
export function createOwnerTokens(secret: string): OwnerTokens {
  const signature = shortHmac(secret, LONGEST_TEXT)

  return {
    sign({ id, productId, qty }) {
      const text = `dbt1.${id}.${productId}.${qty}`
      return `${text}.${signature(text)}`
    },

    verify(token) {
      const parts = shape.exec(token)
      if (parts === null) return null
      const [, holdId, productId, qty, given = ""] = parts
      // Compared as text, because base64url has several spellings of the same bytes and only one is accepted.
      const expected = signature(token.slice(0, -(given.length + 1)))
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return null
      return { holdId: Number(holdId), productId: Number(productId), qty: Number(qty) }
    },
  }
}
