import { useSignal } from "@preact/signals"
import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { CustomerKind, ShopProduct, StockDisplay } from "../../client/src/index.ts"
import { fieldText } from "./dates.ts"
import {
  readCurrency,
  readPrice,
  readTime,
  readWhole,
  requiredValue,
  valueOrNull,
  type Reading,
} from "./form-values.ts"
import { readHttpsUrl } from "./shop-values.ts"
import { readLabel } from "./variant-values.ts"

/** The texts of the product form's fields, filled with the product's settings, and their meanings. */
export function useFields(product: ShopProduct | null) {
  const dateText = (at: string | null | undefined) => (at === null || at === undefined ? "" : fieldText(at))
  const texts = {
    name: useSignal(product?.name ?? ""),
    description: useSignal(product?.description ?? ""),
    image: useSignal(product?.image_url ?? ""),
    price: useSignal(product?.price ?? ""),
    currency: useSignal(product?.currency ?? "EUR"),
    stock: useSignal(""),
    opensAt: useSignal(dateText(product?.opens_at)),
    closesAt: useSignal(dateText(product?.closes_at)),
    maxPerHold: useSignal(String(product?.max_per_hold ?? "")),
    maxPerCustomer: useSignal(String(product?.max_per_customer ?? "")),
    holdSeconds: useSignal(product?.own_hold_ttl === true ? String(product.hold_ttl_seconds) : ""),
    sku: useSignal(product?.sku ?? ""),
    externalId: useSignal(product?.external_id ?? ""),
    stockDisplay: useSignal<string>(product?.stock_display ?? "exact"),
    customer: useSignal<string>(product?.customer ?? "any"),
  }
  const currency = readCurrency(texts.currency.value, product?.currency ?? null)
  const readings = {
    name: readAny(),
    description: readAny(),
    image: readHttpsUrl(texts.image.value),
    currency,
    price: readPrice(texts.price.value, currency.kind === "value" ? currency.value : ""),
    stock: readWhole(texts.stock.value, 0),
    opensAt: readTime(texts.opensAt.value),
    closesAt: readTime(texts.closesAt.value),
    maxPerHold: readWhole(texts.maxPerHold.value, 1),
    maxPerCustomer: readWhole(texts.maxPerCustomer.value, 1),
    holdSeconds: readWhole(texts.holdSeconds.value, 1),
    sku: readLabel(texts.sku.value),
    externalId: readLabel(texts.externalId.value),
  }
  return { texts, readings }
}

/** The fields that a part of the form shows. */
export type FieldGroupProps = Pick<ReturnType<typeof useFields>, "texts" | "readings">

/** The choices of what buyers are told of the stock, and how the form calls them. */
export const stockDisplayTexts: readonly (readonly [StockDisplay, string])[] = [
  ["exact", "How many units are left"],
  ["low", "Whether few are left (10 or fewer)"],
  ["none", "Only whether it can be bought"],
]

/** Who a product is sold to, and how the form calls it. */
export const customerTexts: readonly (readonly [CustomerKind, string])[] = [
  ["any", "Everybody"],
  ["named", "Buyers who enter a customer id (not checked)"],
  ["signed", "Only customers who are signed in to your shop"],
  ["email", "Only buyers who have confirmed an e-mail address"],
]

/** What the server needs before a product sells to such customers; empty: nothing. */
const customerNeeds: Readonly<Record<CustomerKind, string>> = {
  any: "",
  named: "",
  signed: "Needs CUSTOMER_SECRETS on the server: without it no buyer can buy",
  email:
    "Needs a mail server (SMTP_URL), or your own system that mails the codes: without one no buyer can buy",
}

/** The hint below the choice of the customers; empty: none. */
export function customerHint(text: string): string {
  return customerNeeds[customerIn(text)]
}

function customerIn(text: string): CustomerKind {
  return customerTexts.find(([value]) => value === text)?.[0] ?? "any"
}

function displayIn(text: string): StockDisplay {
  return stockDisplayTexts.find(([value]) => value === text)?.[0] ?? "exact"
}

/** The settings in the fields. Throws for an unreadable field. */
export function settingsIn({ texts, readings }: ReturnType<typeof useFields>) {
  return {
    name: texts.name.value,
    description: texts.description.value === "" ? null : texts.description.value,
    image_url: valueOrNull(readings.image),
    currency: requiredValue(readings.currency, "The currency"),
    price_minor: requiredValue(readings.price, "The price"),
    opens_at: valueOrNull(readings.opensAt),
    closes_at: valueOrNull(readings.closesAt),
    max_per_hold: valueOrNull(readings.maxPerHold),
    max_per_customer: valueOrNull(readings.maxPerCustomer),
    hold_ttl_seconds: valueOrNull(readings.holdSeconds),
    sku: valueOrNull(readings.sku),
    external_id: valueOrNull(readings.externalId),
    stock_display: displayIn(texts.stockDisplay.value),
    customer: customerIn(texts.customer.value),
  }
}

/** The settings of a new product, without what is usual, so that the list of activity names only what was chosen. */
export function newSettingsIn({ stock_display, customer, ...others }: ReturnType<typeof settingsIn>) {
  return {
    ...others,
    ...(stock_display !== usual.stock_display && { stock_display }),
    ...(customer !== usual.customer && { customer }),
  }
}

/** What an answer leaves out because it is the usual. */
const usual = { stock_display: "exact", customer: "any" } as const

function usualOf(name: string): string | null {
  return name === "stock_display" || name === "customer" ? usual[name] : null
}

/**
 * Keeps only the settings that differ, so that saving does not undo changes made elsewhere in the meantime. Times are
 * compared by whole seconds, because the fields show no more.
 */
export function changedSettings(
  settings: Required<
    Omit<ProductChangesBody, "paused" | "status" | "phases" | "collect" | "shipping_countries" | "questions">
  >,
  product: ShopProduct,
): ProductChangesBody {
  const given = Object.entries(settings).filter(([name, value]) => {
    // What an answer leaves out is not set, or is the usual.
    const isDefault = name === "hold_ttl_seconds" && product.own_hold_ttl !== true
    const before = isDefault ? null : (product[name as keyof typeof settings] ?? usualOf(name))
    const isTime = name === "opens_at" || name === "closes_at"
    if (!isTime || before === null || value === null) return value !== before
    return fieldText(String(value)) !== fieldText(String(before))
  })
  return Object.fromEntries(given)
}

/** The meaning of a text that is taken as it is. */
function readAny(): Reading<string> {
  return { kind: "empty" }
}
