/*
 * The currencies of ISO 4217 and what an amount in minor units means in each of them.
 *
 * This table is part of the contract: the server, the pages, the payment providers and the client read it, and
 * nothing else decides how many decimals an amount has. It does not come from `Intl`, whose answer differs: for
 * HUF, COP, IDR and PKR Node 24.12 and Firefox say 2, Node 26 and Chromium say 0; for RSD it is the other way
 * round. `Intl` only formats, with the decimals given to it.
 *
 * A row of this table must never change: stored amounts, prices that shops send and delivered webhooks would change
 * their value.
 */

const split = (codes: string) => codes.trim().split(/\s+/)

/** Currencies that have no decimals in ISO 4217 either. */
const wholeInIso = split("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")

/**
 * ISO 4217 gives these 2 decimals (IQD 3), but no coins or prices below a whole unit are in use. They have been
 * whole in Doorbuster since its first version, on the runtime that it ships with, so they stay whole: a product
 * that is stored with a `price_minor` of 4990 HUF keeps costing 4,990 forints.
 */
const wholeHere = split("AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER")

const withThree = split("BHD JOD KWD LYD OMR TND")

const decimals: ReadonlyMap<string, number> = new Map([
  ...[...wholeInIso, ...wholeHere].map((code) => [code, 0] as const),
  ...withThree.map((code) => [code, 3] as const),
])

/** Legal tender of a country or a union of countries. Funds, metals, test codes and units of account are left out. */
const current: ReadonlySet<string> = new Set(
  split(`
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`),
)

/**
 * Withdrawn from ISO 4217, or never legal tender, but accepted by earlier versions: stored amounts in them stay
 * readable, and their payments, refunds and disputes go on.
 */
const former: ReadonlySet<string> = new Set(split("ANG BGN CUC HRK SLL XDR XSU ZWL"))

/** Stripe's zero-decimal currencies. UGX is listed there too, but is sent in hundredths. */
const wholeAtStripe: ReadonlySet<string> = new Set(
  split("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"),
)

/** Stripe's three-decimal currencies. */
const withThreeAtStripe: ReadonlySet<string> = new Set(split("BHD JOD KWD OMR TND"))

/**
 * Returns how many decimals an amount in minor units of this currency has: 2 for EUR (`9999` is 99.99), 0 for JPY and
 * HUF, 3 for KWD. The same on every platform and in every version. 2 for a code that is not in the table.
 */
export function currencyDecimals(code: string): number {
  return decimals.get(code) ?? 2
}

/** True for an ISO 4217 code in capitals that a product can be sold in today: `EUR`, and not `HRK` any more. */
export function isCurrentCurrency(code: string): boolean {
  return current.has(code)
}

/** True for a code whose amounts can be read: a current one, or one that earlier versions accepted. */
export function isKnownCurrency(code: string): boolean {
  return current.has(code) || former.has(code)
}

/**
 * Returns how Stripe counts in a currency (https://docs.stripe.com/currencies, "Minor units in API amounts").
 *
 * `decimals`: those of `amount` in its API; 2 unless Stripe's page says otherwise. ISK and UGX have none in ISO 4217
 * and are sent in hundredths for compatibility with older integrations; so are HUF and TWD, of which only payouts
 * must be whole. `step`: `amount` must be a multiple of it; 10 where Stripe requires the third decimal to be 0, 100 for
 * ISK and UGX, of which no fraction can be charged.
 */
export function stripeUnits(code: string): { readonly decimals: number; readonly step: number } {
  if (wholeAtStripe.has(code)) return { decimals: 0, step: 1 }
  if (withThreeAtStripe.has(code)) return { decimals: 3, step: 10 }
  return { decimals: 2, step: code === "ISK" || code === "UGX" ? 100 : 1 }
}
