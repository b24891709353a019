/** Begins a file. Without it Excel reads the file in the computer's code page instead of UTF-8. */
export const BYTE_ORDER_MARK = "\uFEFF"

/**
 * Makes one line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an apostrophe,
 * because buyers may have chosen their customer ids.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`
}

function cellOf(value: string | number | null): string {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  const text = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
