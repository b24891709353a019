import { hasVariants, type Product } from "../../domain/product.ts"
import type { Variant } from "../../domain/variant.ts"

/**
 * The variants of products as this process has last committed them, so that a batch need not read them again.
 *
 * They are used only where the locked row is the one that was committed with them: each batch that changes a variant
 * changes the product's version and time too, whichever process it comes from. An operator who changes rows of variants
 * by hand has to change the version too. Where only counters were changed by hand, the write of the batch notices.
 */
export interface KnownVariants {
  /**
   * Whether the variants that are remembered will probably be those of the locked row; if not, it saves a round trip to
   * read them together with the lock. False while another process also sells the product.
   */
  isUseful(productId: number): boolean
  /** Returns the variants that belong to the locked row; null: they have to be read. */
  of(locked: Product): readonly Variant[] | null
  /** Remembers the variants of a product whose changes are committed. */
  remember(committed: Product): void
  /** Forgets the variants of a product after a batch that failed. Returns whether that batch may have used them. */
  forget(productId: number): boolean
}

/** Products whose variants are remembered at one time; the one that was committed longest ago gives way. */
const MOST_PRODUCTS = 1_000

/** Makes a memory that is empty. */
export function createKnownVariants(): KnownVariants {
  const products = new Map<number, Product>()
  /** Products whose rows were not those remembered when they were last locked. */
  const missed = new Set<number>()

  return {
    isUseful: (productId) => products.has(productId) && !missed.has(productId),

    of(locked) {
      const known = products.get(locked.id)
      if (known === undefined) return null
      if (isSameRow(known, locked)) {
        missed.delete(locked.id)
        return known.variants
      }
      missed.add(locked.id)
      return null
    },

    remember(committed) {
      if (!hasVariants(committed)) return
      products.delete(committed.id)
      products.set(committed.id, committed)
      const [oldest] = products.keys()
      if (products.size > MOST_PRODUCTS && oldest !== undefined) drop(oldest)
    },

    forget: (productId) => drop(productId),
  }

  function drop(productId: number): boolean {
    missed.delete(productId)
    return products.delete(productId)
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
