import type { ShopVariant } from "../../client/src/index.ts"
import { readPrice, readWhole, type Reading } from "./form-values.ts"
import { readHttpsUrl } from "./shop-values.ts"
import { optionsText, readLabel, readOptions } from "./variant-values.ts"

/** The columns that a CSV file of variants may have. */
export const variantColumns = [
  "name",
  "sku",
  "options",
  "price",
  "stock",
  "picture",
  "alt",
  "position",
] as const

/** A column of such a file. */
export type VariantColumn = (typeof variantColumns)[number]

const MOST_STOCK = 1_000_000_000
const MOST_POSITION = 1_000_000_000
const MOST_PRICE_MINOR = 9_000_000_000

/** The cells of a line; null: empty, so that it changes nothing. */
export interface VariantCells {
  readonly name: string | null
  readonly sku: string | null
  readonly options: ShopVariant["options"] | null
  readonly price: number | null
  readonly stock: number | null
  readonly picture: string | null
  readonly alt: string | null
  readonly position: number | null
}

/** Reads the cells of a line, or says which of them cannot be read and why. */
export function readCells(
  textOf: (column: VariantColumn) => string,
  currency: string,
): VariantCells | { readonly fault: string } {
  const text = (column: VariantColumn) => textOf(column).replace(guard, "$1")
  const readings = {
    name: readLabel(text("name")),
    sku: readLabel(text("sku")),
    options: readOptions(text("options")),
    price: readCsvPrice(text("price"), currency),
    stock: atMost(readWhole(text("stock"), 0), MOST_STOCK),
    picture: readHttpsUrl(text("picture")),
    alt: readLabel(text("alt")),
    position: atMost(readWhole(text("position"), 0), MOST_POSITION),
  }
  for (const [column, reading] of Object.entries(readings)) {
    if (reading.kind === "unreadable") return { fault: `${column}: ${reading.fault}` }
  }
  return {
    name: known(readings.name),
    sku: known(readings.sku),
    options: known(readings.options),
    price: known(readings.price),
    stock: known(readings.stock),
    picture: known(readings.picture),
    alt: known(readings.alt),
    position: known(readings.position),
  }
}

function known<Value>(reading: Reading<Value>): Value | null {
  return reading.kind === "value" ? reading.value : null
}

function readCsvPrice(text: string, currency: string): Reading<number> {
  const reading = readPrice(text, currency)
  if (reading.kind !== "unreadable") return atMost(reading, MOST_PRICE_MINOR)
  return { ...reading, fault: `“${text}” is not understood. ${reading.fault}` }
}

function atMost(reading: Reading<number>, most: number): Reading<number> {
  return reading.kind === "value" && reading.value > most
    ? { kind: "unreadable", fault: "The number is too large." }
    : reading
}

/** The apostrophe that {@link csvOfVariants} writes before what a spreadsheet would run as a formula. */
const guard = /^'(\s*[=+\-@])/

/** Makes the CSV file of a product's variants, which can be changed in a spreadsheet and uploaded again. */
export function csvOfVariants(variants: readonly ShopVariant[]): string {
  const lines = variants.map((variant) => {
    const cells: Record<VariantColumn, string | number> = {
      name: variant.name,
      sku: variant.sku ?? "",
      options: optionsText(variant.options),
      price: variant.own_price ? variant.price : "",
      stock: variant.stock,
      picture: variant.image_url ?? "",
      alt: variant.image_alt ?? "",
      position: variant.position,
    }
    return variantColumns.map((column) => cellOf(String(cells[column]))).join(",")
  })
  // The byte order mark, without which Excel does not read the file as UTF-8.
  return ["\uFEFF" + variantColumns.join(","), ...lines, ""].join("\r\n")
}

function cellOf(value: string): string {
  const text = /^\s*[=+\-@]/.test(value) ? `'${value}` : value
  return /[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
