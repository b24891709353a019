import { timingSafeEqual } from "node:crypto"
import type { Hold } from "../../domain/hold.ts"
import { shortHmac } from "./short-hmac.ts"

/** What an owner token proves: who has it may use this hold and the order made from it. */
export interface Ownership {
  readonly holdId: number
  readonly productId: number
  readonly qty: number
}

/** Signs and checks owner tokens. Nothing is stored: the signature is the proof. */
export interface OwnerTokens {
  sign(hold: Pick<Hold, "id" | "productId" | "qty">): string
  /** Null: not one of ours. */
  verify(token: string): Ownership | null
}

/** Of `dbt1.<hold>.<product>.<qty>`. */
const LONGEST_TEXT = 4 + 17 + 17 + 17
const shape = /^dbt1\.(\d{1,16})\.(\d{1,16})\.(\d{1,10})\.([A-Za-z0-9_-]{43})$/

/** Owner tokens under one installation's secret: `dbt1.<hold>.<product>.<qty>.<HMAC-SHA256>`. */
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
      // As text: two spellings of the same bytes are not the same token.
      const expected = signature(token.slice(0, -(given.length + 1)))
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return null
      return { holdId: Number(holdId), productId: Number(productId), qty: Number(qty) }
    },
  }
}
