import type { LanguageTag } from "../../client/src/languages.ts"
import type { ChallengeSettings } from "./challenge.ts"
import type { MailSettings } from "./mail.ts"
import type { RedisServer } from "./redis.ts"
import type { TracingSettings } from "./tracing.ts"
import type { StripeAccount } from "./stripe.ts"

/** What binds holds that the shop does not place itself. `unpaid` and `lapsed`: Infinity for no limit. */
export interface HoldLimits {
  /** Units of one hold, of a product that does not say; null: no limit. */
  readonly maxPerHold: number | null
  /** Units of a product that one address holds unpaid at a time. */
  readonly unpaid: number
  /** Units of a product that one address may let lapse before it has to wait. */
  readonly lapsed: number
}

/** The settings of one process, as `readConfig` reads them. It contains secrets and must never be logged. */
export interface Config {
  /** Null to run the embedded PostgreSQL in `dataDirectory`. */
  readonly databaseUrl: string | null
  /** True: nothing is sold while the database's commits wait for no standby. */
  readonly requireSynchronous: boolean
  readonly dataDirectory: string
  readonly host: string
  readonly port: number
  /** Number of processes that `serve` starts to share the port. */
  readonly processes: number
  readonly logLevel: string
  /** JSON for programs, or readable lines for people. */
  /** Where `worker` answers `GET /metrics`; null: nowhere. 0: any free port. */
  readonly metricsPort: number | null
  readonly logFormat: "json" | "pretty"
  /** Null in open mode, which is for trying the program on one machine. */
  readonly adminToken: string | null
  /** The decoded key that signs payment webhooks; null if unsigned ones are accepted. */
  readonly paymentWebhookSecret: Buffer | null
  /** Address of a payment simulator that runs as its own process; null if `serve` runs one itself. Open mode only. */
  readonly simulatorUrl: string | null
  /** The decoded key shared with the simulator; null if each start makes a new key. Open mode only. */
  readonly simulatorSecret: Buffer | null
  /** Null if Stripe is not used. */
  readonly stripe: StripeAccount | null
  /** The address of the shop's own payment page, with names in braces; null if there is none. */
  readonly paymentPageUrl: string | null
  /** Signs owner tokens; null if the key in the database signs them. */
  readonly tokenSecret: string | null
  /** What binds holds that the shop does not place itself; null in open mode: nothing does. */
  readonly holdBounds: HoldLimits | null
  /** What customer tokens may be signed with; none: no token is valid. */
  readonly customerSecrets: readonly string[]
  /** `signed`: strangers hold units only with a customer token. */
  readonly holdsNeed: "any" | "signed"
  readonly holdTtlSeconds: number
  readonly paymentTtlSeconds: number
  /** How long after an order's end a payment can still pay it, if its units are available; 0 means never. */
  readonly latePaymentSeconds: number
  /** How long expired and released holds are kept; 0 keeps them for ever. */
  readonly holdRetentionDays: number
  /** How long applied payment events that report no money are kept; 0 keeps them for ever. */
  readonly eventRetentionDays: number
  /** How long outgoing events and their deliveries are kept; 0 keeps them for ever. */
  readonly outgoingRetentionDays: number
  /** How long buyers' details are kept after the sale; 0 keeps them for ever. */
  readonly detailsRetentionDays: number
  /** True if outgoing events may be sent to private addresses too, this machine included. */
  readonly webhookAllowPrivate: boolean
  /** Addresses of the proxies whose X-Forwarded-For is trusted. */
  readonly trustProxy: string | null
  readonly corsOrigins: readonly string[]
  /** Requests a minute that one address may send to the buyers' routes in closed mode; 0 for no limit. */
  readonly rateLimitPerMinute: number
  /** Where limits by address are counted with other hosts; null: each server counts alone. */
  readonly redis: RedisServer | null
  /** Where traces are sent; null: none are recorded. */
  readonly tracing: TracingSettings | null
  /** Streams that one address may keep open at one process in closed mode; 0 for no limit. */
  readonly streamsPerAddress: number
  /** How long a connection without a request stays open. */
  readonly keepAliveSeconds: number
  /** The longest that a stop may take, from the signal to the end of the process. */
  readonly shutdownSeconds: number
  /** The part of that time in which the server still accepts connections while `/readyz` reports `stopping`. */
  readonly shutdownDelaySeconds: number
  /** Null: no mails are sent. In open mode they can then be read at `/simulator/mail`. */
  readonly mail: MailSettings | null
  /** The most mails that all workers together send in a second; 0 for no limit. */
  readonly mailPerSecond: number
  /** The most codes that are mailed to buyers in an hour; 0 for no limit. */
  readonly mailCodesPerHour: number
  /** What a page solves before it is given a code; null: nothing. */
  readonly challenge: ChallengeSettings | null
  /** The address of the storefront in links; null: in open mode, the address that the server listens on. */
  readonly publicUrl: string | null
  /** The shop's name in mails. */
  readonly shopName: string
  /** The languages of pages and mails; the first is the shop's default. */
  readonly languages: readonly LanguageTag[]
  /** Names of Laravel's variables that are set and have no effect here. */
  readonly unusedVariables: readonly string[]
}
