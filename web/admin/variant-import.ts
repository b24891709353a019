import type { NewVariantBody, StockBody, VariantChangesBody } from "../../client/src/admin.ts"
import type { ShopProduct, ShopVariant } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"
import { parseCsv, type CsvRow } from "./csv.ts"
import { duplicateWarning } from "./duplicates.ts"
import { readCells, variantColumns, type VariantCells, type VariantColumn } from "./variant-cells.ts"
import { areSameOptions, optionsText } from "./variant-values.ts"

/** As many as one product can have. */
const MOST_VARIANTS = 200

/** What a file would do. Nothing is changed by planning. */
export interface ImportPlan {
  /** Why the file as a whole cannot be used; then there are no lines. */
  readonly fault: string | null
  readonly lines: readonly PlannedLine[]
}

/** What one line of the file would do. */
export type PlannedLine = { readonly line: number; readonly name: string } & (
  | {
      readonly kind: "new"
      readonly variant: NewVariantBody
      readonly texts: readonly string[]
      /** What the operator should look at before it is added; null: nothing. */
      readonly warning: string | null
    }
  | {
      readonly kind: "changed"
      readonly variantId: number
      readonly changes: VariantChangesBody
      /** Null: the stock stays as it is. */
      readonly stock: StockBody | null
      readonly texts: readonly string[]
      readonly warning: string | null
    }
  | { readonly kind: "same" }
  | { readonly kind: "faulty"; readonly fault: string }
)

/**
 * Says what each line of a CSV file would do to the product's variants. A line changes the variant with its SKU; if no
 * variant has that SKU, the one with its name. It does not change one that has another SKU: it adds a variant then. An
 * empty cell changes nothing, also an empty name where the SKU is known.
 */
export function planImport(text: string, product: ShopProduct): ImportPlan {
  const [heading, ...rows] = parseCsv(text)
  if (heading === undefined) return { fault: "The file is empty.", lines: [] }
  const names = heading.cells.map((cell) => cell.trim().toLowerCase())
  const fault = heading.fault ?? headingFault(names) ?? rowsFault(rows, product)
  if (fault !== null) return { fault, lines: [] }

  const lines: PlannedLine[] = []
  const usedIn = new Map<string, number>()
  for (const row of rows) lines.push(withoutRepeats(planRow(row, names, product), usedIn))
  const present = product.variants?.length ?? 0
  const added = lines.filter(({ kind }) => kind === "new").length
  return present + added > MOST_VARIANTS
    ? {
        fault: `A product can have ${MOST_VARIANTS} variants; with this file it would have ${present + added}.`,
        lines: [],
      }
    : { fault: null, lines }
}

function headingFault(names: readonly string[]): string | null {
  const unknown = names.find((name) => !variantColumns.some((column) => column === name))
  if (unknown !== undefined) {
    return `The first line must name the columns: ${variantColumns.join(", ")}. “${unknown}” is none of them.`
  }
  if (new Set(names).size < names.length) return "The first line names a column twice."
  return names.includes("name") || names.includes("sku")
    ? null
    : "The first line must have the column name or the column sku."
}

function rowsFault(
  rows: readonly CsvRow[],
  { variants, reserved_stock, sold_stock }: ShopProduct,
): string | null {
  if (rows.length === 0) return "The file has no line below the first one, which names the columns."
  if (rows.length > MOST_VARIANTS)
    return `The file has ${rows.length} lines; a product has ${MOST_VARIANTS} variants at most.`
  const taken = reserved_stock + sold_stock
  return variants === undefined && taken > 0
    ? `${unitsOf(taken)} of this product ${areFor(taken)} held or sold without a variant, so it cannot get variants. Create a new product.`
    : null
}

/** A second line about the same variant would undo the first. */
function withoutRepeats(planned: PlannedLine, usedIn: Map<string, number>): PlannedLine {
  if (planned.kind === "faulty") return planned
  const keys =
    planned.kind === "new"
      ? [planned.variant.sku ? `sku ${planned.variant.sku}` : `name ${planned.name}`]
      : planned.kind === "changed"
        ? [`variant ${planned.variantId}`]
        : []
  for (const key of keys) {
    const before = usedIn.get(key)
    const { line, name } = planned
    if (before !== undefined)
      return { kind: "faulty", line, name, fault: `Line ${before} is about the same variant.` }
    usedIn.set(key, line)
  }
  return planned
}

function planRow(row: CsvRow, names: readonly string[], product: ShopProduct): PlannedLine {
  const textOf = (column: VariantColumn) => row.cells[names.indexOf(column)]?.trim() ?? ""
  const { line } = row
  const name = textOf("name") || textOf("sku")
  const faulty = (fault: string) => ({ kind: "faulty", line, name, fault }) as const
  if (row.fault !== null) return faulty(row.fault)
  if (row.cells.slice(names.length).some((cell) => cell.trim() !== "")) {
    return faulty(
      `The line has ${row.cells.length} cells, the first one ${names.length}. Put a cell that contains the separator in quotes, such as "dark, red". A price with a decimal comma also makes two cells.`,
    )
  }
  const cells = readCells(textOf, product.currency)
  if ("fault" in cells) return faulty(cells.fault)
  const found = matching(product.variants ?? [], cells)
  if (typeof found === "string") return faulty(found)
  if (found !== null) return plannedChange(line, cells, found, product)
  if (cells.name === null) return faulty(missingName(cells.sku))
  if (cells.stock === null) return faulty("stock: A new variant needs a stock.")
  return plannedAddition(line, { ...cells, name: cells.name, stock: cells.stock }, product)
}

