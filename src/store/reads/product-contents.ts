import type pg from "pg"
import type { ProductWords } from "../../../client/src/words.ts"
import { noProductContent, type ProductContent } from "../../domain/product-content.ts"
import type { Instant } from "../../domain/time.ts"
import { numbers } from "../columns.ts"
import { transaction, type Tx } from "../tx.ts"

/** A product's content as it is stored. */
export interface StoredContent {
  readonly content: ProductContent
  /** When it last changed; null: never. */
  readonly updatedAt: Instant | null
}

/** The contents of products. */
export interface ProductContents {
  /** Returns the contents of those of the products that have any. */
  read(productIds: readonly number[]): Promise<ReadonlyMap<number, StoredContent>>
  /**
   * Replaces the content by what `changed` returns for it. A change that changes nothing writes nothing. Returns null
   * if it would change something and `isExpected` refuses the content that it would change. Changes take turns.
   */
  change(
    productId: number,
    changed: (content: ProductContent) => ProductContent,
    isExpected: (content: ProductContent) => boolean,
  ): Promise<StoredContent | null>
}

/** The content of a product that has none. */
export const nothingStored: StoredContent = { content: noProductContent, updatedAt: null }

interface Row extends ProductContent {
  readonly productId: number
  readonly updatedAt: Instant
}

const columns = `
  product_id as "productId",
  image_alt as "imageAlt",
  pictures,
  after_purchase as "afterPurchase",
  translations,
  updated_at as "updatedAt"`

/** Makes the access to the contents over PostgreSQL. */
export function createProductContents(pool: pg.Pool): ProductContents {
  return {
    async read(productIds) {
      const { rows } = await pool.query<Row>({
        name: "read-product-contents",
        text: `
          select ${columns}
            from product_contents
           where product_id = any($1::bigint[])`,
        values: [numbers(productIds)],
      })
      return new Map(rows.map((row) => [row.productId, storedIn(row)]))
    },

    change: (productId, changed, isExpected) =>
      transaction(pool, async (tx) => {
        const before = await lockContent(tx, productId)
        const content = ordered(changed(before.content))
        if (JSON.stringify(content) === JSON.stringify(before.content)) return before
        return isExpected(before.content) ? await writeContent(tx, productId, content) : null
      }),
  }
}

/** Makes the row if there is none, so that there is one to lock. */
async function lockContent(tx: Tx, productId: number): Promise<StoredContent> {
  await tx.query({
    name: "make-product-content",
    text: `
      insert into product_contents (product_id, updated_at)
      values ($1, date_trunc('milliseconds', clock_timestamp()))
          on conflict (product_id) do nothing`,
    values: [productId],
  })
  const { rows } = await tx.query<Row>({
    name: "lock-product-content",
    text: `
      select ${columns}
        from product_contents
       where product_id = $1
         for update`,
    values: [productId],
  })
  return only(rows)
}

async function writeContent(tx: Tx, productId: number, content: ProductContent): Promise<StoredContent> {
  const { imageAlt, pictures, afterPurchase, translations } = content
  const { rows } = await tx.query<Row>({
    name: "change-product-content",
    text: `
      update product_contents
         set image_alt = $2,
             pictures = $3,
             after_purchase = $4,
             translations = $5,
             updated_at = date_trunc('milliseconds', clock_timestamp())
       where product_id = $1
      returning ${columns}`,
    values: [productId, imageAlt, JSON.stringify(pictures), afterPurchase, JSON.stringify(translations)],
  })
  return only(rows)
}

function only([row]: readonly Row[]): StoredContent {
  if (row === undefined) throw new Error("the content of a product has vanished while it was locked")
  return storedIn(row)
}

function storedIn(row: Row): StoredContent {
  return { content: ordered(row), updatedAt: row.updatedAt }
}

/** The members in the order of the domain, whatever order the database or a request has them in. */
function ordered({ imageAlt, pictures, afterPurchase, translations }: ProductContent): ProductContent {
  const languages = Object.entries(translations).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    imageAlt,
    pictures: pictures.map(({ url, alt }) => ({ url, alt })),
    afterPurchase,
    translations: Object.fromEntries(
      languages.map(([tag, { name, description, afterPurchase, words }]) => [
        tag,
        { name, description, afterPurchase, ...(words !== undefined && { words: sorted(words) }) },
      ]),
    ),
  }
}

function sorted(words: ProductWords): ProductWords {
  return Object.fromEntries(Object.entries(words).sort(([one], [other]) => (one < other ? -1 : 1)))
}
