import { languageTags } from "../../client/src/languages.ts"
import { DATABASE_URL_SHAPE } from "../base/database-url.ts"
import { challengeVariables, type ChallengeEnvironment } from "./challenge.ts"
import { mailVariables, type MailEnvironment } from "./mail.ts"
import { paymentPageVariables, type PaymentPageEnvironment } from "./payment-page.ts"
import { redisVariables, type RedisEnvironment } from "./redis.ts"
import { tracingVariables, type TracingEnvironment } from "./tracing.ts"
import { stripeVariables, type StripeEnvironment } from "./stripe.ts"

/** Settings that may also be given as `NAME_FILE`. Logs and error messages never show their values. */
export const secretNames = [
  "ADMIN_TOKEN",
  "PAYMENT_WEBHOOK_SECRET",
  "SIMULATOR_SECRET",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "STRIPE_PUBLISHABLE_KEY",
  "TOKEN_SECRET",
  "CUSTOMER_SECRETS",
  "CHALLENGE_SECRET",
  "DATABASE_URL",
  "SMTP_URL",
  "REDIS_URL",
  "OTEL_EXPORTER_OTLP_HEADERS",
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

/** The allowed values of CUSTOMER_SECRETS, for error messages. */
export const CUSTOMER_SECRETS_SHAPE = "secrets of 32 characters or more, separated by commas"

/** The largest PROCESSES. More than any one machine needs; their database connections would be too many for most servers. */
export const MOST_PROCESSES = 64

const webhookSecret = {
  type: "string",
  pattern: "^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$",
  description: "whsec_ and the key in base64, at least 12 bytes",
}

/** The allowed values of TRUST_PROXY, for error messages. */
export const PROXIES_SHAPE = "addresses or networks of your proxies, separated by commas"

/** The allowed values of CORS_ORIGINS, for error messages. */
export const ORIGINS_SHAPE = "origins such as https://shop.example, separated by commas"

/** The allowed values of LANGUAGES, for error messages. */
export const LANGUAGES_SHAPE = `languages out of ${languageTags.join(", ")}, separated by commas, each once`

/**
 * For each setting its default and, in `description`, its allowed values. `npm run reference` writes both into
 * docs/reference/configuration.md and .env.example.
 */
export const schema = {
  type: "object",
  properties: {
    DATABASE_URL: {
      type: "string",
      pattern: "^postgres(ql)?://",
      description: DATABASE_URL_SHAPE,
    },
    DATABASE_SCHEMA: {
      type: "string",
      // Written without quotes in a search path. The names that begin with pg_ are PostgreSQL's.
      pattern: "^(?!pg_)[a-z_][a-z0-9_]{0,62}$",
      description:
        "a name of lower-case letters, digits and _, at most 63, that begins with no digit and not with pg_",
    },
    DATABASE_POOLER: { type: "string", enum: ["session"], description: "session, or not set" },
    REQUIRE_SYNCHRONOUS: { type: "boolean", default: false, description: "true or false" },
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
    METRICS_PORT: {
      type: "integer",
      minimum: 0,
      maximum: 65535,
      description: "a port from 0 (any free one) to 65535",
    },
    LOG_FORMAT: { type: "string", enum: ["json", "pretty"], default: "json", description: "json or pretty" },
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
    ...paymentPageVariables,
    TOKEN_SECRET: { type: "string", minLength: 16, description: "at least 16 characters" },
    HOLD_TTL_SECONDS: seconds(120, 86_400),
    PAYMENT_TTL_SECONDS: seconds(300, 604_800),
    CUSTOMER_SECRETS: text(CUSTOMER_SECRETS_SHAPE),
    HOLDS_NEED: { type: "string", enum: ["any", "signed"], default: "any", description: "any or signed" },
    MAX_PER_HOLD: limit(10),
    UNPAID_UNITS_PER_ADDRESS: limit(20),
    LAPSED_UNITS_PER_ADDRESS: limit(60),
    LATE_PAYMENT_SECONDS: orNone("a whole number of seconds", "not at all", 600, 604_800),
    HOLD_RETENTION_DAYS: days(30, 36_500),
    EVENT_RETENTION_DAYS: days(90, 36_500),
    OUTGOING_RETENTION_DAYS: days(30, 36_500),
    DETAILS_RETENTION_DAYS: days(365, 36_500),
    ...mailVariables,
    ...challengeVariables,
    LANGUAGES: { ...text(LANGUAGES_SHAPE), default: "en" },
    WEBHOOK_ALLOW_PRIVATE: { type: "boolean", default: false, description: "true or false" },
    TRUST_PROXY: text(PROXIES_SHAPE),
    CORS_ORIGINS: text(ORIGINS_SHAPE),
    RATE_LIMIT_PER_MINUTE: limit(600),
    ...redisVariables,
    ...tracingVariables,
    STREAMS_PER_ADDRESS: limit(500),
    KEEP_ALIVE_SECONDS: seconds(75, 3_600),
    SHUTDOWN_SECONDS: seconds(25, 3_600),
    SHUTDOWN_DELAY_SECONDS: orNone("a whole number of seconds", "no delay", 0, 3_599),
  },
}

/** The variables after validation, with defaults filled in. */
export interface Environment
  extends
    StripeEnvironment,
    MailEnvironment,
    ChallengeEnvironment,
    PaymentPageEnvironment,
    RedisEnvironment,
    TracingEnvironment {
  DATABASE_URL?: string
  DATABASE_SCHEMA?: string
  DATABASE_POOLER?: "session"
  REQUIRE_SYNCHRONOUS: boolean
  DOORBUSTER_DATA_DIR: string
  HOST: string
  PORT: number
  PROCESSES: string
  LOG_LEVEL: string
  LOG_FORMAT: "json" | "pretty"
  METRICS_PORT?: number
  ADMIN_TOKEN?: string
  PAYMENT_WEBHOOK_SECRET?: string
  SIMULATOR_URL?: string
  SIMULATOR_SECRET?: string
  TOKEN_SECRET?: string
  HOLD_TTL_SECONDS: number
  PAYMENT_TTL_SECONDS: number
  CUSTOMER_SECRETS?: string
  HOLDS_NEED: "any" | "signed"
  MAX_PER_HOLD: number
  UNPAID_UNITS_PER_ADDRESS: number
  LAPSED_UNITS_PER_ADDRESS: number
  LATE_PAYMENT_SECONDS: number
  HOLD_RETENTION_DAYS: number
  EVENT_RETENTION_DAYS: number
  OUTGOING_RETENTION_DAYS: number
  DETAILS_RETENTION_DAYS: number
  LANGUAGES: string
  WEBHOOK_ALLOW_PRIVATE: boolean
  TRUST_PROXY?: string
  CORS_ORIGINS?: string
  RATE_LIMIT_PER_MINUTE: number
  STREAMS_PER_ADDRESS: number
  KEEP_ALIVE_SECONDS: number
  SHUTDOWN_SECONDS: number
  SHUTDOWN_DELAY_SECONDS: number
}
