import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import envSchema from "env-schema"
import { isLoopback, isNetwork } from "./addresses.ts"
import { misspelledNames, readEnvFile, type Misspelling } from "./env-file.ts"
import { ConfigError } from "./config-error.ts"
import { DATABASE_URL_SHAPE, DatabaseUrlError, readDatabaseUrl } from "../base/database-url.ts"
import { unusedVariables } from "./unused-variables.ts"
import { stripeAccount, stripeVariables, type StripeAccount, type StripeEnvironment } from "./stripe.ts"

export { ConfigError }

/** Everything the environment decides. Secrets never leave this object for a log. */
export interface Config {
  /** Null: run the embedded PostgreSQL in `dataDirectory`. */
  readonly databaseUrl: string | null
  readonly dataDirectory: string
  readonly host: string
  readonly port: number
  /** How many processes `serve` divides itself into. */
  readonly processes: number
  readonly logLevel: string
  /** Null: open mode, for a laptop. */
  readonly adminToken: string | null
  /** The decoded key of the payment webhooks' signature; null: unsigned ones are taken. */
  readonly paymentWebhookSecret: Buffer | null
  /** The address of a payment simulator in a process of its own; null: `serve` has one itself. Open mode only. */
  readonly simulatorUrl: string | null
  /** The decoded key shared with the simulator; null: one is made at the start. Open mode only. */
  readonly simulatorSecret: Buffer | null
  /** An account at Stripe; null: none. */
  readonly stripe: StripeAccount | null
  /** Signs owner tokens; null: the one kept in the database. */
  readonly tokenSecret: string | null
  readonly holdTtlSeconds: number
  readonly paymentTtlSeconds: number
  /** How long after an order's end money still pays it, if its units are there; 0: not at all. */
  readonly latePaymentSeconds: number
  /** How long expired and released holds are kept; 0: for ever. */
  readonly holdRetentionDays: number
  /** How long applied payment events that speak of no money are kept; 0: for ever. */
  readonly eventRetentionDays: number
  /** How long outgoing events and what became of them are kept; 0: for ever. */
  readonly outgoingRetentionDays: number
  /** True: outgoing events may go to private addresses as well, the machine itself among them. */
  readonly webhookAllowPrivate: boolean
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: string | null
  readonly corsOrigins: readonly string[]
  /** Requests a minute and address on the buyers' routes in closed mode; 0: no limit. */
  readonly rateLimitPerMinute: number
  /** Streams that an address may have open at a process in closed mode; 0: no limit. */
  readonly streamsPerAddress: number
  /** How long a connection without a request is kept. */
  readonly keepAliveSeconds: number
  /** The longest that a stop may take, from its signal to the end of the process. */
  readonly shutdownSeconds: number
  /** How much of it connections are taken as before, while `/readyz` says that the process stops. */
  readonly shutdownDelaySeconds: number
  /** Names of variables that are set and have no effect here, though a shop may believe so. */
  readonly unusedVariables: readonly string[]
}

/** Settings that may also come as `NAME_FILE`, and are never shown. */
export const secretNames = [
  "ADMIN_TOKEN",
  "PAYMENT_WEBHOOK_SECRET",
  "SIMULATOR_SECRET",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_PUBLISHABLE_KEY",
  "TOKEN_SECRET",
  "DATABASE_URL",
]

const text = (description: string) => ({ type: "string", minLength: 1, description })
const seconds = (byDefault: number, most: number) => ({
  type: "integer",
  minimum: 1,
  maximum: most,
  default: byDefault,
  description: `a whole number of seconds from 1 to ${most}`,
})
const orNone = (number: string, zero: string, byDefault: number, most: number) => ({
  type: "integer",
  minimum: 0,
  maximum: most,
  default: byDefault,
  description: `${number} from 0 (${zero}) to ${most}`,
})
const days = (byDefault: number, most: number) =>
  orNone("a whole number of days", "for ever", byDefault, most)
const limit = (byDefault: number) => orNone("a whole number", "no limit", byDefault, 1_000_000)

/** More than any one machine needs; their database connections would be too many for most servers. */
const MOST_PROCESSES = 64

const webhookSecret = {
  type: "string",
  pattern: "^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$",
  description: "whsec_ and the key in base64, at least 12 bytes",
}

