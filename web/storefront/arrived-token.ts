import { storage } from "./browser-storage.ts"

/** The characters of an owner token. Others cannot be sent in a header, so such a link is wrong without a question. */
const SHAPE = /^[\w.-]{1,200}$/

/** What the address of an order's page has after `#`. */
export interface Arrival {
  /** The order's owner token. Null: there is none; empty: there is text that cannot be a token. */
  readonly token: string | null
  /** The path of the page with `<doorbuster-buy>` from which the buyer comes; null: none. */
  readonly from: string | null
}

/**
 * Takes what is after `#` out of the address bar and returns it, so that the owner token is not in the history, in a bookmark, in
 * a screenshot or in an address that the buyer shares.
 */
export function takeArrival(): Arrival {
  const [, text = "", from] = /^#(.*?)(?:&from=(.*))?$/.exec(location.hash) ?? []
  if (location.hash !== "") clearHash()
  return { token: text === "" ? null : SHAPE.test(text) ? text : "", from: decoded(from) }
}

function decoded(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * What the page of an order was opened with. Taken when this file is evaluated: the page's script imports it first, so that
 * no other code of the page runs while the token is in the address bar.
 */
export const firstArrival = location.pathname.startsWith("/o/") ? takeArrival() : null

function clearHash(): void {
  history.replaceState(history.state, "", location.pathname + location.search)
}

/** The characters of a customer token, which begins with the name of its form. */
const CUSTOMER_SHAPE = /^#dbc1(\.[\w-]*){4}$/

/**
 * Takes a customer token out of the address bar, as {@link takeArrival} does, and keeps it until the tab is closed, or the
 * server refuses it.
 */
function keepArrivedCustomer(): void {
  if (!CUSTOMER_SHAPE.test(location.hash)) return
  storage.saveCustomerToken(location.hash.slice(1))
  clearHash()
}

/**
 * As {@link keepArrivedCustomer}, for a link that is pasted into an open tab. A token that the tab has stays: the page that
 * opened a tab may change its address, and must not change in whose name the buyer buys.
 */
export function keepPastedCustomer(): void {
  if (storage.customerToken() === null) keepArrivedCustomer()
  else if (CUSTOMER_SHAPE.test(location.hash)) clearHash()
}

/** The customer token with which the shop has led the buyer here, in this tab; null: none. */
export function customerTokenOfTab(): string | null {
  return storage.customerToken()
}

/**
 * Takes the access code of `/p/7#code=…` out of the address bar; null: there is none. A link that is pasted into the tab of
 * its product changes the address alone, so the page takes the code again when that happens.
 */
export function takeArrivedCode(): string | null {
  const text = /^#code=(.+)$/.exec(location.hash)?.[1]
  if (text === undefined || !location.pathname.startsWith("/p/")) return null
  clearHash()
  return decoded(text)?.trim() || null
}

/** The access code of the link with which the page was opened; null: none. */
export const arrivedCode = takeArrivedCode()

keepArrivedCustomer()
