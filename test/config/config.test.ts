import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { checkServing } from "../../src/config/checks.ts"
import { ConfigError } from "../../src/config/config-error.ts"
import { misspelledInEnvFile, readConfig } from "../../src/config/read-config.ts"
import { providersOf } from "../../src/payments/providers.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "doorbuster-config-"))
})
afterAll(() => rm(directory, { recursive: true }))

const nowhere = "/nonexistent"
const read = (environment: Record<string, string>) => readConfig({ directory: nowhere, environment })

/** What stops the start: the error's text. */
function complaint(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return "nothing was complained about"
}

const WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

test("nothing set: a laptop's installation", () => {
  expect(read({})).toEqual({
    databaseUrl: null,
    requireSynchronous: false,
    dataDirectory: ".doorbuster",
    host: "127.0.0.1",
    port: 8000,
    processes: 1,
    logLevel: "info",
    metricsPort: null,
    logFormat: "json",
    adminToken: null,
    paymentWebhookSecret: null,
    simulatorUrl: null,
    simulatorSecret: null,
    stripe: null,
    paymentPageUrl: null,
    tokenSecret: null,
    customerSecrets: [],
    holdsNeed: "any",
    holdBounds: null,
    holdTtlSeconds: 120,
    paymentTtlSeconds: 300,
    latePaymentSeconds: 600,
    holdRetentionDays: 30,
    eventRetentionDays: 90,
    outgoingRetentionDays: 30,
    detailsRetentionDays: 365,
    mail: null,
    mailPerSecond: 10,
    mailCodesPerHour: 10_000,
    challenge: null,
    publicUrl: null,
    shopName: "Doorbuster",
    languages: ["en"],
    webhookAllowPrivate: false,
    trustProxy: null,
    corsOrigins: [],
    rateLimitPerMinute: 600,
    redis: null,
    tracing: null,
    streamsPerAddress: 500,
    keepAliveSeconds: 75,
    shutdownSeconds: 25,
    shutdownDelaySeconds: 0,
    unusedVariables: [],
  })
})

