import { isoTimeOrNull, type Instant } from "../../domain/time.ts"
import { timestamps, numbers } from "../columns.ts"
import type { Tx } from "../tx.ts"

/** The values that a column may have, by its type in PostgreSQL. */
interface ColumnValues {
  readonly bigint: number | null
  readonly integer: number | null
  readonly text: string | null
  /** JSON text. */
  readonly jsonb: string | null
  readonly boolean: boolean
  readonly timestamptz: Instant | null
}

type Value = ColumnValues[keyof ColumnValues]

/** A column's type, and the function that reads its value from a row. */
export type Column<Row> = {
  readonly [Type in keyof ColumnValues]: readonly [Type, (row: Row) => ColumnValues[Type]]
}[keyof ColumnValues]

/** Adds rows to a table in one statement. */
export type Insert<Row> = (tx: Tx, rows: readonly Row[]) => Promise<void>

/**
 * The most statements for a table besides the one that sends every column as an array. Each stays prepared on every
 * connection, and which columns are alike depends on what clients send: without a limit there could be thousands.
 */
const FORMS = 32

/**
 * Makes the function that adds rows to `table`. The rows of one batch mostly differ in little more than their ids, so
 * a column in which all rows are alike is sent as one value, the others as arrays. A table therefore has several
 * statements, each named after the table and its form. `conflict`: the `on conflict` clause, if any.
 */
export function insertInto<Row>(
  table: string,
  columns: Readonly<Record<string, Column<Row>>>,
  conflict = "",
): Insert<Row> {
  const listed = Object.entries(columns).map(([name, [type, of]]) => ({ name, type, of }))
  const texts = new Map<string, string>()

  /** The form of the statement: one digit for each column, 1 where all rows are alike in it. */
  function formOf(values: readonly (readonly Value[])[], rows: number): string {
    const form = values.map((column) => (areAlike(column) ? 1 : 0)).join("")
    // Rows that are alike in every column need one array, which says how many they are: the table's keys refuse them.
    const isTold = rows === 1 || form.includes("0")
    return isTold && (texts.has(form) || texts.size < FORMS) ? form : "0".repeat(listed.length)
  }

  function textOf(form: string): string {
    const known = texts.get(form)
    if (known !== undefined) return known
    const text = `${statement(table, listed, form)} ${conflict}`
    texts.set(form, text)
    return text
  }

  return async (tx, rows) => {
    const values = listed.map(({ of }) => rows.map((row) => of(row)))
    const form = formOf(values, rows.length)
    await tx.query({
      name: `insert-${table}-${form}`,
      text: textOf(form),
      values: listed.map(({ type }, index) => sent(type, values[index] ?? [], form[index] === "1")),
    })
  }
}

function areAlike(values: readonly Value[]): boolean {
  return values.every((value) => value === values[0])
}

interface Listed {
  readonly name: string
  readonly type: keyof ColumnValues
}

function statement(table: string, columns: readonly Listed[], form: string): string {
  const numbered = columns.map((column, index) => ({
    ...column,
    at: index + 1,
    isAlike: form[index] === "1",
  }))
  const arrays = numbered.filter(({ isAlike }) => !isAlike)
  const from = `
        from unnest(${arrays.map(({ at, type }) => `$${at}::${type}[]`).join(", ")})
             as r (${arrays.map(({ name }) => name).join(", ")})`
  return `
      insert into ${table} (${columns.map(({ name }) => name).join(", ")})
      select ${numbered.map(({ name, at, type, isAlike }) => (isAlike ? `$${at}::${type}` : `r.${name}`)).join(", ")}
      ${arrays.length === 0 ? "" : from}`
}

function sent(type: keyof ColumnValues, values: readonly Value[], isAlike: boolean): unknown {
  if (type === "timestamptz") {
    const instants = values as readonly (Instant | null)[]
    return isAlike ? isoTimeOrNull(instants[0] ?? null) : timestamps(instants)
  }
  if (isAlike) return values[0]
  return type === "bigint" || type === "integer" ? numbers(values as readonly (number | null)[]) : values
}
