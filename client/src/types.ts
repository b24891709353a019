/**
 * The requests and answers of a buyer's page, with the names of the API. An amount is an integer of minor units, with
 * its decimal text beside it; ids are positive integers.
 */

import type { Phase } from "./access-types.ts"
import type { ShownUnits } from "./unit-types.ts"

export type * from "./access-types.ts"
export type * from "./hold-types.ts"
export type * from "./mailbox-types.ts"
export type * from "./unit-types.ts"
export type { ProductContent, ProductWords } from "./words.ts"

/** A time, ISO 8601 in UTC: `2026-11-27T12:00:00.000Z`. */
export type Time = string

/** The answer to a request for the links of orders; it tells nothing about them. */
export interface FoundOrders {
  readonly status: "accepted"
}

/** The request for the links of orders. */
export interface FindOrdersBody {
  readonly email: string
}

/** The first state that applies. `all_held`: no unit is available, but held units may become available again. */
export type SaleState = "closed" | "scheduled" | "paused" | "sold_out" | "all_held" | "open"

/**
 * Who buys a product: anybody; buyers with a `customer_id`; customers with a `Customer-Token` that the shop has signed; or buyers
 * who have confirmed a mailbox.
 */
export type CustomerKind = "any" | "named" | "signed" | "email"

/**
 * Where a product stands. Of a `draft` or an `archived` one buyers see nothing, and no unit can be held; what they hold and
 * have ordered goes on. An `unlisted` one is on no list.
 */
export type ProductStatus = "draft" | "listed" | "unlisted" | "archived"

/** A product, sold in a limited number of units. */
export interface Product extends ShownUnits {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly image_url: string | null
  /** `price_minor` as a decimal in the currency's digits: `"99.99"`. */
  readonly price: string
  readonly price_minor: number
  /** ISO 4217: `"EUR"`. */
  readonly currency: string
  readonly sale_state: SaleState
  /** Null: on sale since the product was created. */
  readonly opens_at: Time | null
  /** Null: no end. */
  readonly closes_at: Time | null
  /** The most units of one hold; null: no limit. */
  readonly max_per_hold: number | null
  /** The most units that a customer may hold and own; null: no limit, and `customer_id` is not required. */
  readonly max_per_customer: number | null
  readonly hold_ttl_seconds: number
  /** Absent: it is the server's default. */
  readonly own_hold_ttl?: boolean
  /** The server's time when it read the product, which may be a while ago if the answer comes from a cache. */
  readonly server_time: Time
  /** By position. Only of a product that has some: its units are sold by variant, and its stock is their sum. */
  readonly variants?: readonly Variant[]
  /** Absent: `listed`. */
  readonly status?: ProductStatus
  /** The shop's own number of the article; absent: it has none here. */
  readonly sku?: string
  /** Who it is sold to; absent: `any`. */
  readonly customer?: CustomerKind
  /** Who may buy when; absent: all buyers, for the whole sale. Outside of all phases no buyer may. */
  readonly phases?: readonly Phase[]
  /** What its buyers are asked for. Only of a product that asks for something, as are the next two. */
  readonly collect?: Collect
  /** ISO 3166 codes of the countries that the shop ships to; absent: every country. */
  readonly shipping_countries?: readonly string[]
  readonly questions?: readonly Question[]
}

/** `required`: nothing is paid without it; `no`: a request that has it is refused. */
export type Demand = "required" | "optional" | "no"

/** What the buyers of a product are asked for. */
export interface Collect {
  readonly email: Demand
  readonly name: Demand
  readonly phone: Demand
  readonly shipping_address: Demand
}

/** A text for buyers, or texts by language: `{"en": "Size", "de": "Grösse"}`. */
export type LocalText = string | Readonly<Record<string, string>>

/** One of the answers to choose from; a plain string is its own label. */
export type Choice = string | { readonly value: string; readonly label: LocalText }

/** A question of the shop's own. */
export interface Question {
  readonly key: string
  readonly kind: "text" | "choice" | "checkbox"
  readonly label: LocalText
  /** Only of kind `choice`. */
  readonly choices?: readonly Choice[]
  /** A required checkbox must be true. */
  readonly required: boolean
  readonly help?: LocalText
  /** A page about the question, such as the terms to agree to. */
  readonly link?: string
}

/** The countries that an address can be in. */
export interface CountryList {
  /** ISO 3166-1 alpha-2 codes and `XK`, in alphabetical order. A product may ship to fewer: its `shipping_countries`. */
  readonly countries: readonly string[]
}

