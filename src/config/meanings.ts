/**
 * The meaning of each setting, in the groups and the order of docs/reference/configuration.md and .env.example, which
 * `npm run reference` writes. Allowed values and defaults are in schema.ts. Links are relative to docs/reference/.
 */
export const settingGroups: Readonly<Record<string, Readonly<Record<string, SettingMeaning>>>> = {
  Server: {
    HOST: { meaning: "Address to listen on. Without `ADMIN_TOKEN` only loopback addresses are allowed." },
    PORT: { meaning: "Port to listen on; `0` picks any free port." },
    PROCESSES: {
      meaning:
        "Number of processes that share the port; `auto` starts one for each core. See [processes and hosts](../operate/processes-and-hosts.md).",
    },
    LOG_LEVEL: { meaning: "Least severe level that is logged." },
    METRICS_PORT: {
      meaning:
        "Port at which `worker` answers `GET /metrics`, on `HOST`; `serve` has its own `/metrics`. See [Metrics, dashboards, alerts, traces](../operate/observability.md#metrics).",
      unset: "`worker` listens nowhere",
    },
    LOG_FORMAT: {
      meaning:
        "`json`: a line of JSON for each event, for programs. `pretty`: readable lines, for a terminal, as with `--pretty`.",
    },
    KEEP_ALIVE_SECONDS: {
      meaning:
        "How long a connection without a request stays open. Must be longer than your load balancer keeps its own connections: Google's keeps them for 600 seconds, so set 620.",
    },
    SHUTDOWN_SECONDS: {
      meaning:
        "Longest time that a stop may take. Must be less than your supervisor waits: Kubernetes 30 seconds, `docker stop` 10, systemd 90.",
    },
    SHUTDOWN_DELAY_SECONDS: {
      meaning:
        "Part of that time in which SIGTERM lets the server go on accepting connections while `/readyz` reports `stopping`, so that a load balancer notices first. Kubernetes needs about 5. Ctrl-C is never delayed.",
    },
    TRUST_PROXY: {
      meaning:
        "Addresses or networks of your reverse proxies, separated by commas; also `loopback`, `linklocal`, `uniquelocal`. Only their `X-Forwarded-For` is believed. See [reverse proxy](../operate/reverse-proxy.md).",
    },
    CORS_ORIGINS: {
      meaning: "Origins whose pages may call the API from a browser, separated by commas.",
    },
    RATE_LIMIT_PER_MINUTE: {
      meaning:
        "Requests a minute that one address may send to each writing route for buyers, in closed mode; `0` for no limit. The processes of a port count together.",
    },
    REDIS_URL: {
      meaning:
        "Redis server over which several hosts [count limits by address together](../operate/redis.md), with its login; `redis://` reaches this machine only. No unit and no order depends on it.",
      unset: "each host counts limits by address alone",
    },
    REDIS_PREFIX: {
      meaning:
        "First part of all keys in Redis. Needed where two installations with the same `TOKEN_SECRET` share one Redis, or where a user of Redis may use only certain keys.",
    },
    STREAMS_PER_ADDRESS: {
      meaning:
        "[Streams of live products](../operate/live-streams.md) that one address may keep open at one process, in closed mode; `0` for no limit.",
    },
  },
  Traces: {
    OTEL_EXPORTER_OTLP_ENDPOINT: {
      meaning:
        "Collector to which [traces](../operate/observability.md#traces) are sent, by OTLP over HTTP, at `/v1/traces` below this address.",
      unset: "no traces are recorded",
    },
    OTEL_EXPORTER_OTLP_HEADERS: {
      meaning: "Headers of these messages, such as a key: `name=value`, separated by commas.",
    },
    OTEL_SERVICE_NAME: { meaning: "Name of this installation in the traces." },
    OTEL_TRACES_SAMPLER_ARG: {
      meaning:
        "Share of the traces that is recorded. It counts also for requests whose `traceparent` asks to be recorded.",
    },
  },
  Database: {
    DATABASE_URL: {
      meaning: "PostgreSQL connection string. See [PostgreSQL](../operate/postgresql.md).",
      unset: "embedded PostgreSQL",
    },
    DATABASE_SCHEMA: {
      meaning:
        "Schema in which this shop's tables are, so that several shops share a database. See [Several shops in one database](../operate/several-shops.md).",
      unset: "the first schema of the role's `search_path`, which is `public`",
    },
    DATABASE_POOLER: {
      meaning:
        "`session`: a pooler in session mode stands between, such as PgBouncer. See [PostgreSQL](../operate/postgresql.md#behind-a-pooler).",
      unset: "none stands between",
    },
    REQUIRE_SYNCHRONOUS: {
      meaning:
        "`true`: nothing is sold while the database's commits wait for no standby. See [High availability](../operate/high-availability.md#what-a-failover-can-lose).",
    },
    DOORBUSTER_DATA_DIR: { meaning: "Directory where the embedded PostgreSQL keeps its data." },
  },
  "Access and secrets": {
    ADMIN_TOKEN: {
      meaning:
        "Bearer token of the admin routes and password of the control room. Setting it switches to [closed mode](../operate/modes.md).",
      unset: "open mode",
    },
    TOKEN_SECRET: {
      meaning: "Key that signs owner tokens. Changing it invalidates every earlier token.",
      unset: "a key made once and kept in the database",
    },
    CUSTOMER_SECRETS: {
      meaning:
        "Secrets with which your server signs who a customer is, separated by commas; tokens signed with any of them are valid. See [signed customers](../guides/signed-customers.md).",
      unset: "no `Customer-Token` is valid",
    },
    PAYMENT_WEBHOOK_SECRET: {
      meaning:
        "Key that signs messages to the [generic payment webhook](../guides/payments.md#the-generic-webhook); 24 random bytes or more are recommended. Required in closed mode.",
      unset: "unsigned messages are accepted",
    },
    PAYMENT_URL: {
      meaning:
        "Your own payment page, to which *Pay* on the order's page leads; the [guide](../guides/payments.md#a-payment-page-of-your-own) says what the names in braces mean and how to check the signature.",
      unset: "the order's page offers payment by Stripe, if it is set up, or none",
    },
  },
  Sale: {
    HOLD_TTL_SECONDS: { meaning: "How long a hold lasts, unless its product sets `hold_ttl_seconds`." },
    PAYMENT_TTL_SECONDS: { meaning: "How long an order waits for its payment." },
    HOLDS_NEED: {
      meaning:
        "`signed`: only customers with a `Customer-Token` that the shop's server has signed, and the shop's own systems, may hold units of any product.",
    },
    MAX_PER_HOLD: {
      meaning:
        "The most units of one hold, of a product without a `max_per_hold`, in closed mode; `0` for no limit. A larger `max_per_hold` of a variant that is held counts in its place. It does not bind the shop's own systems.",
    },
    UNPAID_UNITS_PER_ADDRESS: {
      meaning:
        "The most units of a product that one network address may hold or have ordered unpaid at a time, in closed mode; `0` for no limit. See [a fair sale](../operate/fair-sale.md).",
    },
    LAPSED_UNITS_PER_ADDRESS: {
      meaning:
        "A network address that let so many units of a product lapse unpaid within 15 minutes has to wait, in closed mode; `0` for no limit.",
    },
    LATE_PAYMENT_SECONDS: {
      meaning:
        "How long after an order's end a payment can still pay it, if its units are available; `0` never.",
    },
  },
  Challenge: {
    CHALLENGE: {
      meaning:
        "`altcha`: the server itself makes a [challenge](../guides/mail-codes.md#a-challenge) that a buyer's browser solves before a code is mailed. No other service takes part, and no other setting is needed.",
      unset: "no challenge, or that of the service in the settings below",
    },
    CHALLENGE_VERIFY_URL: {
      meaning:
        "Where a service such as Turnstile, hCaptcha or Cap checks solved challenges (siteverify). Set all four settings of the service to ask for one before a [code](../guides/mail-codes.md#a-challenge) is mailed.",
      unset: "no challenge",
    },
    CHALLENGE_SECRET: { meaning: "Secret key of that service.", unset: "no challenge" },
    CHALLENGE_SITE_KEY: {
      meaning: "Site key of that service, which pages contain.",
      unset: "no challenge",
    },
    CHALLENGE_SCRIPT: {
      meaning:
        "Script of that service, which pages load that ask for an address. Its origin is added to the security policy of these pages.",
      unset: "no challenge",
    },
  },
  Stripe: {
    STRIPE_SECRET_KEY: {
      meaning:
        "Secret or restricted key of your Stripe account. Set it together with `STRIPE_WEBHOOK_SECRET`. See [Stripe](../guides/stripe.md).",
      unset: "Stripe is not used",
    },
    STRIPE_WEBHOOK_SECRET: {
      meaning: "Signing secret of the webhook endpoint at Stripe.",
      unset: "Stripe is not used",
    },
    STRIPE_PUBLISHABLE_KEY: {
      meaning:
        "Publishable key of the same account and mode. With it the storefront shows Stripe's Payment Element.",
      unset: "the storefront does not pay by Stripe",
    },
    STRIPE_DELAYED_METHODS: {
      meaning:
        "`offer`: payments that Doorbuster opens may use methods whose result takes days, such as bank debits. Then `PAYMENT_TTL_SECONDS` must be as long.",
    },
    STRIPE_API_BASE: { meaning: "Address of Stripe's API; change it for tests only." },
  },
  "Simulator (open mode only)": {
    SIMULATOR_URL: {
      meaning:
        "Address of a [payment simulator](../guides/simulator.md) that runs as a process of its own on this machine.",
      unset: "`serve` runs one itself",
    },
    SIMULATOR_SECRET: {
      meaning: "Key shared with that simulator. Required with `SIMULATOR_URL`.",
      unset: "a key made at every start",
    },
  },
  "Outgoing events": {
    WEBHOOK_ALLOW_PRIVATE: {
      meaning:
        "`true` lets [outgoing events](../guides/outgoing-events.md) go to private addresses too, this machine included.",
    },
  },
  Mail: {
    SMTP_URL: {
      meaning:
        "Mail server for [mails to buyers](../operate/mail.md), with its login: `smtps://` speaks TLS from the start, `smtp://` by STARTTLS, without which no password is sent. Set it together with `MAIL_FROM`.",
      unset: "no mails are sent; in open mode they can be read at `/simulator/mail`",
    },
    MAIL_FROM: {
      meaning: "Sender of the mails; without a name it gets `SHOP_NAME`.",
      unset: "no mails are sent",
    },
    MAIL_PER_SECOND: {
      meaning: "The most mails that all workers together send in a second; `0` for no limit.",
    },
    MAIL_CODES_PER_HOUR: {
      meaning:
        "The most [codes](../guides/mail-codes.md) that are mailed to buyers in an hour, so that a shop cannot be used to flood mailboxes; `0` for no limit.",
    },
    PUBLIC_URL: {
      meaning:
        "Address of the storefront, for links to orders. Required with `SMTP_URL` in closed mode, because a link has to lead to it from anywhere.",
      unset: "in open mode the address that `serve` listens on",
    },
    SHOP_NAME: {
      meaning:
        "Name of a shop that has set none under *Shop* in the control room; shown on pages and in mails.",
      unset: "the host of `PUBLIC_URL`, else `Doorbuster`",
    },
    LANGUAGES: {
      meaning:
        "Languages of pages and mails, such as `de,en`, of a shop that has set none under *Shop* in the control room. The first is the shop's default; with more than one, each buyer gets a language that they read, and pages have a switch.",
    },
  },
  Retention: {
    HOLD_RETENTION_DAYS: { meaning: "Days for which expired and released holds are kept; `0` for ever." },
    EVENT_RETENTION_DAYS: {
      meaning: "Days for which applied payment events that report no money are kept; `0` for ever.",
    },
    OUTGOING_RETENTION_DAYS: {
      meaning:
        "Days for which outgoing events and their deliveries, delivered or not, and the rows of mails that no longer wait are kept; `0` for ever.",
    },
    DETAILS_RETENTION_DAYS: {
      meaning:
        "Days for which buyers' details are kept after the sale has ended or, where it has no end, after their order has last changed; `0` for ever. See [personal data](../operate/personal-data.md).",
    },
  },
}

interface SettingMeaning {
  readonly meaning: string
  /** The behaviour if the setting is not given; only for settings without a default. */
  readonly unset?: string
}