const origins = "origins such as https://shop.example, separated by commas"

/** Each setting: its default, and in words what it may hold. `npm run reference` writes them down. */
export const schema = {
  type: "object",
  properties: {
    DATABASE_URL: {
      type: "string",
      pattern: "^postgres(ql)?://",
      description: DATABASE_URL_SHAPE,
    },
    DOORBUSTER_DATA_DIR: { ...text("a directory"), default: ".doorbuster" },
    HOST: { ...text("an address or name to listen on"), default: "127.0.0.1" },
    PORT: {
      type: "integer",
      minimum: 0,
      maximum: 65535,
      default: 8000,
      description: "a port from 0 (any free one) to 65535",
    },
    PROCESSES: {
      type: "string",
      pattern: "^(auto|[1-9]|[1-5][0-9]|6[0-4])$",
      default: "1",
      description: `"auto" or a whole number from 1 to ${MOST_PROCESSES}`,
    },
    LOG_LEVEL: {
      type: "string",
      enum: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
      default: "info",
      description: "one of trace, debug, info, warn, error, fatal, silent",
    },
    ADMIN_TOKEN: {
      type: "string",
      pattern: "^[\\x21-\\x7e]+$",
      description: "printable ASCII characters without spaces",
    },
    PAYMENT_WEBHOOK_SECRET: webhookSecret,
    SIMULATOR_URL: {
      type: "string",
      pattern: String.raw`^http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?(/[\w./-]*)?$`,
      description: "an address on this machine such as http://127.0.0.1:8100",
    },
    SIMULATOR_SECRET: webhookSecret,
    ...stripeVariables,
    TOKEN_SECRET: { type: "string", minLength: 16, description: "at least 16 characters" },
    HOLD_TTL_SECONDS: seconds(120, 86_400),
    PAYMENT_TTL_SECONDS: seconds(900, 604_800),
    LATE_PAYMENT_SECONDS: orNone("a whole number of seconds", "not at all", 600, 604_800),
    HOLD_RETENTION_DAYS: days(30, 36_500),
    EVENT_RETENTION_DAYS: days(90, 36_500),
    OUTGOING_RETENTION_DAYS: days(30, 36_500),
    WEBHOOK_ALLOW_PRIVATE: { type: "boolean", default: false, description: "true or false" },
    TRUST_PROXY: text("addresses or networks of your proxies, separated by commas"),
    CORS_ORIGINS: text(origins),
    RATE_LIMIT_PER_MINUTE: limit(600),
    STREAMS_PER_ADDRESS: limit(500),
    KEEP_ALIVE_SECONDS: seconds(75, 3_600),
    SHUTDOWN_SECONDS: seconds(25, 3_600),
    SHUTDOWN_DELAY_SECONDS: orNone("a whole number of seconds", "no delay", 0, 3_599),
  },
}

interface Environment extends StripeEnvironment {
  DATABASE_URL?: string
  DOORBUSTER_DATA_DIR: string
  HOST: string
  PORT: number
  PROCESSES: string
  LOG_LEVEL: string
  ADMIN_TOKEN?: string
  PAYMENT_WEBHOOK_SECRET?: string
  SIMULATOR_URL?: string
  SIMULATOR_SECRET?: string
  TOKEN_SECRET?: string
  HOLD_TTL_SECONDS: number
  PAYMENT_TTL_SECONDS: number
  LATE_PAYMENT_SECONDS: number
  HOLD_RETENTION_DAYS: number
  EVENT_RETENTION_DAYS: number
  OUTGOING_RETENTION_DAYS: number
  WEBHOOK_ALLOW_PRIVATE: boolean
  TRUST_PROXY?: string
  CORS_ORIGINS?: string
  RATE_LIMIT_PER_MINUTE: number
  STREAMS_PER_ADDRESS: number
  KEEP_ALIVE_SECONDS: number
  SHUTDOWN_SECONDS: number
  SHUTDOWN_DELAY_SECONDS: number
}

/** Where a configuration comes from, the strongest last. */
export interface ConfigSources {
  /** Holds `.env`, if there is one; the working directory if not given. */
  readonly directory?: string
  readonly environment?: NodeJS.Dict<string>
  /** What was said on the command line, by the variable's name. */
  readonly options?: NodeJS.Dict<string>
}

