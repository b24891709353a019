import { hasVariants, type Product } from "../../domain/product.ts"
import type { Variant } from "../../domain/variant.ts"

/**
 * The variants of products as this process has last committed them, so that a batch need not read them again.
 *
 * They are used only where the locked row is the one that was committed with them: each batch that changes a variant
 * changes the product's version and time too, whichever process it comes from. Where somebody has changed variants by
 * hand and not their product, the write of the batch notices and undoes it.
 */
export interface KnownVariants {
  /** Whether variants of the product are remembered, of whatever version. */
  has(productId: number): boolean
  /** Returns the variants that belong to the locked row; null: they have to be read. */
  of(locked: Product): readonly Variant[] | null
  /** Remembers the variants of a product whose changes are committed. */
  remember(committed: Product): void
  /** Forgets the variants of a product after a batch that failed, which may have been decided with wrong ones. */
  forget(productId: number): void
}

/** Products whose variants are remembered at one time; those of further ones are read in each batch. */
const MOST_PRODUCTS = 1_000

/** Makes a memory that is empty. */
export function createKnownVariants(): KnownVariants {
  const products = new Map<number, Product>()

  return {
    has: (productId) => products.has(productId),

    of(locked) {
      const known = products.get(locked.id)
      if (known !== undefined && isSameRow(known, locked)) return known.variants
      products.delete(locked.id)
      return null
    },

    remember(committed) {
      if (!hasVariants(committed)) return
      if (products.size < MOST_PRODUCTS || products.has(committed.id)) products.set(committed.id, committed)
    },

    forget: (productId) => void products.delete(productId),
  }
}

/**
 * The version alone is not enough. After the loss of a server whose standby lacked its last batches, and after
 * `seed --fresh`, a row may have a version for the second time.
 */
function isSameRow(known: Product, locked: Product): boolean {
  return (
    known.version === locked.version &&
    known.updatedAt === locked.updatedAt &&
    known.createdAt === locked.createdAt &&
    known.stock === locked.stock &&
    known.held === locked.held &&
    known.sold === locked.sold
  )
}
