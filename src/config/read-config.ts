import { readFileSync } from "node:fs"
import { challengeSettings } from "./challenge.ts"
import type { Config } from "./config.ts"
import { ConfigError } from "./config-error.ts"
import { misspelledNames, readEnvFile, type Misspelling } from "./env-file.ts"
import { mailSettings, publicUrl, shopName } from "./mail.ts"
import { paymentPageUrl } from "./payment-page.ts"
import { redisServer } from "./redis.ts"
import { tracingSettings } from "./tracing.ts"
import { schema, secretNames } from "./schema.ts"
import { stripeAccount } from "./stripe.ts"
import { unusedVariables } from "./unused-variables.ts"
import { badValue, validateVariables } from "./validate.ts"
import {
  allowedOrigins,
  customerSecrets,
  databaseUrl,
  holdBounds,
  holdsNeed,
  offeredLanguages,
  processCount,
  shutdownDelay,
  trustedProxies,
  webhookKey,
} from "./values.ts"

/** Where settings are read from; a later source wins. */
export interface ConfigSources {
  /** The directory of `.env`, which may be missing; the working directory if not given. */
  readonly directory?: string
  readonly environment?: NodeJS.Dict<string>
  /** Command-line options, by the name of the variable that they replace. */
  readonly options?: NodeJS.Dict<string>
}

/** Reads `.env`, the environment and options, and checks each value. Throws {@link ConfigError}. */
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
  const env = validateVariables(given)
  return {
    databaseUrl: databaseUrl(env),
    dataDirectory: env.DOORBUSTER_DATA_DIR,
    host: env.HOST,
    port: env.PORT,
    processes: processCount(env.PROCESSES),
    logLevel: env.LOG_LEVEL,
    metricsPort: env.METRICS_PORT ?? null,
    logFormat: env.LOG_FORMAT,
    adminToken: env.ADMIN_TOKEN ?? null,
    paymentWebhookSecret: webhookKey(env.PAYMENT_WEBHOOK_SECRET),
    simulatorUrl: env.SIMULATOR_URL?.replace(/\/+$/, "") ?? null,
    simulatorSecret: webhookKey(env.SIMULATOR_SECRET),
    stripe: stripeAccount(env),
    paymentPageUrl: paymentPageUrl(env),
    requireSynchronous: env.REQUIRE_SYNCHRONOUS,
    tokenSecret: env.TOKEN_SECRET ?? null,
    holdBounds: env.ADMIN_TOKEN === undefined ? null : holdBounds(env),
    customerSecrets: customerSecrets(env.CUSTOMER_SECRETS),
    holdsNeed: holdsNeed(env),
    holdTtlSeconds: env.HOLD_TTL_SECONDS,
    paymentTtlSeconds: env.PAYMENT_TTL_SECONDS,
    latePaymentSeconds: env.LATE_PAYMENT_SECONDS,
    holdRetentionDays: env.HOLD_RETENTION_DAYS,
    eventRetentionDays: env.EVENT_RETENTION_DAYS,
    outgoingRetentionDays: env.OUTGOING_RETENTION_DAYS,
    detailsRetentionDays: env.DETAILS_RETENTION_DAYS,
    mail: mailSettings(env, badValue),
    mailPerSecond: env.MAIL_PER_SECOND,
    mailCodesPerHour: env.MAIL_CODES_PER_HOUR,
    challenge: challengeSettings(env),
    publicUrl: publicUrl(env.PUBLIC_URL, badValue),
    shopName: shopName(env, badValue),
    languages: offeredLanguages(env.LANGUAGES),
    webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE,
    trustProxy: trustedProxies(env.TRUST_PROXY),
    corsOrigins: allowedOrigins(env.CORS_ORIGINS),
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    redis: redisServer(env, badValue),
    tracing: tracingSettings(env, badValue),
    streamsPerAddress: env.STREAMS_PER_ADDRESS,
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    shutdownSeconds: env.SHUTDOWN_SECONDS,
    shutdownDelaySeconds: shutdownDelay(env),
    unusedVariables: unusedVariables(given),
  }
}

/** Finds names in `.env` that resemble a setting but are none: with `ADMIN_TOKN` the server runs in open mode. */
export function misspelledInEnvFile(directory: string = process.cwd()): Misspelling[] {
  const known = Object.keys(schema.properties)
  const files = secretNames.map((name) => `${name}_FILE`)
  return misspelledNames(Object.keys(readEnvFile(`${directory}/.env`)), [...known, ...files])
}

type Given = Record<string, string>

/** Leaves out empty values: an empty variable counts as not set. */
function defined(values: NodeJS.Dict<string>): Given {
  const result: Given = {}
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") result[name] = value
  }
  return result
}

/** Adds the secrets that are given as `NAME_FILE`, the path of a file that holds the value. */
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
    throw badValue(name, path, "the path of a readable file")
  }
  throw badValue(name, path, "the path of a file with the secret in it: this file is empty")
}