test("everything set: as it was set", () => {
  const environment = {
    DATABASE_URL: "postgresql://shop:secret@db.example:5432/shop?sslmode=require",
    DATABASE_SCHEMA: "shop_1",
    METRICS_PORT: "9400",
    DATABASE_POOLER: "session",
    REQUIRE_SYNCHRONOUS: "true",
    DOORBUSTER_DATA_DIR: "/var/lib/doorbuster",
    HOST: "0.0.0.0",
    PORT: "0",
    PROCESSES: "64",
    LOG_LEVEL: "debug",
    LOG_FORMAT: "pretty",
    ADMIN_TOKEN: "admin-token",
    PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SIMULATOR_URL: "http://127.0.0.1:8100/",
    SIMULATOR_SECRET: WEBHOOK_SECRET,
    STRIPE_SECRET_KEY: "rk_live_0123456789",
    STRIPE_WEBHOOK_SECRET: "whsec_0123456789abcdef",
    STRIPE_PUBLISHABLE_KEY: "pk_live_0123456789",
    STRIPE_API_BASE: "http://127.0.0.1:12111",
    STRIPE_DELAYED_METHODS: "offer",
    TOKEN_SECRET: "sixteen letters!",
    CUSTOMER_SECRETS: "the-new-secret-of-32-characters!!, the-old-secret-of-32-characters!!",
    HOLDS_NEED: "signed",
    MAX_PER_HOLD: "4",
    UNPAID_UNITS_PER_ADDRESS: "0",
    LAPSED_UNITS_PER_ADDRESS: "7",
    HOLD_TTL_SECONDS: "1",
    PAYMENT_TTL_SECONDS: "604800",
    HOLD_RETENTION_DAYS: "0",
    EVENT_RETENTION_DAYS: "36500",
    OUTGOING_RETENTION_DAYS: "7",
    DETAILS_RETENTION_DAYS: "90",
    SMTP_URL: "smtps://mail.example",
    MAIL_FROM: "Shop <orders@shop.example>",
    MAIL_PER_SECOND: "0",
    PUBLIC_URL: "https://shop.example",
    SHOP_NAME: "Shop",
    LANGUAGES: "de, en",
    WEBHOOK_ALLOW_PRIVATE: "true",
    TRUST_PROXY: "10.0.0.0/8, ::1 ,loopback",
    CORS_ORIGINS: "https://shop.example, http://localhost:3000",
    RATE_LIMIT_PER_MINUTE: "0",
    REDIS_URL: "rediss://shop:p%40ss@redis.example:6380/3",
    REDIS_PREFIX: "shop:1",
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example:4318/otlp/",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20k",
    OTEL_SERVICE_NAME: "shop",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    STREAMS_PER_ADDRESS: "20000",
    KEEP_ALIVE_SECONDS: "620",
    SHUTDOWN_SECONDS: "55",
    SHUTDOWN_DELAY_SECONDS: "10",
  }

  expect(read(environment)).toEqual({
    databaseUrl: `${environment.DATABASE_URL}&options=-c+search_path%3Dshop_1&pooler=session`,
    requireSynchronous: true,
    dataDirectory: "/var/lib/doorbuster",
    host: "0.0.0.0",
    port: 0,
    processes: 64,
    logLevel: "debug",
    metricsPort: 9_400,
    logFormat: "pretty",
    adminToken: "admin-token",
    paymentWebhookSecret: Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"),
    simulatorUrl: "http://127.0.0.1:8100",
    simulatorSecret: Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"),
    stripe: {
      secretKey: "rk_live_0123456789",
      webhookSecret: "whsec_0123456789abcdef",
      publishableKey: "pk_live_0123456789",
      apiBase: "http://127.0.0.1:12111",
      offersDelayedMethods: true,
    },
    paymentPageUrl: null,
    tokenSecret: "sixteen letters!",
    customerSecrets: ["the-new-secret-of-32-characters!!", "the-old-secret-of-32-characters!!"],
    holdsNeed: "signed",
    holdBounds: { maxPerHold: 4, unpaid: Infinity, lapsed: 7 },
    holdTtlSeconds: 1,
    paymentTtlSeconds: 604_800,
    latePaymentSeconds: 600,
    holdRetentionDays: 0,
    eventRetentionDays: 36_500,
    outgoingRetentionDays: 7,
    detailsRetentionDays: 90,
    mail: {
      server: { host: "mail.example", port: 465, tls: "always", login: null },
      from: { name: "Shop", address: "orders@shop.example" },
    },
    mailPerSecond: 0,
    mailCodesPerHour: 10_000,
    challenge: null,
    publicUrl: "https://shop.example",
    shopName: "Shop",
    languages: ["de", "en"],
    webhookAllowPrivate: true,
    trustProxy: "10.0.0.0/8,::1,loopback",
    corsOrigins: ["https://shop.example", "http://localhost:3000"],
    rateLimitPerMinute: 0,
    tracing: {
      url: "https://collector.example:4318/otlp/v1/traces",
      headers: { authorization: "Bearer k" },
      serviceName: "shop",
      ratio: 0.25,
    },
    redis: {
      host: "redis.example",
      port: 6_380,
      tls: true,
      login: { user: "shop", password: "p@ss" },
      database: 3,
      prefix: "shop:1",
    },
    streamsPerAddress: 20_000,
    keepAliveSeconds: 620,
    shutdownSeconds: 55,
    shutdownDelaySeconds: 10,
    unusedVariables: [],
  })
})

test.each([
  [
    "the edge of a range",
    { PORT: "65535", HOLD_TTL_SECONDS: "86400" },
    { port: 65_535, holdTtlSeconds: 86_400 },
  ],
  [
    "postgres:// for postgresql://",
    { DATABASE_URL: "postgres://db/shop" },
    { databaseUrl: "postgres://db/shop" },
  ],
  [
    "a schema",
    { DATABASE_URL: "postgres://db/shop", DATABASE_SCHEMA: "shop_2" },
    { databaseUrl: "postgres://db/shop?options=-c+search_path%3Dshop_2" },
  ],
  [
    "a socket's directory",
    { DATABASE_URL: "postgresql:///shop?host=/run/pg" },
    { databaseUrl: expect.any(String) },
  ],
  [
    "a webhook secret without its prefix",
    { PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET.slice(6) },
    {
      paymentWebhookSecret: Buffer.from(WEBHOOK_SECRET.slice(6), "base64"),
    },
  ],
  ["empty values, which are none", { PORT: "", ADMIN_TOKEN: "", HOST: "" }, { port: 8000, adminToken: null }],
  ["variables of other programs", { PATH: "/bin", NODE_ENV: "production", PORTS: "x" }, { port: 8000 }],
])("takes %s", (_, environment, expected) => {
  expect(read(environment as Record<string, string>)).toMatchObject(expected)
})

