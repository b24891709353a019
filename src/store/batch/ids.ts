import type { Database } from "../pool.ts"
import { transaction, type Tx } from "../tx.ts"

/** The kinds of rows that have ids of their own. */
export type IdKind =
  | "products"
  | "holds"
  | "orders"
  | "stock_adjustments"
  | "variants"
  | "webhook_endpoints"
  | "admin_actions"

/** Returns ids that are never returned twice, in this or another process. */
export interface Ids {
  next(kind: IdKind): number | Promise<number>
  /**
   * Reserves the order id that a payment event named before the order existed. True when it is
   * free, or already reserved for the same hold.
   */
  claimOrderId(orderId: number, holdId: number): Promise<boolean>
}

/** The smallest block, which keeps the ids of a small sale close together. Blocks grow with demand. */
const FIRST_BLOCK = 16
const LARGEST_BLOCK = 8_192
/** When a block is used up faster than this, the next one is larger. */
const BLOCK_LIFETIME_MS = 1_000

interface Block {
  next: number
  end: number
  /** Claimed ids inside the block, which it passes over. */
  claimed: ReadonlySet<number>
  size: number
  takenAt: number
  refill: Promise<void> | null
}

/**
 * Takes ids from the database in blocks, so that a busy product needs no statement for each id. Ids left in a
 * block when the process ends are never used.
 *
 * A database that took over without the last writes does not know the last blocks. A trigger on `id_blocks`
 * (migration 0008) jumps over them before an id is taken or claimed, so that blocks in memory stay valid.
 */
export function createIds(database: Database): Ids {
  const blocks = new Map<IdKind, Block>()

  function blockOf(kind: IdKind): Block {
    const known = blocks.get(kind)
    if (known !== undefined) return known
    const empty: Block = { next: 0, end: 0, claimed: new Set(), size: FIRST_BLOCK, takenAt: 0, refill: null }
    blocks.set(kind, empty)
    return empty
  }

  function take(block: Block): number | null {
    while (block.next < block.end) {
      const id = block.next
      block.next += 1
      if (!block.claimed.has(id)) return id
    }
    return null
  }

  async function refill(kind: IdKind, block: Block): Promise<void> {
    const now = performance.now()
    const usedFast = block.takenAt > 0 && now - block.takenAt < BLOCK_LIFETIME_MS
    block.size = usedFast ? Math.min(LARGEST_BLOCK, block.size * 4) : Math.max(FIRST_BLOCK, block.size / 4)
    Object.assign(block, await transaction(database.lookups, (tx) => takeBlock(tx, kind, block.size)), {
      takenAt: now,
    })
  }

  async function nextAfterRefill(kind: IdKind, block: Block): Promise<number> {
    for (;;) {
      block.refill ??= refill(kind, block).finally(() => (block.refill = null))
      await block.refill
      const id = take(block)
      if (id !== null) return id
    }
  }

  return {
    next(kind) {
      const block = blockOf(kind)
      return take(block) ?? nextAfterRefill(kind, block)
    },
    claimOrderId: (orderId, holdId) => transaction(database.lookups, (tx) => claim(tx, orderId, holdId)),
  }
}

async function takeBlock(tx: Tx, kind: IdKind, size: number) {
  const { rows } = await tx.query<{ end: number }>({
    name: "take-id-block",
    text: `
      update id_blocks
         set next_id = next_id + $2
       where kind = $1
      returning next_id as "end"`,
    values: [kind, size],
  })
  const end = rows[0]?.end
  if (end === undefined) throw new Error(`no ids for ${kind}: the schema is incomplete`)
  const next = end - size
  return { next, end, claimed: kind === "orders" ? await claimedBetween(tx, next, end) : new Set<number>() }
}

/** Runs under the block row's lock, like {@link claim}: an id is claimed or in a block, never both. */
async function claimedBetween(tx: Tx, from: number, end: number): Promise<Set<number>> {
  const { rows } = await tx.query<{ orderId: number }>({
    name: "claimed-order-ids",
    text: `
      select order_id as "orderId"
        from claimed_order_ids
       where order_id >= $1
         and order_id < $2`,
    values: [from, end],
  })
  return new Set(rows.map((row) => row.orderId))
}

async function claim(tx: Tx, orderId: number, holdId: number): Promise<boolean> {
  // An update that changes nothing by itself. After a failover the trigger makes it jump over ids that a running
  // process may have, so only the returned value counts.
  const { rows: blocks } = await tx.query<{ nextId: number }>({
    name: "lock-order-ids",
    text: `
      update id_blocks
         set next_id = next_id
       where kind = 'orders'
         and next_id <= $1
      returning next_id as "nextId"`,
    values: [orderId],
  })
  if (blocks.some(({ nextId }) => nextId <= orderId)) {
    await tx.query({
      name: "claim-order-id",
      text: `
        insert into claimed_order_ids (order_id, hold_id)
        values ($1, $2)
        on conflict (order_id) do nothing`,
      values: [orderId, holdId],
    })
  }
  const { rows } = await tx.query({
    name: "find-claim",
    text: `
      select hold_id
        from claimed_order_ids
       where order_id = $1
         and hold_id = $2`,
    values: [orderId, holdId],
  })
  return rows.length > 0
}