function missingName(sku: string | null): string {
  return sku === null
    ? "Give the variant's name or its SKU."
    : `No variant has the SKU “${sku}”, and a new variant needs a name.`
}

/**
 * The variant that a line is about, or why that is not clear; null: none. A SKU names one article, so a variant with
 * another SKU is another article even if it has the same name.
 */
function matching(
  variants: readonly ShopVariant[],
  { name, sku }: VariantCells,
): ShopVariant | string | null {
  const bySku = sku === null ? [] : variants.filter((variant) => variant.sku === sku)
  if (bySku.length > 1) {
    return `${bySku.length} variants have the SKU “${sku}”: ${bySku.map((one) => one.name).join(", ")}. Change it in the control room, so that each has its own.`
  }
  if (bySku[0] !== undefined) return bySku[0]
  const byName = variants.filter((variant) => variant.name === name && (sku === null || variant.sku === null))
  return byName.length > 1
    ? `Several variants are named “${name}”. Give the SKU as well.`
    : (byName[0] ?? null)
}

type CompleteCells = VariantCells & { readonly name: string; readonly stock: number }

function plannedAddition(
  line: number,
  cells: CompleteCells,
  { currency, variants = [] }: ShopProduct,
): PlannedLine {
  const { name, sku, options, price, stock, picture, alt, position } = cells
  const variant: NewVariantBody = {
    name,
    stock,
    ...(sku !== null && { sku }),
    ...(options !== null && { options }),
    ...(price !== null && { price_minor: price }),
    ...(picture !== null && { image_url: picture }),
    ...(alt !== null && { image_alt: alt }),
    ...(position !== null && { position }),
  }
  const texts = [
    `stock ${stock}`,
    price === null ? "the product's price" : `price ${priceOf(price, currency)}`,
    sku === null ? null : `SKU ${sku}`,
    options === null ? null : optionsText(options),
    picture === null ? null : `picture ${picture}`,
    alt === null ? null : `description of the picture “${alt}”`,
    position === null ? null : `position ${position}`,
  ].filter((text) => text !== null)
  return { kind: "new", line, name, variant, texts, warning: duplicateWarning({ name, sku }, variants) }
}

function plannedChange(
  line: number,
  cells: VariantCells,
  before: ShopVariant,
  { currency, variants = [] }: ShopProduct,
): PlannedLine {
  const { sku, options, price, stock, picture, alt, position } = cells
  const name = cells.name ?? before.name
  const taken = before.reserved_stock + before.sold_stock
  if (stock !== null && stock < taken) {
    const fault = `stock: ${unitsOf(taken)} ${areFor(taken)} held or sold; the stock cannot be lower.`
    return { kind: "faulty", line, name, fault }
  }
  const changes = {
    ...(name !== before.name && { name }),
    ...(sku !== null && sku !== before.sku && { sku }),
    ...(options !== null && !areSameOptions(options, before.options) && { options }),
    ...(price !== null && !(before.own_price && price === before.price_minor) && { price_minor: price }),
    ...(picture !== null && picture !== before.image_url && { image_url: picture }),
    ...(alt !== null && alt !== before.image_alt && { image_alt: alt }),
    ...(position !== null && position !== before.position && { position }),
  }
  const isRestocked = stock !== null && stock !== before.stock
  const texts = [
    changes.name === undefined ? null : `name ${before.name} → ${name}`,
    changes.sku === undefined ? null : `SKU ${before.sku ?? "none"} → ${sku}`,
    changes.options === undefined
      ? null
      : `options ${optionsText(before.options) || "none"} → ${optionsText(changes.options)}`,
    changes.price_minor === undefined
      ? null
      : `price ${priceOf(before.price_minor, currency)}${before.own_price ? "" : " (the product's)"} → ${priceOf(changes.price_minor, currency)}`,
    isRestocked ? `stock ${before.stock} → ${stock}` : null,
    changes.image_url === undefined ? null : `picture ${before.image_url ?? "none"} → ${changes.image_url}`,
    changes.image_alt === undefined
      ? null
      : `description of the picture ${before.image_alt === undefined ? "none" : `“${before.image_alt}”`} → “${changes.image_alt}”`,
    changes.position === undefined ? null : `position ${before.position} → ${changes.position}`,
  ].filter((text) => text !== null)
  if (texts.length === 0) return { kind: "same", line, name }
  const wanted = isRestocked ? { stock, expected: before.stock } : null
  const isRenamed = changes.name !== undefined || changes.sku !== undefined
  const warning = isRenamed ? renamingWarning(before, changes, variants) : null
  return { kind: "changed", line, name, variantId: before.id, changes, stock: wanted, texts, warning }
}

function renamingWarning(
  before: ShopVariant,
  changes: VariantChangesBody,
  variants: readonly ShopVariant[],
): string | null {
  const others = variants.filter((other) => other !== before)
  return duplicateWarning({ name: changes.name ?? before.name, sku: changes.sku ?? before.sku }, others)
}
