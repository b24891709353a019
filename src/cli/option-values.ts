import { InvalidArgumentError } from "commander"
import { DatabaseUrlError, readDatabaseUrl } from "../base/database-url.ts"
import { UsageError } from "../base/command-errors.ts"

/** The largest seed: a whole number of 32 bits. */
export const LARGEST_SEED = 4_294_967_295

/** Default number of units of product 1. */
export const SEED_STOCK = 100

/** The hidden command that makes this program a child of `serve --processes`. */
export const CHILD_COMMAND = "serve:child"

/** Parses an option that holds a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`)
  }
}

/** Parses an option that holds the address of a server; drops a slash at its end. */
export function serverUrl(value: string): string {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new InvalidArgumentError("must be an http(s) URL.")
  return value.replace(/\/$/, "")
}

/** Parses a repeatable option that holds a name each time. */
export function names(value: string, before: readonly string[]): string[] {
  if (value === "" || value.includes(",")) throw new InvalidArgumentError("must be a name without commas.")
  return [...before, value]
}

/** Parses a repeatable option that holds a server's address each time. */
export function serverUrls(value: string, before: readonly string[]): string[] {
  return [...before, serverUrl(value)]
}

/**
 * Parses an option that holds the connection string of one server. Throws {@link UsageError} rather than commander's
 * error, which would print the value and with it the password.
 */
export function databaseUrl(value: string): string {
  try {
    if (readDatabaseUrl(value).servers.length === 1) return value
  } catch (error) {
    if (error instanceof DatabaseUrlError) throw new UsageError(`--database must be ${error.message}`)
    throw error
  }
  throw new UsageError("--database must name exactly one server")
}
