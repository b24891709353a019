import type { Hold, WantedLine } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import { draftToKeep, type Draft } from "./asked-details.ts"

/** A hold with its owner token. */
export interface StoredHold {
  readonly hold: Hold
  readonly token: string
  /** The order that was made from the hold; null: none is known. */
  readonly orderId: number | null
  /** The price of one unit when the hold was placed, where it has no lines. Holds of an earlier version lack it. */
  readonly priceMinor?: number | null
  /** The price of the whole hold that the button showed. */
  readonly askedMinor?: number | undefined
  /** The product's name, for the pages of other products. */
  readonly name?: string
  /** The end by this browser's clock, which may differ from the server's. */
  readonly endsAtMs?: number
}

/** The owner token of an order and its payment, as the order's page stores them. */
export interface StoredOrder {
  readonly token: string | null
  readonly payment: StoredPayment | null
  /** The page of another site on which the order was made. */
  readonly wayBack?: string
  /** True: the shop has erased the order's details and takes no new ones, so no form is shown. */
  readonly isErased?: boolean
  /** What the order's page has shown last; absent: nothing yet. */
  readonly summary?: OrderSummary
}

/** What is stored anew: the token with the payment, or one of the other members. */
type OrderChange =
  | Pick<StoredOrder, "token" | "payment">
  | Required<Pick<StoredOrder, "summary">>
  | Required<Pick<StoredOrder, "isErased">>
  | Required<Pick<StoredOrder, "wayBack">>

/** Where an order is. */
export type OrderStage = Exclude<Stage["kind"], "held" | "reserving" | "needs_access">

/** An order in a line, for other pages. */
export interface OrderSummary {
  readonly name: string
  readonly quantity: number
  /** Of a product with variants. Orders of an earlier version lack it. */
  readonly lines?: readonly { readonly name: string; readonly quantity: number }[] | undefined
  readonly totalMinor: number
  /** What was refunded so far; undefined: nothing, or not known. */
  readonly refundedMinor?: number | undefined
  readonly currency: string
  readonly stage: OrderStage
  /** When it ends unless it is paid, by this browser's clock. */
  readonly endsAtMs: number
}

/** A payment that the buyer has started. */
export interface StoredPayment {
  readonly id: string
  /** The page to continue on; null: the order's own page. */
  readonly url: string | null
  /** True: the provider has confirmed it to this browser; its webhook follows. */
  readonly isConfirmed: boolean
}

/** A confirmed mailbox. */
export interface StoredMailbox {
  readonly email: string
  /** The customer token of the mailbox. */
  readonly token: string
  readonly endsAtMs: number
}

/** A request for a hold that has no answer yet. Its idempotency key lets the page repeat it safely. */
export interface HoldRequest {
  readonly key: string
  readonly qty: number
  /** Only of a product with variants. */
  readonly lines?: readonly WantedLine[]
  /** The price that the button showed. */
  readonly totalMinor?: number
  readonly customerId: string | null
  /** Only of a product with phases. */
  readonly accessCode?: string
  /** By the local clock, in milliseconds since 1970. */
  readonly askedAt: number
}

/** Requests older than this are not repeated, because the buyer has probably given up. */
const REQUEST_LIFE_MS = 5 * 60_000

/** Contains a version. A change of the stored format needs a new one, unless it only adds members that may be absent. */
const PREFIX = "doorbuster:1:"

/**
 * Stores holds and orders for all tabs and unanswered requests for one tab. Where the browser stores nothing (a
 * private window, a full disk) everything works except reloading.
 */
export const storage = {
  hold: (productId: number) => read("localStorage", `hold:${productId}`) as StoredHold | null,
  saveHold(productId: number, hold: StoredHold | null) {
    write("localStorage", `hold:${productId}`, hold)
  },
  /** The holds of all products, by product id. */
  holds: () => entries("hold:") as ReadonlyMap<number, StoredHold>,
  order: (orderId: number) => read("localStorage", `order:${orderId}`) as StoredOrder | null,
  /** Replaces these members of what is stored of an order. */
  saveOrder(orderId: number, order: OrderChange) {
    write("localStorage", `order:${orderId}`, { ...storage.order(orderId), ...order })
  },
  /** The orders that were made or opened in this browser, by id. */
  orders: () => entries("order:") as ReadonlyMap<number, StoredOrder>,
  /** False: the browser stores nothing, so a reload loses what is held. */
  isKept(): boolean {
    write("localStorage", "kept", true)
    const isKept = read("localStorage", "kept") === true
    write("localStorage", "kept", null)
    return isKept
  },
  /** Whether the page of another site was told that the order is paid. */
  isPaidTold: (orderId: number) => read("localStorage", `told:${orderId}`) === true,
  savePaidTold(orderId: number) {
    write("localStorage", `told:${orderId}`, true)
  },
  /** The token of a link that was opened in this tab, until the server has answered for it. */
  linkToken: (orderId: number) => read("sessionStorage", `link:${orderId}`) as string | null,
  saveLinkToken(orderId: number, token: string | null) {
    write("sessionStorage", `link:${orderId}`, token)
  },
  /** The entries of a details form. They are personal, so they end with the tab. */
  draft: (name: string) => read("sessionStorage", `draft:${name}`) as Draft | null,
  saveDraft(name: string, draft: Draft | null) {
    write("sessionStorage", `draft:${name}`, draft)
  },
  /** Keeps the entries that an order has for the next one. */
  finishDraft(name: string) {
    const draft = storage.draft(name)
    if (draft !== null) storage.saveDraft(name, draftToKeep(draft))
  },
  customerId: () => read("localStorage", "customer") as string | null,
  /** It says who the buyer is at the shop, so it ends with the tab. */
  customerToken: () => read("sessionStorage", "customer-token") as string | null,
  saveCustomerToken(token: string | null) {
    write("sessionStorage", "customer-token", token)
  },
  /** The mailbox that the buyer has confirmed. For all tabs, and for the days until its token ends. */
  mailbox: () => read("localStorage", "mailbox") as StoredMailbox | null,
  saveMailbox(mailbox: StoredMailbox | null) {
    write("localStorage", "mailbox", mailbox)
  },
  /** The address that a code was asked for in this tab. */
  askedMailbox: () => read("sessionStorage", "asked-mailbox") as string | null,
  saveAskedMailbox(email: string | null) {
    write("sessionStorage", "asked-mailbox", email)
  },
  /** The access code of a product. It is worth something, so it ends with the tab. */
  accessCode: (productId: number) => read("sessionStorage", `code:${productId}`) as string | null,
  saveAccessCode(productId: number, code: string | null) {
    write("sessionStorage", `code:${productId}`, code)
  },
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

/** True for an event about an entry of this file. */
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

/** The entries whose name begins with `kind` and ends with an id. */
function entries(kind: string): ReadonlyMap<number, unknown> {
  try {
    const names = Object.keys(globalThis.localStorage).filter((name) => name.startsWith(PREFIX + kind))
    const found = names.map((name) => {
      const rest = name.slice(PREFIX.length)
      return [Number(rest.slice(kind.length)), read("localStorage", rest)] as const
    })
    return new Map(found.filter(([, value]) => value !== null))
  } catch {
    return new Map()
  }
}

function write(area: Area, name: string, value: unknown): void {
  try {
    if (value === null) globalThis[area].removeItem(PREFIX + name)
    else globalThis[area].setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // The browser stores nothing. The page works without it, except for reloading.
  }
}
