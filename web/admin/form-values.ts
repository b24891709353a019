import { currencyDecimals, isCurrentCurrency } from "../../client/src/currencies.ts"
import type { Time } from "../../client/src/index.ts"
import { minorIn } from "../shared/money.ts"
import { fieldText } from "./dates.ts"

/**
 * The meaning of a field's text. An empty field may mean a default, which its hint names. An unreadable text means
 * nothing, and the form is not sent.
 */
export type Reading<Value> =
  | { readonly kind: "empty" }
  | { readonly kind: "value"; readonly value: Value }
  /** `fault`: a message to the operator that says how to correct the text. */
  | { readonly kind: "unreadable"; readonly fault: string }

const empty = { kind: "empty" } as const
const value = <Value>(of: Value) => ({ kind: "value", value: of }) as const
const unreadable = (fault: string) => ({ kind: "unreadable", fault }) as const

/** The fault of an unreadable text; null for every other reading. */
export function faultOf(reading: Reading<unknown>): string | null {
  return reading.kind === "unreadable" ? reading.fault : null
}

/** The value; null for an empty field. Throws for an unreadable text, which must not be taken for a default. */
export function valueOrNull<Value>(reading: Reading<Value>): Value | null {
  if (reading.kind === "unreadable") throw new Error(`${reading.fault} Nothing was saved.`)
  return reading.kind === "empty" ? null : reading.value
}

/** The value of a required field. Throws if the field is empty or unreadable. */
export function requiredValue<Value>(reading: Reading<Value>, name: string): Value {
  const found = valueOrNull(reading)
  if (found === null) throw new Error(`${name} is missing. Nothing was saved.`)
  return found
}

const DATE_FAULT = "Enter a date from 1970 to 9998 and a time."

/**
 * Reads a `datetime-local` field in the operator's time zone. Unreadable: a year of five digits, which browsers accept,
 * and a time that the clocks skip when daylight saving time begins.
 */
export function readTime(text: string): Reading<Time> {
  if (text === "") return empty
  const year = Number(/^(\d{4})-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.exec(text)?.[1])
  // Written with `!`, because every comparison with NaN is false.
  if (!(year >= 1970 && year <= 9998)) return unreadable(DATE_FAULT)
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return unreadable(DATE_FAULT)
  const isSkipped = !fieldText(date.getTime()).startsWith(text.slice(0, 16))
  return isSkipped
    ? unreadable("This time does not exist in your time zone: the clocks skip it when they go forward.")
    : value(date.toISOString())
}

/** Reads a whole number, which contains only digits. */
export function readWhole(text: string, least: number): Reading<number> {
  const digits = text.trim()
  if (digits === "") return empty
  const number = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN
  const isRead = Number.isSafeInteger(number) && number >= least
  return isRead ? value(number) : unreadable(`Enter a whole number, ${least} or more.`)
}

/** Reads a typed price, in minor units of the currency. */
export function readPrice(text: string, currency: string): Reading<number> {
  if (text.trim() === "") return empty
  const minor = minorIn(text, currency)
  return minor === null ? unreadable(priceFault(currency)) : value(minor)
}

function priceFault(currency: string): string {
  const most = currencyDecimals(currency)
  if (most === 0) return `Enter a price such as 129: ${currency} has no decimals.`
  return `Enter a price such as 129 or ${(129).toFixed(most)}, with at most ${most} decimals.`
}

/** Reads a currency code. `present` is the product's own, which stays valid even if new products cannot use it. */
export function readCurrency(text: string, present: string | null): Reading<string> {
  const code = text.trim().toUpperCase()
  if (code === "") return empty
  return isCurrentCurrency(code) || code === present
    ? value(code)
    : unreadable(`“${text.trim()}” is not a currency in use. Enter three letters, such as EUR, USD or JPY.`)
}

/** Reads the id of an order, a hold or a product. */
export function readId(text: string): Reading<number> {
  const digits = text.trim()
  if (digits === "") return empty
  return /^\d{1,15}$/.test(digits) ? value(Number(digits)) : unreadable("Enter a number, such as 17.")
}

/** Reads an http or https address. */
export function readEndpoint(text: string): Reading<string> {
  const address = text.trim()
  if (/^(mailto:)?[^\s/?#@]+@[^\s/?#@]+\.[^\s/?#@]+$/.test(address))
    return value(`mailto:${address.replace("mailto:", "")}`)
  const reading = readUrl(address)
  return reading.kind === "unreadable"
    ? unreadable("Enter an address that begins with https://, or an e-mail address.")
    : reading
}

/** Reads the address of a web page. */
export function readUrl(text: string): Reading<string> {
  const address = text.trim()
  if (address === "") return empty
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  return isWeb ? value(address) : unreadable("Enter an address that begins with https://.")
}