// One line that names the variable, its value and what the value must be.
test.each([
  ["DATABASE_URL", "mysql://db/shop"],
  ["DATABASE_POOLER", "transaction"],
  ["DATABASE_SCHEMA", "Shop"],
  ["DATABASE_SCHEMA", "2shops"],
  ["DATABASE_SCHEMA", "pg_shop"],
  ["DATABASE_SCHEMA", "a,public"],
  ["DATABASE_SCHEMA", "a".repeat(64)],
  ["DATABASE_URL", "db.example:5432"],
  ["DATABASE_URL", "postgresql://db.example:port/shop"],
  ["PORT", "http"],
  ["PORT", "-1"],
  ["PORT", "65536"],
  ["PORT", "80.5"],
  ["PORT", "Infinity"],
  ["PORT", "true"],
  ["LOG_LEVEL", "INFO"],
  ["LOG_LEVEL", "verbose"],
  ["HOLD_TTL_SECONDS", "0"],
  ["HOLD_TTL_SECONDS", "86401"],
  ["HOLD_TTL_SECONDS", "1.5"],
  ["HOLD_TTL_SECONDS", "2m"],
  ["HOLD_TTL_SECONDS", "NaN"],
  ["PAYMENT_TTL_SECONDS", "0"],
  ["PAYMENT_TTL_SECONDS", "604801"],
  ["PAYMENT_TTL_SECONDS", "Infinity"],
  ["HOLD_TTL_SECONDS", "-Infinity"],
  ["HOLD_RETENTION_DAYS", "-1"],
  ["HOLD_RETENTION_DAYS", "36501"],
  ["HOLD_RETENTION_DAYS", "30d"],
  ["EVENT_RETENTION_DAYS", "0.5"],
  ["EVENT_RETENTION_DAYS", "Infinity"],
  ["OUTGOING_RETENTION_DAYS", "-1"],
  ["WEBHOOK_ALLOW_PRIVATE", "yes"],
  ["WEBHOOK_ALLOW_PRIVATE", "1"],
  ["RATE_LIMIT_PER_MINUTE", "Infinity"],
  ["RATE_LIMIT_PER_MINUTE", "-1"],
  ["RATE_LIMIT_PER_MINUTE", "1000001"],
  ["RATE_LIMIT_PER_MINUTE", "many"],
  ["STREAMS_PER_ADDRESS", "-1"],
  ["STREAMS_PER_ADDRESS", "0.5"],
  ["STREAMS_PER_ADDRESS", "none"],
  ["KEEP_ALIVE_SECONDS", "0"],
  ["KEEP_ALIVE_SECONDS", "3601"],
  ["SHUTDOWN_SECONDS", "0"],
  ["SHUTDOWN_SECONDS", "3601"],
  ["SHUTDOWN_DELAY_SECONDS", "-1"],
  ["SHUTDOWN_DELAY_SECONDS", "25"],
  ["TRUST_PROXY", "true"],
  ["TRUST_PROXY", "*"],
  ["TRUST_PROXY", "10.0.0.0/8,"],
  ["TRUST_PROXY", "proxy.example"],
  ["TRUST_PROXY", "10.0.0.0/33"],
  ["TRUST_PROXY", "10.0.0.0/eight"],
  ["TRUST_PROXY", "0.0.0.0/0"],
  ["TRUST_PROXY", "10.0.0.0/8,::/0"],
  ["STRIPE_API_BASE", "api.stripe.com"],
  ["STRIPE_API_BASE", "http://api.stripe.com"],
  ["STRIPE_API_BASE", "http://127.0.0.1.evil.example"],
  ["STRIPE_API_BASE", "https://user@api.stripe.com"],
  ["STRIPE_API_BASE", "https://api.stripe.com/v1"],
  ["STRIPE_API_BASE", "ftp://127.0.0.1"],
  ["LANGUAGES", "it"],
  ["LANGUAGES", "de,de"],
  ["LANGUAGES", "de,"],
  ["LANGUAGES", "de-CH"],
  ["CORS_ORIGINS", "shop.example"],
  ["CORS_ORIGINS", "https://shop.example/"],
  ["CORS_ORIGINS", "https://shop.example/cart"],
  ["CORS_ORIGINS", "*"],
])("%s=%s stops the start with one line", (name, value) => {
  const text = complaint(() => read({ [name]: value }))

  expect(text).toMatch(new RegExp(`^${name} is .+ but must be .{5,}$`))
  expect(text.includes("secret") || text.includes(JSON.stringify(value))).toBe(true)
})

