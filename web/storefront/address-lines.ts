import type { Address, AddressLayout } from "../../client/src/index.ts"

/** The lines of an address as its country writes them, without the country. Empty fields leave no sign behind. */
export function addressLines(address: Address, layout: AddressLayout): string[] {
  const lines = layout.latin_lines !== undefined && isLatin(address) ? layout.latin_lines : layout.lines
  return lines.map((line) => lineOf(line, address)).filter((line) => line !== "")
}

/** A line with its fields filled in. A sign between two fields is dropped with the first or the last of them. */
function lineOf(line: string, address: Address): string {
  const tokens = line.split(/(\{\w+\})/).filter((token) => token !== "")
  const kept: { readonly text: string; readonly isField: boolean }[] = []
  for (const [index, token] of tokens.entries()) {
    const value = valueOf(token, address)
    if (value !== null) {
      if (value !== "") kept.push({ text: value, isField: true })
      continue
    }
    const next = tokens[index + 1]
    const isBeforeValue = next === undefined || valueOf(next, address) !== ""
    const isFirst = index === 0
    if (isBeforeValue && (isFirst || kept.at(-1)?.isField === true))
      kept.push({ text: token, isField: false })
  }
  return kept.map(({ text }) => text).join("")
}

/** The value of a field, empty where it is not given; null: the token is no field. */
function valueOf(token: string, address: Address): string | null {
  const name = /^\{(\w+)\}$/.exec(token)?.[1]
  if (name === undefined) return null
  return Object.entries(address).find(([field]) => field === name)?.[1] ?? ""
}

/** True if no letter is of another script than Latin. */
function isLatin(address: Address): boolean {
  return !/\p{Letter}/u.test(
    Object.values(address)
      .join("")
      .replaceAll(/\p{Script=Latin}/gu, ""),
  )
}
