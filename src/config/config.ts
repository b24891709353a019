import type { StripeAccount } from "./stripe.ts"

/** The settings of one process, as `readConfig` reads them. Holds secrets: no log line may contain this object. */
export interface Config {
  /** Null: run the embedded PostgreSQL in `dataDirectory`. */
  readonly databaseUrl: string | null
  readonly dataDirectory: string
  readonly host: string
  readonly port: number
  /** Number of processes that `serve` starts to share the port. */
  readonly processes: number
  readonly logLevel: string
  /** Null: open mode, for trying the program on one machine. */
  readonly adminToken: string | null
  /** The decoded key that signs payment webhooks; null: unsigned ones are accepted. */
  readonly paymentWebhookSecret: Buffer | null
  /** Address of a payment simulator that runs as its own process; null: `serve` runs one itself. Open mode only. */
  readonly simulatorUrl: string | null
  /** The decoded key shared with the simulator; null: a new key is made at each start. Open mode only. */
  readonly simulatorSecret: Buffer | null
  /** Null: Stripe is not used. */
  readonly stripe: StripeAccount | null
  /** Signs owner tokens; null: the key kept in the database signs them. */
  readonly tokenSecret: string | null
  readonly holdTtlSeconds: number
  readonly paymentTtlSeconds: number
  /** How long after an order's end a payment can still pay it, if its units are available; 0: never. */
  readonly latePaymentSeconds: number
  /** How long expired and released holds are kept; 0: for ever. */
  readonly holdRetentionDays: number
  /** How long applied payment events that report no money are kept; 0: for ever. */
  readonly eventRetentionDays: number
  /** How long outgoing events and their deliveries are kept; 0: for ever. */
  readonly outgoingRetentionDays: number
  /** True: outgoing events may be sent to private addresses too, this machine included. */
  readonly webhookAllowPrivate: boolean
  /** Addresses of the proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: string | null
  readonly corsOrigins: readonly string[]
  /** Requests a minute that one address may send to the buyers' routes in closed mode; 0: no limit. */
  readonly rateLimitPerMinute: number
  /** Streams that one address may keep open at one process in closed mode; 0: no limit. */
  readonly streamsPerAddress: number
  /** How long a connection without a request stays open. */
  readonly keepAliveSeconds: number
  /** The longest that a stop may take, from the signal to the end of the process. */
  readonly shutdownSeconds: number
  /** How much of that time the server goes on accepting connections while `/readyz` reports `stopping`. */
  readonly shutdownDelaySeconds: number
  /** Names of Laravel's variables that are set and have no effect here. */
  readonly unusedVariables: readonly string[]
}