// The same for secrets, without saying them.
test.each([
  ["PAYMENT_WEBHOOK_SECRET", "whsec_short"],
  ["PAYMENT_WEBHOOK_SECRET", "whsec_not base64 at all!"],
  ["PAYMENT_WEBHOOK_SECRET", "sk_live_51HxMfKQ9r8GKYqrTwjUPD"],
  ["STRIPE_SECRET_KEY", "pk_live_51HxMfKQ9r8GKYqrTwjUPD"],
  ["STRIPE_SECRET_KEY", "sk_short"],
  ["STRIPE_PUBLISHABLE_KEY", "sk_test_51HxMfKQ9r8GKYqrTwjUPD"],
  ["STRIPE_WEBHOOK_SECRET", "we_1MfKQ9r8GKYqrTwjUPD8ILPZ"],
  ["STRIPE_WEBHOOK_SECRET", "whsec_one,whsec two 0123456789"],
  ["TOKEN_SECRET", "fifteen letters"],
  ["CUSTOMER_SECRETS", "thirty-one characters of secret"],
  ["CUSTOMER_SECRETS", "the-new-secret-of-32-characters!!,"],
  ["ADMIN_TOKEN", "correct horse battery staple"],
  ["ADMIN_TOKEN", "schlüssel"],
  ["DATABASE_URL", "mysql://shop:hunter2@db.example/shop"],
])("%s=%s stops the start without being told", (name, value) => {
  const text = complaint(() => read({ [name]: value }))

  expect(text).toMatch(new RegExp(`^${name} is a secret of ${value.length} characters but must be .{5,}$`))
  expect(text).not.toContain(value)
  expect(text).not.toContain("hunter2")
})

describe("an account at Stripe", () => {
  const STRIPE_SECRET_KEY = "sk_test_0123456789"
  const STRIPE_WEBHOOK_SECRET = "whsec_0123456789abcdef"
  const account = { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET }

  test.each([
    [undefined, "https://api.stripe.com"],
    ["https://stripe.example:8443", "https://stripe.example:8443"],
    ["https://stripe.example/", "https://stripe.example"],
    ["http://[::1]:12111", "http://[::1]:12111"],
    ["http://localhost:12111", "http://localhost:12111"],
  ])("has its API at %s: %s", (given, apiBase) => {
    const base = given === undefined ? {} : { STRIPE_API_BASE: given }
    const { stripe } = read({ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, ...base })
    expect(stripe).toEqual({ ...account, publishableKey: null, apiBase, offersDelayedMethods: false })
  })

  test("may offer methods whose result takes days", () => {
    const all = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET }
    expect(read({ ...all, STRIPE_DELAYED_METHODS: "offer" }).stripe?.offersDelayedMethods).toBe(true)
    expect(complaint(() => read({ ...all, STRIPE_DELAYED_METHODS: "yes" }))).toMatch(/STRIPE_DELAYED_METHODS/)
  })

  test("is whole or stops the start", () => {
    expect(complaint(() => read({ STRIPE_SECRET_KEY }))).toMatch(
      /^STRIPE_WEBHOOK_SECRET is not set; with STRIPE_SECRET_KEY it must be .*whsec_$/,
    )
    expect(complaint(() => read({ STRIPE_WEBHOOK_SECRET }))).toMatch(
      /^STRIPE_SECRET_KEY is not set; with STRIPE_WEBHOOK_SECRET it must be .*sk_ or rk_$/,
    )
    expect(complaint(() => read({ STRIPE_PUBLISHABLE_KEY: "pk_test_0123456789" }))).toMatch(
      /^STRIPE_SECRET_KEY is not set; with STRIPE_PUBLISHABLE_KEY it must be .*sk_ or rk_$/,
    )
    expect(read({ STRIPE_API_BASE: "https://stripe.example" }).stripe).toBeNull()
  })

  test("may have a key for pages, of the same mode", () => {
    const all = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET }
    const key = "pk_test_0123456789"
    expect(read({ ...all, STRIPE_PUBLISHABLE_KEY: key }).stripe?.publishableKey).toBe(key)
    expect(complaint(() => read({ ...all, STRIPE_PUBLISHABLE_KEY: "pk_live_0123456789" }))).toBe(
      "STRIPE_PUBLISHABLE_KEY is a live key and STRIPE_SECRET_KEY a test key; they must be of one mode",
    )
  })

  test("gives a provider, and none without it", async () => {
    const [provider, ...others] = await providersOf(read({ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET }))
    expect(provider?.name).toBe("stripe")
    expect(others).toEqual([])
    expect(await providersOf(read({}))).toEqual([])
  })
})

