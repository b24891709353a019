import type { PaymentEventKey } from "../domain/payment.ts"
import type { Instant } from "../domain/time.ts"
import { removeOldIdempotencyKeys } from "../store/upkeep/housekeeping.ts"
import { removeLapsedHolds } from "../store/upkeep/lapsed-holds.ts"
import { removeOldCodes } from "../store/upkeep/old-codes.ts"
import type { Database } from "../store/pool.ts"
import {
  beforeAllDetails,
  beforeAllEvents,
  eraseOldDetails,
  removeEndedHolds,
  removeOldEvents,
  removeOldMails,
  removeOldOutgoing,
  CHUNK_ROWS,
  type DetailsKey,
} from "../store/upkeep/retention.ts"

/** The connection for removing rows, so that no other query waits for it. */
type Upkeep = Pick<Database, "upkeep">

/** Removes a small number of old rows. Returns true if there is more to look at now, false if this pass is over. */
export type RemoveSome = () => Promise<boolean>

/**
 * Ids grow with time, but a process may use up a block of ids long after it took the block, so a young hold
 * may have an id among old ones. After this many young holds in a row, only young ones follow.
 */
const YOUNG_IN_A_ROW = 50_000

/**
 * Walks the holds by id and removes those that expired or were released more than `days` ago. A pass ends
 * where only young holds follow. The next pass begins at the first hold that will be removed later, so that
 * converted holds, which are never removed, are not read in each pass.
 */
export function createHoldRetention({ upkeep }: Upkeep, days: number): RemoveSome {
  let after = 0
  let beforeWaiting: number | null = null
  let youngInARow = 0

  return async () => {
    const { last, firstWaiting, isYoung } = await removeEndedHolds(upkeep, after, days)
    if (firstWaiting !== null) beforeWaiting ??= firstWaiting - 1
    youngInARow = isYoung ? youngInARow + CHUNK_ROWS : 0
    after = last ?? after
    if (last !== null && youngInARow < YOUNG_IN_A_ROW) return true

    after = beforeWaiting ?? after
    beforeWaiting = null
    youngInARow = 0
    return false
  }
}

/**
 * Walks the whole inbox by key and removes events without money that were applied more than `days` ago.
 * Keys do not grow with time, so a pass reads all of them.
 */
export function createEventRetention({ upkeep }: Upkeep, days: number): RemoveSome {
  let after: PaymentEventKey | null = null

  return async () => {
    const { last } = await removeOldEvents(upkeep, after ?? beforeAllEvents, days)
    after = last
    return last !== null
  }
}

/** Removes idempotency keys past their 24 hours, the oldest first. */
export function createKeyRemoval({ upkeep }: Upkeep): RemoveSome {
  let since: Instant | null = null

  return async () => {
    const { last, isFull } = await removeOldIdempotencyKeys(upkeep, since)
    since = isFull ? last : null
    return isFull
  }
}

/** Removes codes of buyers that have ended. */
export function createCodeRemoval({ upkeep }: Upkeep): RemoveSome {
  return async () => (await removeOldCodes(upkeep)) === CHUNK_ROWS
}

/** Removes the rows of holds that lapsed unpaid long ago. */
export function createLapseRemoval({ upkeep }: Upkeep): RemoveSome {
  return async () => (await removeLapsedHolds(upkeep)) === CHUNK_ROWS
}

/**
 * Removes outgoing events that happened more than `days` ago, the oldest first, with their deliveries. An
 * event that no worker has handled yet stays.
 */
export function createOutgoingRetention({ upkeep }: Upkeep, days: number): RemoveSome {
  return async () => (await removeOldOutgoing(upkeep, days)) === CHUNK_ROWS
}

/** Walks the details of all orders and erases those whose sale ended, or whose order last changed, more than `days` ago. */
export function createDetailsRetention({ upkeep }: Upkeep, days: number): RemoveSome {
  let after: DetailsKey | null = null

  return async () => {
    const { last } = await eraseOldDetails(upkeep, after ?? beforeAllDetails, days)
    after = last
    return last !== null
  }
}

/** Removes mails that were caused more than `days` ago, the oldest first. A mail that still waits stays. */
export function createMailRetention({ upkeep }: Upkeep, days: number): RemoveSome {
  return async () => (await removeOldMails(upkeep, days)) === CHUNK_ROWS
}
