import type { Hold, NewHold } from "../../client/src/index.ts"

/** A hold, with what proves whose it is. */
export interface KeptHold {
  readonly hold: Hold
  readonly token: string
  /** What the hold has become. */
  readonly orderId: number | null
}

/** What an order's page needs to know of an order. */
export interface KeptOrder {
  readonly token: string | null
  readonly payment: KeptPayment | null
}

/** A payment that was begun. */
export interface KeptPayment {
  readonly id: string
  /** Where to go on with it; null: on the order's page. */
  readonly url: string | null
  /** Its provider has told this browser that it went through, and will tell the shop. */
  readonly isConfirmed: boolean
}

/** A hold that was asked for and not answered. The key makes asking again the same question. */
export interface Asking {
  readonly key: string
  readonly qty: number
  readonly customerId: string | null
  /** When, by the local clock, in milliseconds since 1970. */
  readonly askedAt: number
}

/** What was asked for longer ago is not asked for again: its buyer has given up by now. */
const ASKED_FOR_MS = 5 * 60_000

/** What the browser keeps between pages; a version with other contents has other names. */
const PREFIX = "doorbuster:1:"

/**
 * Holds and orders are kept for all tabs, what is being asked for one tab. Where the browser keeps nothing
 * (a private window, a full disk) all works but reloading.
 */
export const kept = {
  hold: (productId: number) => read("localStorage", `hold:${productId}`) as KeptHold | null,
  keepHold(productId: number, held: KeptHold | null) {
    write("localStorage", `hold:${productId}`, held)
  },
  keepNewHold({ token, ...hold }: NewHold) {
    kept.keepHold(hold.product_id, { hold, token, orderId: null })
  },
  order: (orderId: number) => read("localStorage", `order:${orderId}`) as KeptOrder | null,
  keepOrder(orderId: number, order: KeptOrder) {
    write("localStorage", `order:${orderId}`, order)
  },
  customerId: () => read("localStorage", "customer") as string | null,
  keepCustomerId(id: string) {
    write("localStorage", "customer", id)
  },
  asking(productId: number): Asking | null {
    const asking = read("sessionStorage", `asking:${productId}`) as Asking | null
    return asking !== null && Math.abs(Date.now() - asking.askedAt) < ASKED_FOR_MS ? asking : null
  },
  keepAsking(productId: number, asking: Asking | null) {
    write("sessionStorage", `asking:${productId}`, asking)
  },
}

/** Whether a storage event is about what is kept here. */
export function isKept(event: StorageEvent): boolean {
  return event.key === null || event.key.startsWith(PREFIX)
}

type Place = "localStorage" | "sessionStorage"

function read(place: Place, name: string): unknown {
  try {
    return JSON.parse(globalThis[place].getItem(PREFIX + name) ?? "null")
  } catch {
    return null
  }
}

function write(place: Place, name: string, value: unknown): void {
  try {
    if (value === null) globalThis[place].removeItem(PREFIX + name)
    else globalThis[place].setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // Nothing can be kept: the page goes on without.
  }
}
