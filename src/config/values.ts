import { availableParallelism } from "node:os"
import { DatabaseUrlError, readDatabaseUrl, withPooler, withSchema } from "../base/database-url.ts"
import { languageTags, type LanguageTag } from "../../client/src/languages.ts"
import type { HoldLimits } from "./config.ts"
import { ConfigError } from "./config-error.ts"
import { isNetwork } from "./addresses.ts"
import {
  CUSTOMER_SECRETS_SHAPE,
  LANGUAGES_SHAPE,
  MOST_PROCESSES,
  ORIGINS_SHAPE,
  PROXIES_SHAPE,
  type Environment,
} from "./schema.ts"
import { badValue } from "./validate.ts"

// Turns the text of a variable into the value that the program works with, and checks what a schema cannot express.

/** The key in a webhook secret such as `whsec_…`; null where none is set. */
export function webhookKey(secret: string | undefined): Buffer | null {
  return secret === undefined ? null : Buffer.from(secret.replace(/^whsec_/, ""), "base64")
}

/**
 * DATABASE_URL, with DATABASE_SCHEMA and DATABASE_POOLER in its parameters where they are set; null if it is not set. Throws `ConfigError` for a URL that
 * cannot be parsed, and for one of these without a URL.
 */
export function databaseUrl(env: Environment): string | null {
  const { DATABASE_URL: value, DATABASE_SCHEMA: schema, DATABASE_POOLER: pooler } = env
  if (value === undefined) {
    const alone = schema !== undefined ? "DATABASE_SCHEMA" : pooler !== undefined ? "DATABASE_POOLER" : null
    if (alone === null) return null
    throw new ConfigError(
      `${alone} is set but DATABASE_URL is not: the embedded PostgreSQL has no use for it`,
    )
  }
  try {
    readDatabaseUrl(value)
    const inSchema = schema === undefined ? value : withSchema(value, schema)
    return pooler === undefined ? inSchema : withPooler(inSchema)
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error
    throw badValue("DATABASE_URL", value, error.message)
  }
}

/** What binds the holds of strangers. 0 is no limit. */
export function holdBounds(env: Environment): HoldLimits {
  return {
    maxPerHold: env.MAX_PER_HOLD || null,
    unpaid: env.UNPAID_UNITS_PER_ADDRESS || Infinity,
    lapsed: env.LAPSED_UNITS_PER_ADDRESS || Infinity,
  }
}

/** The secrets in CUSTOMER_SECRETS; none where it is not set. Throws `ConfigError` for one that can be guessed. */
export function customerSecrets(value: string | undefined): readonly string[] {
  const secrets = value?.split(",").map((secret) => secret.trim()) ?? []
  if (secrets.every((secret) => secret.length >= SHORTEST_CUSTOMER_SECRET)) return secrets
  throw badValue("CUSTOMER_SECRETS", value, CUSTOMER_SECRETS_SHAPE)
}

const SHORTEST_CUSTOMER_SECRET = 32

/** HOLDS_NEED. Throws `ConfigError` where nobody could hold a unit. */
export function holdsNeed({ HOLDS_NEED: need, CUSTOMER_SECRETS: secrets }: Environment): "any" | "signed" {
  if (need === "any" || secrets !== undefined) return need
  throw badValue("HOLDS_NEED", need, "any, unless CUSTOMER_SECRETS is set")
}

/** The number of processes in PROCESSES; `auto` means one for each core that this process may use, at most 64. */
export function processCount(value: string): number {
  return value === "auto" ? Math.min(availableParallelism(), MOST_PROCESSES) : Number(value)
}

/** The languages in LANGUAGES, of which the first is the shop's default. Throws `ConfigError` for one without words. */
export function offeredLanguages(value: string): readonly LanguageTag[] {
  const given = value.split(",").map((tag) => tag.trim())
  const known = given.map((tag) => languageTags.find((one) => one === tag))
  const tags = known.filter((tag) => tag !== undefined)
  if (tags.length < known.length || new Set(tags).size < tags.length)
    throw badValue("LANGUAGES", value, LANGUAGES_SHAPE)
  return tags
}

/** The origins in CORS_ORIGINS; none where it is not set. Throws `ConfigError` for text that is no origin. */
export function allowedOrigins(value: string | undefined): string[] {
  if (value === undefined) return []
  const given = value.split(",").map((origin) => origin.trim())
  const isOrigin = (text: string) =>
    /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
  if (given.every(isOrigin)) return given
  throw badValue("CORS_ORIGINS", value, ORIGINS_SHAPE)
}

/**
 * The proxies in TRUST_PROXY, as Fastify takes them; null where it is not set. Throws `ConfigError` for anything else
 * that Fastify accepts, such as `true`: trusting every client would let each one choose its own address.
 */
export function trustedProxies(value: string | undefined): string | null {
  if (value === undefined) return null
  const networks = value.split(",").map((network) => network.trim())
  const named = new Set(["loopback", "linklocal", "uniquelocal"])
  if (networks.every((network) => named.has(network) || isNetwork(network))) return networks.join(",")
  throw badValue("TRUST_PROXY", value, PROXIES_SHAPE)
}

/** Throws `ConfigError` for a delay as long as the whole stop, which would leave no time for the stop itself. */
export function shutdownDelay({
  SHUTDOWN_DELAY_SECONDS: delay,
  SHUTDOWN_SECONDS: whole,
}: Environment): number {
  if (delay < whole) return delay
  throw badValue("SHUTDOWN_DELAY_SECONDS", String(delay), `less than SHUTDOWN_SECONDS, which is ${whole}`)
}