describe("NAME_FILE", () => {
  async function file(name: string, content: string): Promise<string> {
    const path = join(directory, name)
    await writeFile(path, content)
    return path
  }

  test.each([
    ["ADMIN_TOKEN", "adminToken", "from-a-file"],
    ["TOKEN_SECRET", "tokenSecret", "sixteen letters!"],
    ["DATABASE_URL", "databaseUrl", "postgresql://db/shop"],
  ] as const)("%s may come from a file, its last line break left out", async (name, field, content) => {
    const path = await file(name, `${content}\n`)

    expect(read({ [`${name}_FILE`]: path })[field]).toBe(content)
  })

  test("PAYMENT_WEBHOOK_SECRET may come from a file", async () => {
    const path = await file("webhook", `${WEBHOOK_SECRET}\n`)

    expect(read({ PAYMENT_WEBHOOK_SECRET_FILE: path })).toEqual(
      read({ PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET }),
    )
  })

  test("both secrets of Stripe may come from files", async () => {
    const files = {
      STRIPE_SECRET_KEY_FILE: await file("stripe-key", "sk_test_0123456789\n"),
      STRIPE_WEBHOOK_SECRET_FILE: await file("stripe-webhook", "whsec_0123456789abcdef\n"),
    }

    expect(read(files).stripe).toMatchObject({
      secretKey: "sk_test_0123456789",
      webhookSecret: "whsec_0123456789abcdef",
    })
  })

  test("what is in the file is judged as if it stood in the variable", async () => {
    const path = await file("bad", "short and secret")
    const text = complaint(() => read({ PAYMENT_WEBHOOK_SECRET_FILE: path }))

    expect(text).toMatch(/^PAYMENT_WEBHOOK_SECRET is a secret of 16 characters/)
  })

  test("an empty file, a missing one and a directory stop the start", async () => {
    const empty = await file("empty", "\n")

    expect(complaint(() => read({ ADMIN_TOKEN_FILE: empty }))).toMatch(
      /^ADMIN_TOKEN_FILE is .* but must be .*empty/,
    )
    for (const path of [join(directory, "missing"), directory]) {
      const text = complaint(() => read({ ADMIN_TOKEN_FILE: path }))
      expect(text).toBe(`ADMIN_TOKEN_FILE is "${path}" but must be the path of a readable file`)
    }
  })

  test("and NAME together stop the start", async () => {
    const environment = { ADMIN_TOKEN: "one", ADMIN_TOKEN_FILE: await file("two", "two") }

    expect(complaint(() => read(environment))).toMatch(/^ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set/)
  })

  test("is for secrets only", async () => {
    expect(read({ PORT_FILE: await file("port", "9000") }).port).toBe(8000)
  })
})