/** How a country writes its addresses. */
export interface AddressLayout {
  /** Two letters of ISO 3166. */
  readonly country: string
  /** The fields of an address besides its country, in the order in which a form asks for them. */
  readonly fields: readonly AddressFieldLayout[]
  /** The lines of an address, with the names of its fields in braces: `"CH-{postal_code} {city}"`. */
  readonly lines: readonly string[]
  /** The lines where all letters are Latin. Absent: no other than `lines`. */
  readonly latin_lines?: readonly string[]
}

/** A field of an address in one country. */
export interface AddressFieldLayout {
  readonly name: "line1" | "line2" | "city" | "region" | "postal_code"
  /** In English: `"ZIP code"`. */
  readonly label: string
  /** True: an order's details lack something without it. */
  readonly required: boolean
}

/** A buyer's postal address; null: not given. */
export interface Address {
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly region: string | null
  readonly postal_code: string | null
  /** Two letters of ISO 3166: `"CH"`. */
  readonly country: string | null
}

/** What a buyer has told about an order. Personal data: only the order's owner and the shop get it. */
export interface Details {
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly shipping_address: Address | null
  /** By the keys of the product's questions. */
  readonly answers: Readonly<Record<string, string | boolean>>
}

/** A buyer's details to store. What is left out, null or empty counts as not given. */
export interface DetailsBody {
  /** Up to 254 characters, with one `@` and no space. */
  readonly email?: string | null
  /** Up to 200 characters, as are the lines of the address. */
  readonly name?: string | null
  /** Up to 50 characters. */
  readonly phone?: string | null
  readonly shipping_address?: Partial<Address> | null
  /** Texts of up to 1,000 characters, values of choices, and true or false. */
  readonly answers?: Readonly<Record<string, string | boolean | null>>
}

/**
 * One of the goods that a product consists of, such as a size. It shares the product's sale window, pause and limits,
 * and has a stock of its own.
 */
export interface Variant extends ShownUnits {
  readonly id: number
  readonly name: string
  /** The shop's own number of the article. */
  readonly sku: string | null
  /** What tells it from the others: `{"size": "42"}`; up to 10 names. */
  readonly options: Readonly<Record<string, string>>
  /** Variants are listed by position, then by id. */
  readonly position: number
  readonly image_url: string | null
  /** What its picture shows, for people who do not see it. Absent: not said. */
  readonly image_alt?: string
  /** `price_minor` as a decimal in the digits of the product's currency: `"99.99"`. */
  readonly price: string
  /** Its own price, or the product's if it has none, in minor units of the product's currency. */
  readonly price_minor: number
  /** True: `price_minor` is its own and stays if the product's price changes. False: it is the product's. */
  readonly own_price: boolean
  /** The product's sale state with the variant's own units; `paused` also while it is disabled and the sale is on. */
  readonly sale_state: SaleState
  /** The most units of it in one hold; null: only the product's limits apply. */
  readonly max_per_hold: number | null
  /** False: new holds of it are refused as `variant_disabled`. */
  readonly enabled: boolean
}

/** One page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[]
  readonly has_more: boolean
  /** The `cursor` of the next page; null on the last. */
  readonly next_cursor: string | null
}

/** Selects a page of a list. */
export interface PageQuery {
  /** The most entries of a page: 1 to 100; 20 if not given. */
  readonly limit?: number | undefined
  /** The `next_cursor` of the previous page. */
  readonly cursor?: string | null | undefined
}

/** The status of a hold: `active`, then one of the others, which are final. */
export type HoldStatus = "active" | "converted" | "expired" | "released"

/** Units that are reserved for one buyer until `expires_at`. */
export interface Hold {
  readonly hold_id: number
  readonly product_id: number
  /** The units of all lines together. */
  readonly qty: number
  readonly status: HoldStatus
  readonly expires_at: Time
  readonly created_at: Time
  readonly customer_id: string | null
  /** The variant of its only line. Absent if it has several lines, and for a product without variants. */
  readonly variant_id?: number
  /** 1 to 20, each of another variant. Only of a product with variants. */
  readonly lines?: readonly HoldLine[]
  /** The shop's own name for it. Absent if no request has given one. */
  readonly reference?: string
  /** Texts of the shop's own, by key. Absent if no request has given any. */
  readonly metadata?: Metadata
}

/** Up to 20 texts by keys of up to 40 characters, 1,024 bytes in all as JSON. Doorbuster interprets none of them. */
export type Metadata = Readonly<Record<string, string>>