/** Reads `.env`, the environment and options. Throws {@link ConfigError}. */
export function readConfig({
  directory = process.cwd(),
  environment = process.env,
  options = {},
}: ConfigSources = {}): Config {
  const given = withSecretFiles({
    ...defined(readEnvFile(`${directory}/.env`)),
    ...defined(environment),
    ...defined(options),
  })
  const env = validated(given)
  return {
    databaseUrl: databaseUrl(env.DATABASE_URL),
    dataDirectory: env.DOORBUSTER_DATA_DIR,
    host: env.HOST,
    port: env.PORT,
    processes: processCount(env.PROCESSES),
    logLevel: env.LOG_LEVEL,
    adminToken: env.ADMIN_TOKEN ?? null,
    paymentWebhookSecret: webhookKey(env.PAYMENT_WEBHOOK_SECRET),
    simulatorUrl: env.SIMULATOR_URL?.replace(/\/+$/, "") ?? null,
    simulatorSecret: webhookKey(env.SIMULATOR_SECRET),
    stripe: stripeAccount(env),
    tokenSecret: env.TOKEN_SECRET ?? null,
    holdTtlSeconds: env.HOLD_TTL_SECONDS,
    paymentTtlSeconds: env.PAYMENT_TTL_SECONDS,
    latePaymentSeconds: env.LATE_PAYMENT_SECONDS,
    holdRetentionDays: env.HOLD_RETENTION_DAYS,
    eventRetentionDays: env.EVENT_RETENTION_DAYS,
    outgoingRetentionDays: env.OUTGOING_RETENTION_DAYS,
    webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE,
    trustProxy: env.TRUST_PROXY === undefined ? null : trustedProxies(env.TRUST_PROXY),
    corsOrigins: env.CORS_ORIGINS === undefined ? [] : allowedOrigins(env.CORS_ORIGINS),
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    streamsPerAddress: env.STREAMS_PER_ADDRESS,
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    shutdownDelaySeconds: shutdownDelay(env),
    unusedVariables: unusedVariables(given),
  }
}

/** Names in `.env` that are read by nothing and look like one of ours: `ADMIN_TOKN` means open mode. */
export function misspelledInEnvFile(directory: string = process.cwd()): Misspelling[] {
  const known = Object.keys(schema.properties)
  const files = secretNames.map((name) => `${name}_FILE`)
  return misspelledNames(Object.keys(readEnvFile(`${directory}/.env`)), [...known, ...files])
}

/** Refuses a combination under which a server must not listen. Throws {@link ConfigError}. */
export function checkServing(config: Pick<Config, "host" | "paymentWebhookSecret"> & SimulatorConfig): void {
  if (config.adminToken === null && !isLoopback(config.host)) {
    throw new ConfigError(
      `HOST holds "${config.host}" and may hold only a loopback address such as 127.0.0.1 while ADMIN_TOKEN is not set`,
    )
  }
  if (config.adminToken !== null && config.paymentWebhookSecret === null) {
    throw new ConfigError(
      "PAYMENT_WEBHOOK_SECRET is not set; with ADMIN_TOKEN it must hold whsec_ and the key in base64",
    )
  }
  checkSimulator(config)
}

type SimulatorConfig = Pick<Config, "adminToken" | "simulatorUrl" | "simulatorSecret">

/** Refuses a simulator beside real customers, and one without its secret. Throws {@link ConfigError}. */
export function checkSimulator({ adminToken, simulatorUrl, simulatorSecret }: SimulatorConfig): void {
  const set = simulatorUrl !== null ? "SIMULATOR_URL" : simulatorSecret !== null ? "SIMULATOR_SECRET" : null
  if (adminToken !== null && set !== null) {
    throw new ConfigError(`${set} is set, and may be only while ADMIN_TOKEN is not`)
  }
  if (simulatorUrl !== null && simulatorSecret === null) {
    throw new ConfigError(
      "SIMULATOR_SECRET is not set; with SIMULATOR_URL it must hold whsec_ and the key in base64",
    )
  }
}

type Given = Record<string, string>