describe("precedence", () => {
  test("options go before the environment, and that before .env", async () => {
    const dotEnv = "PORT=1001\nHOST=127.0.0.2 # with a remark\nLOG_LEVEL='warn'\n\n# HOLD_TTL_SECONDS=5\n"
    await writeFile(join(directory, ".env"), dotEnv)
    const environment = { PORT: "1002", HOST: "127.0.0.3" }

    const config = readConfig({ directory, environment, options: { PORT: "1003", HOST: undefined } })

    expect(config).toMatchObject({ port: 1003, host: "127.0.0.3", logLevel: "warn", holdTtlSeconds: 120 })
  })

  test("an empty variable does not hide what .env says", async () => {
    await writeFile(join(directory, ".env"), "PORT=1001\n")

    expect(readConfig({ directory, environment: { PORT: "" } }).port).toBe(1001)
  })

  test("a bad value in .env stops the start as well", async () => {
    await writeFile(join(directory, ".env"), "PORT=web\n")

    expect(complaint(() => readConfig({ directory, environment: {} }))).toMatch(/^PORT is "web" but must be/)
  })

  test("an unreadable .env stops the start: a directory, bytes that are no text", async () => {
    await rm(join(directory, ".env"), { force: true })
    await mkdir(join(directory, ".env"))
    expect(complaint(() => readConfig({ directory, environment: {} }))).toBe(
      ".env cannot be read: it is a directory",
    )
    await rm(join(directory, ".env"), { recursive: true })
    await writeFile(join(directory, ".env"), Buffer.from([0x41, 0x3d, 0xff, 0xfe, 0x0a]))
    expect(complaint(() => readConfig({ directory, environment: {} }))).toBe(
      ".env cannot be read: it is not valid UTF-8; save it as UTF-8",
    )
    await rm(join(directory, ".env"))
  })

  // If such a file lost its first variable, ADMIN_TOKEN, the server would start in open mode.
  const settings = "ADMIN_TOKEN=shop-token\nPORT=1001\nTOKEN_SECRET='sixteen # letters'\n"
  test.each([
    ["as it is", Buffer.from(settings)],
    ["a byte order mark", Buffer.from(`\uFEFF${settings}`)],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\uFEFF${settings}`, "utf16le")],
    ["UTF-16 of the other order", Buffer.from(`\uFEFF${settings}`, "utf16le").swap16()],
    ["UTF-16 without a mark", Buffer.from(settings, "utf16le")],
    ["line ends of Windows", Buffer.from(settings.replaceAll("\n", "\r\n"))],
    ["line ends of old Macs", Buffer.from(settings.replaceAll("\n", "\r"))],
    ["export", Buffer.from(settings.replaceAll(/^(?=\w)/gm, "export "))],
    ["export and a tab", Buffer.from(settings.replaceAll(/^(?=\w)/gm, "\texport\t"))],
    ["spaces", Buffer.from(settings.replaceAll("=", " = "))],
    ["quotes", Buffer.from(settings.replace("shop-token", '"shop-token"'))],
    ["all of it", Buffer.from(`\uFEFF# mine\r\n\r\nexport ${settings.replaceAll("\n", "\r\n")}`)],
  ])(".env with %s", async (_, content) => {
    await writeFile(join(directory, ".env"), content)

    expect(readConfig({ directory, environment: {} })).toMatchObject({
      adminToken: "shop-token",
      port: 1001,
      tokenSecret: "sixteen # letters",
    })
  })

  test.each([
    ["ADMIN_TOKEN: shop-token", "it must be NAME=value, or # and a comment"],
    ["set ADMIN_TOKEN=shop-token", "it must be NAME=value, or # and a comment"],
    ["$env:ADMIN_TOKEN = 'shop-token'", "it must be NAME=value, or # and a comment"],
    ["ADMIN_TOKEN", "it must be NAME=value, or # and a comment"],
    ["ADMIN_TOKEN='shop-token", "its ' is not closed"],
  ])(".env whose second line is %s stops the start, without saying it", async (line, why) => {
    await writeFile(join(directory, ".env"), `PORT=1001\n${line}\nHOST=::1\n`)

    expect(complaint(() => readConfig({ directory, environment: {} }))).toBe(
      `.env, line 2 cannot be understood: ${why}`,
    )
  })

  test("a value in quotes may go on over several lines", async () => {
    await writeFile(join(directory, ".env"), `OTHER="one\ntwo words\nthree"\nPORT=1001\n`)

    expect(readConfig({ directory, environment: {} }).port).toBe(1001)
  })

  test("names in .env that are nearly ours are found, others are not", async () => {
    const names = [
      "ADMIN_TOKN",
      "admin_token",
      "DATABASE-URL",
      "TOKEN_SECRET_FIL",
      "PORTS",
      "HOSTNAME",
      "APP_URL",
    ]
    await writeFile(join(directory, ".env"), names.map((name) => `${name}=x\n`).join(""))

    expect(misspelledInEnvFile(directory)).toEqual([
      { name: "ADMIN_TOKN", meant: "ADMIN_TOKEN" },
      { name: "DATABASE-URL", meant: "DATABASE_URL" },
      { name: "TOKEN_SECRET_FIL", meant: "TOKEN_SECRET_FILE" },
      { name: "admin_token", meant: "ADMIN_TOKEN" },
    ])
    await rm(join(directory, ".env"))
  })

  test("reading changes no environment", () => {
    const environment = { PORT: "9000" }
    readConfig({ directory, environment })

    expect(environment).toEqual({ PORT: "9000" })
  })
})