/** Units of one variant in a hold. */
export interface HoldLine {
  readonly variant_id: number
  readonly qty: number
  /** The price of one unit when the hold was placed, in minor units. The order keeps it. */
  readonly unit_price_minor: number
}

/** A new hold, with its token. */
export interface NewHold extends Hold {
  /** Gives access to the hold and to the order made from it. Store the token: `GET /api/holds/{id}` does not show it. */
  readonly token: string
}

/**
 * The status of an order. A `pending_payment` order waits for payment until `expires_at`; only a paid order can become
 * `refunded`.
 */
export type OrderStatus = "pending_payment" | "paid" | "cancelled" | "expired" | "refunded"

/** An order, made from one hold at the price of the moment when the hold was placed. */
export interface Order {
  readonly order_id: number
  readonly hold_id: number
  readonly product_id: number
  /** The units of all lines together. */
  readonly quantity: number
  /** The price of each unit, as a decimal; null: the prices of its lines differ. */
  readonly unit_price: string | null
  readonly total_price: string
  readonly total_minor: number
  readonly currency: string
  readonly status: OrderStatus
  /** How often the buyer has started to pay. */
  readonly payment_attempts: number
  /** True: the order was paid after it had expired or been cancelled, with units that were still available. */
  readonly late: boolean
  /** How many units of the order are back on sale. */
  readonly restocked_qty: number
  readonly expires_at: Time
  readonly paid_at: Time | null
  readonly created_at: Time
  readonly updated_at: Time
  readonly customer_id: string | null
  /** The variant of its only line. Absent if it has several lines, and for a product without variants. */
  readonly variant_id?: number
  /** The lines of its hold, in the same order. Only of a product with variants. */
  readonly lines?: readonly OrderLine[]
  /** The shop's own name for it: the order's if one was given with it, or that of the hold. Absent if there is none. */
  readonly reference?: string
  /** Texts of the shop's own: those of the hold, with those of the order over them. Absent if there are none. */
  readonly metadata?: Metadata
  /** Absent as long as none were given, and after they were erased. */
  readonly details?: Details
  /**
   * JSON pointers to required details that are not there, such as `/details/shipping_address/city`. No payment is opened
   * before they are given. Absent: nothing is missing.
   */
  readonly missing_details?: readonly string[]
  /** What of the payment was refunded, also while the refund is under way. Only where an order is read. */
  readonly refunded_minor?: number
  /** The language in which the buyer has ordered. Absent if the request has not said it. */
  readonly language?: string
  /** What the product says to buyers who have paid. Only where an order that is paid is read. */
  readonly after_purchase?: string
}

/** Units of one variant in an order. */
export interface OrderLine {
  readonly variant_id: number
  readonly quantity: number
  readonly unit_price: string
  readonly unit_price_minor: number
  /** `quantity` times `unit_price_minor`; the sum over the lines is the order's `total_minor`. */
  readonly total_minor: number
  /** How many of its units are back on sale. */
  readonly restocked_qty: number
}

/** The hold to make the order from. */
export interface OrderBody {
  readonly hold_id: number
  /** Replaces the hold's: 1 to 200 characters. */
  readonly reference?: string
  /** Written over the hold's, key by key. The limits hold for both together. */
  readonly metadata?: Metadata
  /** What the product asks its buyers for; it can be given later too. */
  readonly details?: DetailsBody
  /** The buyer's language, such as `de`, in which mails about the order are written. */
  readonly language?: string
}

/** The payment that the buyer starts: both members or none. */
export interface PaymentAttemptBody {
  /** The name of the payment provider: `"stripe"`. */
  readonly provider?: string
  /** The provider's id of the payment. */
  readonly payment_id?: string
}

/** A payment that the shop's provider has opened. */
export interface OpenedPayment {
  /** The name of the payment provider: `"stripe"`. */
  readonly provider: string
  /** The provider's id of the payment. */
  readonly payment_id: string
  /** Lets the provider's script on the buyer's page show the payment. */
  readonly client_secret: string
}

/** Where the buyer of an order pays. */
export interface PaymentLink {
  /** The address of the shop's payment page for this order, signed. */
  readonly url: string
  /** Until then a payment is in time. */
  readonly expires_at: Time
}

/** Whether the server is ready. */
export interface Health {
  readonly status: "ok" | "unavailable" | "stopping"
  readonly database: "ok" | "unavailable"
  readonly version: string
  readonly uptime_seconds: number
}
