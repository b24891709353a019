import { createHmac, timingSafeEqual } from "node:crypto"
import type { Hold } from "../domain/hold.ts"

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

const shape = /^dbt1\.(\d{1,16})\.(\d{1,16})\.(\d{1,10})\.([A-Za-z0-9_-]{43})$/

/** Owner tokens under one installation's secret: `dbt1.<hold>.<product>.<qty>.<HMAC-SHA256>`. */
export function createOwnerTokens(secret: string): OwnerTokens {
  const signature = (text: string) => createHmac("sha256", secret).update(text).digest()

  return {
    sign({ id, productId, qty }) {
      const text = `dbt1.${id}.${productId}.${qty}`
      return `${text}.${signature(text).toString("base64url")}`
    },

    verify(token) {
      const parts = shape.exec(token)
      if (parts === null) return null
      const [, holdId, productId, qty, given = ""] = parts
      // As text: two spellings of the same bytes are not the same token.
      const expected = signature(token.slice(0, -(given.length + 1))).toString("base64url")
      if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return null
      return { holdId: Number(holdId), productId: Number(productId), qty: Number(qty) }
    },
  }
}
