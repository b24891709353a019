import { ProblemError, type Order } from "../../client/src/index.ts"
import { storage } from "./browser-storage.ts"

/** The owner token of one order: the one that this browser stores, or one that a link has brought. */
export interface OrderAccess {
  /** The token of the order's requests; null: this browser has none. */
  readonly token: () => string | null
  /** Remembers the token of a link until the order is read with it. Empty: a link that cannot be right. */
  readonly arrive: (token: string | null) => void
  /** Reads the order, with the link's token first. Throws what `ask` throws. */
  readonly read: (ask: (token: string | null) => Promise<Order>) => Promise<Order>
  /** True: the last link that was opened did not belong to the order. */
  readonly isLinkWrong: () => boolean
}

/**
 * A link's token replaces the stored one only when the server has answered with the order: a wrong link takes nothing away
 * from a browser that can open the order. Until then the token outlives a reload, because the address no longer has it.
 */
export function createOrderAccess(orderId: number): OrderAccess {
  let arrived: string | null = null
  // Where the browser stores nothing, the page works until it is closed.
  let confirmed: string | null = null
  let isWrong = false

  const stored = () => storage.order(orderId)?.token ?? confirmed

  function arrive(token: string | null): void {
    if (token === null) return
    arrived = token
    isWrong = false
    storage.saveLinkToken(orderId, token)
  }

  async function readByLink(ask: (token: string | null) => Promise<Order>): Promise<Order | null> {
    const token = arrived ?? storage.linkToken(orderId)
    if (token === null) return null
    const order = token === "" ? null : await ask(token).catch(nullIfNotFound)
    if (order === null) isWrong = true
    else {
      confirmed = token
      storage.saveOrder(orderId, { token, payment: storage.order(orderId)?.payment ?? null })
    }
    if (arrived === token) arrived = null
    storage.saveLinkToken(orderId, null)
    return order
  }

  return {
    token: stored,
    arrive,
    read: async (ask) => (await readByLink(ask)) ?? ask(stored()),
    isLinkWrong: () => isWrong,
  }
}

/** Rethrows all but the answer that there is no such order for this token. */
function nullIfNotFound(error: unknown): null {
  if (error instanceof ProblemError && error.code === "order_not_found") return null
  throw error
}