/** An empty value is the same as none, as in most shells' habits. */
function defined(values: NodeJS.Dict<string>): Given {
  const kept: Given = {}
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") kept[name] = value
  }
  return kept
}

/** Each secret may also come as `NAME_FILE`, the path of a file that holds it. */
function withSecretFiles(given: Given): Given {
  const read: Given = { ...given }
  for (const name of secretNames) {
    const path = given[`${name}_FILE`]
    if (path === undefined) continue
    if (given[name] !== undefined) throw new ConfigError(`${name} and ${name}_FILE are both set; set one`)
    read[name] = secretFile(`${name}_FILE`, path)
  }
  return read
}

function secretFile(name: string, path: string): string {
  try {
    const content = readFileSync(path, "utf8").trim()
    if (content !== "") return content
  } catch {
    throw new ConfigError(`${name} holds "${path}" and may hold only the path of a readable file`)
  }
  throw new ConfigError(
    `${name} holds "${path}", an empty file; it may hold only a file with the secret in it`,
  )
}

interface SchemaError {
  readonly instancePath: string
}

function validated(given: Given): Environment {
  refuseOddNumbers(given)
  try {
    return envSchema<Environment>({ schema: structuredClone(schema), data: given, env: false })
  } catch (error) {
    const [first] = error instanceof Error && "errors" in error ? (error.errors as SchemaError[]) : []
    if (first === undefined) throw error
    const name = first.instancePath.slice(1)
    throw new ConfigError(`${name} holds ${shown(name, given[name])} and may hold only ${mayHold(name)}`)
  }
}

/** The schema would take "Infinity", "0x50" and "1e3" for whole numbers. */
function refuseOddNumbers(given: Given): void {
  for (const [name, { type }] of Object.entries(schema.properties)) {
    const value = given[name]
    if (type !== "integer" || value === undefined || /^\d+$/.test(value)) continue
    throw new ConfigError(`${name} holds ${shown(name, value)} and may hold only ${mayHold(name)}`)
  }
}

function allowedOrigins(value: string): string[] {
  const given = value.split(",").map((origin) => origin.trim())
  const isOrigin = (text: string) =>
    /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
  if (given.every(isOrigin)) return given
  throw new ConfigError(`CORS_ORIGINS holds ${JSON.stringify(value)} and may hold only ${origins}`)
}

function shown(name: string, value = ""): string {
  return secretNames.includes(name) ? `a secret of ${value.length} characters` : JSON.stringify(value)
}

function mayHold(name: string): string {
  const properties: Record<string, { description: string }> = schema.properties
  return properties[name]?.description ?? "another value"
}

function webhookKey(secret: string | undefined): Buffer | null {
  return secret === undefined ? null : Buffer.from(secret.replace(/^whsec_/, ""), "base64")
}

/** A delay as long as the whole stop would leave no time for the stop itself. */
function shutdownDelay(env: Environment): number {
  if (env.SHUTDOWN_DELAY_SECONDS < env.SHUTDOWN_SECONDS) return env.SHUTDOWN_DELAY_SECONDS
  throw new ConfigError(
    `SHUTDOWN_DELAY_SECONDS holds "${env.SHUTDOWN_DELAY_SECONDS}" and may hold only less than SHUTDOWN_SECONDS, which is ${env.SHUTDOWN_SECONDS}`,
  )
}

function databaseUrl(value: string | undefined): string | null {
  if (value === undefined) return null
  try {
    readDatabaseUrl(value)
    return value
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error
    throw new ConfigError(
      `DATABASE_URL holds ${shown("DATABASE_URL", value)} and may hold only ${error.message}`,
    )
  }
}

/** `auto`: as many as the machine, or what this process may use of it, can run at once. */
function processCount(value: string): number {
  return value === "auto" ? Math.min(availableParallelism(), MOST_PROCESSES) : Number(value)
}

/** Believing everyone would let any client choose its own address. */
function trustedProxies(value: string): string {
  const networks = value.split(",").map((network) => network.trim())
  const named = new Set(["loopback", "linklocal", "uniquelocal"])
  if (networks.every((network) => named.has(network) || isNetwork(network))) return networks.join(",")
  throw new ConfigError(
    `TRUST_PROXY holds ${JSON.stringify(value)} and may hold only addresses or networks of your proxies, separated by commas`,
  )
}
