import { parseCsv } from "./csv.ts"

/** The most codes of a request. */
export const MOST_CODES = 10_000

/** The codes in pasted text: one per line, or the first column of a CSV file, whose heading `code` is left out. */
export function codesIn(text: string): readonly string[] {
  const codes = parseCsv(text).map(({ cells: [first = ""] }) => first.trim())
  const [heading = ""] = codes
  const isHeading = ["code", "codes", "access_code"].includes(heading.toLowerCase())
  return [...new Set(isHeading ? codes.slice(1) : codes)].filter((code) => code !== "")
}

/** A CSV file of one column. Codes that are made have letters, digits and hyphens, and no text that needs quotes. */
export function csvOfCodes(codes: readonly string[]): string {
  return ["code", ...codes, ""].join("\r\n")
}
