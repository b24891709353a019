import type { Product } from "../domain/product.ts"
import { MissingChanges, OlderHistory } from "./errors.ts"

/** Where a server's data come from: the cluster, and the timeline, which each promotion and each recovery raises. */
export interface Origin {
  readonly system: string
  readonly timeline: number
}

/** What a process has noticed about the database's history. */
export type HistoryNews =
  | { readonly kind: "moved"; readonly from: Origin; readonly to: Origin }
  /** A server takes writes that has an older history than another one which this process has used. */
  | { readonly kind: "two_primaries"; readonly older: Origin; readonly newest: Origin }
  /** After a failover the product lacks its last changes, although they were acknowledged. */
  | { readonly kind: "changes_lost"; readonly productId: number; readonly changes: number }
  /** The product lacks changes of this process, and no failover explains it. Its lane stops. */
  | { readonly kind: "went_back"; readonly productId: number; readonly changes: number }

/** What there is to tell operators. */
export interface HistoryState {
  /** Whether two servers took writes, or a product went back, within the last ten minutes. */
  readonly isSplit: boolean
  /** How many acknowledged changes of products were missing after failovers, since this process started. */
  readonly lostChanges: number
}

/**
 * The histories of the database that this process has met. After a failover the database has a new history. A server with
 * an older one that still takes writes would sell the same units a second time (split brain).
 *
 * A process knows only its own connections and commits. It cannot notice that another process writes to another
 * server; each process has to meet both.
 */
export interface History {
  /**
   * Takes a new connection whose server takes writes. Null: the server withholds its origin. Throws {@link OlderHistory}
   * when this process has already met a newer history.
   */
  admit(client: object, origin: Origin | null): void
  /** Whether the connection is to a history that a newer one has replaced. */
  readonly isPast: (client: object) => boolean
  /**
   * Compares a locked product with what this process last committed of it. Throws {@link MissingChanges} when
   * there is no newer history of the connection that would explain what is missing.
   */
  compare(client: object, locked: Product): void
  /** Remembers a product whose changes are committed. */
  committed(client: object, product: Product): void
  state(): HistoryState
  /** Calls `listener` with all news from now on. */
  listen(listener: (news: HistoryNews) => void): void
  /** Calls `listener` whenever there is a newer history than before. */
  readonly onMoved: (listener: () => void) => void
}

interface Committed {
  readonly version: number
  readonly createdAt: number
  readonly era: number
}

/** Products whose versions are remembered; the one that was committed longest ago gives way. */
const MOST_PRODUCTS = 10_000
const SPLIT_LASTS_MS = 600_000
/** A connection whose server withholds its origin. */
const UNKNOWN = 0

/** Makes a history that has met no server. `clock`: monotonic milliseconds. */
export function createHistory(clock: () => number = () => performance.now()): History {
  /** Each history that is newer than all before begins an era. */
  let era = UNKNOWN
  let newest: Origin | null = null
  const leftSystems = new Set<string>()
  const eras = new WeakMap<object, number>()
  const products = new Map<number, Committed>()
  const listeners: ((news: HistoryNews) => void)[] = []
  let lostChanges = 0
  let splitAt: number | null = null

  const tell = (news: HistoryNews) => {
    if (news.kind === "two_primaries" || news.kind === "went_back") splitAt = clock()
    if (news.kind === "changes_lost") lostChanges += news.changes
    for (const listener of listeners) listener(news)
  }
  const eraOf = (client: object) => eras.get(client) ?? UNKNOWN

  return {
    admit(client, origin) {
      if (origin === null) return
      if (newest !== null && !isSame(origin, newest)) {
        if (isOlder(origin, newest)) {
          tell({ kind: "two_primaries", older: origin, newest })
          throw new OlderHistory(
            `The server takes writes, but its history (${nameOf(origin)}) is older than that of another server (${nameOf(newest)}); if that one is gone for good, restart all servers and workers`,
          )
        }
        if (origin.system !== newest.system) leftSystems.add(newest.system)
        tell({ kind: "moved", from: newest, to: origin })
      }
      if (newest === null || !isSame(origin, newest)) era += 1
      newest = origin
      eras.set(client, era)
    },

    isPast: (client) => eras.has(client) && eraOf(client) < era,

    compare(client, locked) {
      const known = products.get(locked.id)
      if (known === undefined || locked.version >= known.version || locked.createdAt !== known.createdAt)
        return
      const about = { productId: locked.id, changes: known.version - locked.version }
      if (eraOf(client) > known.era && known.era !== UNKNOWN) {
        products.delete(locked.id)
        tell({ kind: "changes_lost", ...about })
        return
      }
      tell({ kind: "went_back", ...about })
      throw new MissingChanges(
        `Product ${locked.id} lacks ${about.changes} changes that this process has committed: the database is not the one that they were written to, or it was restored`,
      )
    },

    committed(client, { id, version, createdAt }) {
      products.delete(id)
      products.set(id, { version, createdAt, era: eraOf(client) })
      const [oldest] = products.keys()
      if (products.size > MOST_PRODUCTS && oldest !== undefined) products.delete(oldest)
    },

    state: () => ({ isSplit: splitAt !== null && clock() - splitAt < SPLIT_LASTS_MS, lostChanges }),
    listen: (listener) => void listeners.push(listener),
    onMoved: (listener) => void listeners.push(({ kind }) => kind === "moved" && listener()),
  }

  function isOlder(origin: Origin, newest: Origin): boolean {
    if (origin.system === newest.system) return origin.timeline < newest.timeline
    return leftSystems.has(origin.system)
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return one.system === other.system && one.timeline === other.timeline
}

/** As operators find it with `pg_controldata`. */
export function nameOf({ system, timeline }: Origin): string {
  return `system ${system}, timeline ${timeline}`
}
