/** One row of a CSV file. */
export interface CsvRow {
  /** The line of the file in which the row begins; the first is 1. */
  readonly line: number
  readonly cells: readonly string[]
  /** How to correct the row, if its quotes make no sense; its cells then mean nothing. */
  readonly fault: string | null
}

/** Excel writes semicolons where the comma is the decimal separator, and spreadsheets copy tabs. */
const separators = [",", ";", "\t"] as const

/**
 * Reads a CSV file as RFC 4180 describes it. The separator is the one that the first line contains most often. A byte
 * order mark and empty lines are left out; lines may end with CRLF, LF or CR.
 */
export function parseCsv(text: string): readonly CsvRow[] {
  const content = text.replace(/^\uFEFF/, "")
  const separator = separatorOf(content)
  const rows: CsvRow[] = []
  let [at, line] = [0, 1]
  while (at < content.length) {
    const row = readRow(content, at, separator)
    if (row.cells.some((cell) => cell.trim() !== "") || row.fault !== null) rows.push({ ...row, line })
    line += content.slice(at, row.end).match(/\r\n|\r|\n/g)?.length ?? 0
    at = row.end
  }
  return rows
}

/** Outside of quotes, because a quoted cell may contain any character. */
function separatorOf(content: string): string {
  const [first = ""] = content.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/, 1)
  const countOf = (separator: string) => first.split(separator).length
  return [...separators].sort((one, other) => countOf(other) - countOf(one))[0] ?? ","
}

interface ReadRow extends Omit<CsvRow, "line"> {
  /** Where the next row begins. */
  readonly end: number
}

function readRow(content: string, start: number, separator: string): ReadRow {
  const quoted = /"((?:[^"]|"")*)("?)/y
  const rest = new RegExp(`[^${separator}\\r\\n]*`, "y")
  const lineEnd = /\r\n|\r|\n|$/y
  const take = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from
    return pattern.exec(content)
  }
  const cells: string[] = []
  let fault: string | null = null
  let at = start
  for (;;) {
    const quotedCell = take(quoted, at)
    at += quotedCell?.[0].length ?? 0
    const [bare = ""] = take(rest, at) ?? []
    at += bare.length
    if (quotedCell?.[2] === "") fault ??= "A quote that begins in this line is not closed."
    else if (quotedCell !== null && bare.trim() !== "")
      fault ??= `Text follows a closing quote. Write a quote inside of quotes twice: "".`
    cells.push(quotedCell === null ? bare : (quotedCell[1] ?? "").replaceAll('""', '"'))
    const end = take(lineEnd, at)
    if (end !== null) return { cells, fault, end: at + end[0].length }
    at += separator.length
  }
}
