import type pg from "pg"
import { noShopSettings, type ShopSettings } from "../../domain/shop.ts"
import type { Instant } from "../../domain/time.ts"
import { transaction, type Tx } from "../tx.ts"

/** The shop's settings as they are stored. */
export interface StoredShop {
  readonly settings: ShopSettings
  /** When they last changed; null: never. */
  readonly updatedAt: Instant | null
}

/** The row with the shop's settings. */
export interface ShopSettingsRow {
  read(): Promise<StoredShop>
  /**
   * Changes what `changes` names; the rest stays as it is. A change that changes nothing writes nothing. Returns null
   * if it would change something and `isExpected` refuses the settings that it would change. Changes take turns.
   */
  change(
    changes: Partial<ShopSettings>,
    isExpected: (settings: ShopSettings) => boolean,
  ): Promise<StoredShop | null>
}

interface Row extends ShopSettings {
  readonly updatedAt: Instant | null
}

const columns = `
  name, support, accent, links, logo, icon, languages,
  coalesce(lists_scheduled, true) as "listsScheduled",
  updated_at as "updatedAt"`

/** Makes the access to the row over PostgreSQL. */
export function createShopSettings(pool: pg.Pool): ShopSettingsRow {
  return {
    async read() {
      const { rows } = await pool.query<Row>({
        name: "read-shop",
        text: `
          select ${columns}
            from shop`,
      })
      return storedIn(rows)
    },

    change: (changes, isExpected) =>
      transaction(pool, async (tx) => {
        const before = await lockRow(tx)
        const settings = { ...before.settings, ...changes }
        if (JSON.stringify(settings) === JSON.stringify(before.settings)) return before
        return isExpected(before.settings) ? await writeRow(tx, settings) : null
      }),
  }
}

async function lockRow(tx: Tx): Promise<StoredShop> {
  const { rows } = await tx.query<Row>({
    name: "lock-shop",
    text: `
      select ${columns}
        from shop
         for update`,
  })
  return storedIn(rows)
}

async function writeRow(tx: Tx, settings: ShopSettings): Promise<StoredShop> {
  const { name, support, accent, links, logo, icon, languages, listsScheduled } = settings
  const { rows } = await tx.query<Row>({
    name: "change-shop",
    text: `
      update shop
         set name = $1,
             support = $2,
             accent = $3,
             links = $4,
             logo = $5,
             icon = $6,
             languages = $7,
             lists_scheduled = case when $8 then null else false end,
             updated_at = date_trunc('milliseconds', clock_timestamp())
      returning ${columns}`,
    values: [name, support, accent, jsonOf(links), jsonOf(logo), icon, jsonOf(languages), listsScheduled],
  })
  return storedIn(rows)
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

/** The members in the order of the domain, whatever order the database keeps the JSON in. */
function storedIn([row]: readonly Row[]): StoredShop {
  if (row === undefined) throw new Error("the table shop has lost its row: insert into shop default values")
  const { updatedAt, logo, links, ...others } = row
  return {
    settings: {
      ...noShopSettings,
      ...others,
      links: { ...noShopSettings.links, ...links },
      logo: logo === null ? null : { url: logo.url, alt: logo.alt },
    },
    updatedAt,
  }
}