// Which server may listen where.
describe("checkServing", () => {
  const noSimulator = {
    stripe: null,
    paymentPageUrl: null,
    mail: null,
    publicUrl: null,
    simulatorUrl: null,
    simulatorSecret: null,
  }
  const key = Buffer.alloc(24)
  test.each([
    ["127.0.0.1", null, null],
    ["127.1.2.3", null, null],
    ["localhost", null, null],
    ["::1", null, null],
    ["0.0.0.0", null, "HOST"],
    ["::", null, "HOST"],
    ["10.0.0.1", null, "HOST"],
    ["127.0.0.1.evil.example", null, "HOST"],
    ["localhost.evil.example", null, "HOST"],
    ["::ffff:10.0.0.1", null, "HOST"],
    ["0.0.0.0", "token", null],
    ["shop.example", "token", null],
  ])("HOST %s, ADMIN_TOKEN %s: complains about %s", (host, adminToken, name) => {
    const config = {
      ...noSimulator,
      host,
      adminToken,
      paymentWebhookSecret: adminToken === null ? null : key,
    }
    const text = complaint(() => checkServing(config))

    expect(text).toMatch(
      name === null ? /^nothing was complained about$/ : new RegExp(`^${name} is "${host}"`),
    )
  })

  test("closed mode needs the payment provider's secret, on loopback too", () => {
    const config = { ...noSimulator, host: "127.0.0.1", adminToken: "token", paymentWebhookSecret: null }
    const text = complaint(() => checkServing(config))

    expect(text).toMatch(/^PAYMENT_WEBHOOK_SECRET is not set/)
    expect(text).not.toContain('"token"')
  })

  test.each([
    [
      "closed",
      { SIMULATOR_URL: "http://127.0.0.1:8100", SIMULATOR_SECRET: WEBHOOK_SECRET },
      "SIMULATOR_URL is set",
    ],
    ["closed", { SIMULATOR_URL: "http://127.0.0.1:8100" }, "SIMULATOR_URL is set"],
    ["closed", { SIMULATOR_SECRET: WEBHOOK_SECRET }, "SIMULATOR_SECRET is set"],
    ["open", { SIMULATOR_URL: "http://127.0.0.1:8100" }, "SIMULATOR_SECRET is not set"],
    ["open", { SIMULATOR_SECRET: WEBHOOK_SECRET }, "nothing"],
    ["open", { SIMULATOR_URL: "http://[::1]:8100", SIMULATOR_SECRET: WEBHOOK_SECRET }, "nothing"],
  ])("%s mode with %j: %s", (mode, environment, start) => {
    const closed = { ADMIN_TOKEN: "token", PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET }
    const config = read({ ...(environment as object), ...(mode === "closed" && closed) })

    expect(complaint(() => checkServing(config))).toMatch(new RegExp(`^${start}`))
  })
})

