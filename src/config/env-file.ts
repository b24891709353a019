import { readFileSync } from "node:fs"
import { parseEnv } from "node:util"
import { ConfigError } from "./config-error.ts"

/**
 * Reads the variables in the file at `path`; none if there is no such file. Accepts the forms that editors and PowerShell
 * write: a byte order mark, UTF-16, line ends of any system, `export` before a name. Throws {@link ConfigError} for a
 * file that cannot be read or parsed: a skipped line could be the one with `ADMIN_TOKEN`, and without it the server runs
 * in open mode.
 */
export function readEnvFile(path: string): NodeJS.Dict<string> {
  const bytes = bytesOf(path)
  if (bytes === null) return {}
  return parseEnv(understood(textOf(bytes).split(/\r\n?|\n/)).join("\n"))
}

function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    if (code === "ENOENT") return null
    if (code === "EACCES" || code === "EPERM") {
      throw new ConfigError(".env cannot be read: this user may not; change its owner or mode, or remove it")
    }
    if (code === "EISDIR") throw new ConfigError(".env cannot be read: it is a directory")
    throw new ConfigError(`.env cannot be read: ${String(error)}`)
  }
}

/** The decoders drop a byte order mark, which would otherwise become part of the first name. */
function textOf(bytes: Buffer): string {
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigError(`.env cannot be read: it is not valid ${encoding.toUpperCase()}; save it as UTF-8`)
  }
}

function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const [first = 0, second = 0] = bytes
  if (first === 0xff && second === 0xfe) return "utf-16le"
  if (first === 0xfe && second === 0xff) return "utf-16be"
  // Without a byte order mark, a zero byte shows UTF-16: in UTF-8 a variable's name has none.
  if (second === 0 && bytes.length > 1) return "utf-16le"
  return first === 0 && bytes.length > 1 ? "utf-16be" : "utf-8"
}

const assignment = /^(\s*)(?:export\s+)?([\w.-]+\s*=)(.*)$/

/** Checks that every line is empty, a comment, an assignment, or inside the quotes of an earlier one. Drops `export`. */
function understood(lines: readonly string[]): string[] {
  let quote: string | null = null
  return lines.map((line, index) => {
    if (quote !== null) {
      if (line.includes(quote)) quote = null
      return line
    }
    if (/^\s*(?:#|$)/.test(line)) return line
    const [, space = "", name = "", value = ""] = assignment.exec(line) ?? []
    // The message does not quote the line, which may contain a secret.
    if (name === "") throw oddLine(index, "it must be NAME=value, or # and a comment")
    quote = quoteLeftOpen(value.trimStart())
    if (quote !== null && !lines.slice(index + 1).some((later) => later.includes(quote ?? ""))) {
      throw oddLine(index, `its ${quote} is not closed`)
    }
    return `${space}${name}${value}`
  })
}

function oddLine(index: number, why: string): ConfigError {
  return new ConfigError(`.env, line ${index + 1} cannot be understood: ${why}`)
}

function quoteLeftOpen(value: string): string | null {
  const opening = /^["'`]/.exec(value)?.[0]
  return opening === undefined || value.slice(1).includes(opening) ? null : opening
}

/** A name that is probably a misspelling of a setting. */
export interface Misspelling {
  readonly name: string
  readonly meant: string
}

/** Finds names that are not `known` but differ from a known one only by a letter or two, case or a hyphen. */
export function misspelledNames(names: readonly string[], known: readonly string[]): Misspelling[] {
  return names.flatMap((name) => {
    if (known.includes(name)) return []
    const plain = name.toUpperCase().replaceAll(/[-.]/g, "_")
    // Short names such as PORT are near to too many others.
    const meant = known.find((one) => plain === one || (one.length >= 8 && distance(plain, one) <= 2))
    return meant === undefined ? [] : [{ name, meant }]
  })
}

/** The number of letters to insert, remove or replace (Levenshtein distance). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of one.split("").entries()) {
    const next = [index + 1]
    for (const [at, second] of other.split("").entries()) {
      const changed = (row[at] ?? 0) + (letter === second ? 0 : 1)
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
