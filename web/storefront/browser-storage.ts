import type { Hold, NewHold } from "../../client/src/index.ts"

/** A hold, with what proves whose it is. */
export interface StoredHold {
  readonly hold: Hold
  readonly token: string
  /** What the hold has become. */
  readonly orderId: number | null
}

/** What an order's page needs to know of an order. */
export interface StoredOrder {
  readonly token: string | null
  readonly payment: StoredPayment | null
}

/** A payment that was begun. */
export interface StoredPayment {
  readonly id: string
  /** Where to go on with it; null: on the order's page. */
  readonly url: string | null
  /** Its provider has told this browser that it went through, and will tell the shop. */
  readonly isConfirmed: boolean
}

/** A hold that was asked for and not answered. The key makes asking again the same question. */
export interface HoldRequest {
  readonly key: string
  readonly qty: number
  readonly customerId: string | null
  /** When, by the local clock, in milliseconds since 1970. */
  readonly askedAt: number
}

/** What was asked for longer ago is not asked for again: its buyer has given up by now. */
const REQUEST_LIFE_MS = 5 * 60_000

/** What the browser keeps between pages; a version with other contents has other names. */
const PREFIX = "doorbuster:1:"

/**
 * Holds and orders are kept for all tabs, what is being asked for one tab. Where the browser keeps nothing
 * (a private window, a full disk) all works but reloading.
 */
export const storage = {
  hold: (productId: number) => read("localStorage", `hold:${productId}`) as StoredHold | null,
  saveHold(productId: number, hold: StoredHold | null) {
    write("localStorage", `hold:${productId}`, hold)
  },
  saveNewHold({ token, ...hold }: NewHold) {
    storage.saveHold(hold.product_id, { hold, token, orderId: null })
  },
  order: (orderId: number) => read("localStorage", `order:${orderId}`) as StoredOrder | null,
  saveOrder(orderId: number, order: StoredOrder) {
    write("localStorage", `order:${orderId}`, order)
  },
  customerId: () => read("localStorage", "customer") as string | null,
  saveCustomerId(id: string) {
    write("localStorage", "customer", id)
  },
  holdRequest(productId: number): HoldRequest | null {
    const request = read("sessionStorage", `asking:${productId}`) as HoldRequest | null
    return request !== null && Math.abs(Date.now() - request.askedAt) < REQUEST_LIFE_MS ? request : null
  },
  saveHoldRequest(productId: number, request: HoldRequest | null) {
    write("sessionStorage", `asking:${productId}`, request)
  },
}

/** Whether a storage event is about what is kept here. */
export function isOurStorageEvent(event: StorageEvent): boolean {
  return event.key === null || event.key.startsWith(PREFIX)
}

type Area = "localStorage" | "sessionStorage"

function read(area: Area, name: string): unknown {
  try {
    return JSON.parse(globalThis[area].getItem(PREFIX + name) ?? "null")
  } catch {
    return null
  }
}

function write(area: Area, name: string, value: unknown): void {
  try {
    if (value === null) globalThis[area].removeItem(PREFIX + name)
    else globalThis[area].setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // Nothing can be kept: the page goes on without.
  }
}