describe("mail", () => {
  const both = { SMTP_URL: "smtps://mail.example", MAIL_FROM: "orders@shop.example" }

  test.each([
    ["smtps://mail.example", { host: "mail.example", port: 465, tls: "always", login: null }],
    ["smtp://mail.example", { host: "mail.example", port: 587, tls: "offered", login: null }],
    ["smtp://mail.example:25?tls=off", { host: "mail.example", port: 25, tls: "off", login: null }],
    [
      "smtp://me%40shop.example:p%3Ass%2F@mail.example",
      { host: "mail.example", port: 587, tls: "required", login: { user: "me@shop.example", pass: "p:ss/" } },
    ],
    ["smtp://[::1]:2525", { host: "::1", port: 2525, tls: "offered", login: null }],
  ])("SMTP_URL %s", (SMTP_URL, server) => {
    expect(read({ ...both, SMTP_URL }).mail?.server).toEqual(server)
  })

  test.each([
    ["orders@shop.example", { name: "", address: "orders@shop.example" }],
    ["Lamp Shop <orders@shop.example>", { name: "Lamp Shop", address: "orders@shop.example" }],
    ['"Lamp, Shop" <orders@shop.example>', { name: "Lamp, Shop", address: "orders@shop.example" }],
  ])("MAIL_FROM %s", (MAIL_FROM, from) => {
    expect(read({ ...both, MAIL_FROM }).mail?.from).toEqual(from)
  })

  test.each([
    [{ SMTP_URL: both.SMTP_URL }, "MAIL_FROM is not set; with SMTP_URL it must be"],
    [{ MAIL_FROM: both.MAIL_FROM }, "SMTP_URL is not set; with MAIL_FROM it must be"],
    [{ ...both, SMTP_URL: "mail.example:587" }, "SMTP_URL is a secret of 16 characters but must be smtps://"],
    [{ ...both, SMTP_URL: "https://mail.example" }, "SMTP_URL is a secret of 20 characters but must be"],
    [{ ...both, SMTP_URL: "smtp://mail.example/path" }, "SMTP_URL is a secret of 24 characters but must be"],
    [
      { ...both, SMTP_URL: "smtp://mail.example?tls=no" },
      "SMTP_URL is a secret of 26 characters but must be",
    ],
    [{ ...both, SMTP_URL: "smtp://user@mail.example" }, "SMTP_URL is a secret of 24 characters but must be"],
    [{ ...both, SMTP_URL: "smtp://u:p@mail.example?tls=off" }, "SMTP_URL has a password and tls=off"],
    [{ ...both, MAIL_FROM: "Lamp Shop" }, 'MAIL_FROM is "Lamp Shop" but must be an address'],
    [{ ...both, MAIL_FROM: "a@b.example, c@d.example" }, "MAIL_FROM is"],
    [{ ...both, MAIL_FROM: "Shop\r\nBcc: <a@b.example>" }, "MAIL_FROM is"],
    [{ PUBLIC_URL: "shop.example" }, 'PUBLIC_URL is "shop.example" but must be the storefront'],
    [{ PUBLIC_URL: "https://shop.example/?a" }, "PUBLIC_URL is"],
    [{ PUBLIC_URL: "https://shop.example/#" }, "PUBLIC_URL is"],
    [{ MAIL_PER_SECOND: "fast" }, 'MAIL_PER_SECOND is "fast" but must be a whole number from 0'],
  ])("%j: one line", (environment, line) => {
    const text = complaint(() => read(environment))
    expect(text).toContain(line)
    expect(text).not.toContain("\n")
  })

  test("closed mode with mail needs PUBLIC_URL, because links must lead somewhere", () => {
    const closed = { ...both, ADMIN_TOKEN: "a-token", PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET }
    expect(complaint(() => checkServing(read(closed)))).toMatch(/^PUBLIC_URL is not set; with SMTP_URL/)
    const complete = { ...closed, PUBLIC_URL: "https://shop.example/" }
    expect(complaint(() => checkServing(read(complete)))).toBe("nothing was complained about")
    expect(complaint(() => checkServing(read(both)))).toBe("nothing was complained about")
  })

  test.each([
    [{}, "Doorbuster"],
    [{ PUBLIC_URL: "https://shop.example/eu/" }, "shop.example"],
    [{ PUBLIC_URL: "https://shop.example", SHOP_NAME: "Lamp Shop" }, "Lamp Shop"],
  ])("the shop's name with %j", (environment, name) => {
    expect(read(environment).shopName).toBe(name)
  })

  test("links have no slash too many", () => {
    expect(read({ PUBLIC_URL: "https://shop.example/eu//" }).publicUrl).toBe("https://shop.example/eu")
  })
})
