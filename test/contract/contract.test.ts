import fc from "fast-check"
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { Config } from "../../src/config/config.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import type { TestAnswer } from "../support/http.ts"
import { closed } from "../support/shop.ts"
import { codesIn, operationsOf, type Operation } from "./description.ts"
import { walks, type Draft } from "./requests.ts"
import { eventsIn, fillIn, Memory, send, type Sent } from "./session.ts"

/*
 * Every response to any request is one that openapi.json and docs/reference/problems.md describe. Requests are generated
 * from the description; docs/internals/reliability.md explains how.
 */

/** The number of walks of about thirty requests in each mode; DOORBUSTER_FUZZ_WALKS sets another. */
const WALKS = Number(process.env["DOORBUSTER_FUZZ_WALKS"] ?? 120)
/** The same seed generates the same requests. It is part of the test's name. */
const SEED = Number(process.env["DOORBUSTER_FUZZ_SEED"] ?? Date.now() % 2 ** 31)
/** The number of concurrent walks. */
const AT_ONCE = 2
/** The longest time for shrinking a failing walk. */
const SHRINKING_MS = 15_000
const TIMEOUT_MS = 120_000 + WALKS * 1_000
/** The number of rounds, each with the next seed, until every route has accepted a request. */
const TRIES = 4

const root = new URL("../../", import.meta.url)
const operations = operationsOf(
  JSON.parse(readFileSync(new URL("openapi.json", root), "utf8")),
  codesIn(readFileSync(new URL("docs/reference/problems.md", root), "utf8")),
)

/**
 * Fields whose values may be refused although they match the schema, because a schema cannot express the rule. A pointer
 * that ends with `/*` stands for every field below.
 */
const fieldsWithFurtherRules: Readonly<Record<string, readonly string[]>> = {
  // No variants beside a stock, and no lines beside a quantity; each variant once.
  "POST /api/admin/products": ["/currency", "/opens_at", "/closes_at", "/variants"],
  // A name that is not signed, of a product for signed customers.
  "POST /api/holds": ["/metadata", "/lines", "/lines/1/variant_id", "/lines/2/variant_id", "/customer_id"],
  // A name without spaces around it, which is not that of ADMIN_TOKEN; a role, or scopes for a key.
  "POST /api/admin/operators": ["/name", "/role"],
  "PATCH /api/admin/operators/{id}": ["/name", "/role", "/scopes"],
  // The limits of metadata are in bytes; and which details fit depends on what the product asks for.
  "POST /api/orders": ["/metadata", "/details", "/details/*"],
  "PUT /api/orders/{id}/details": ["", "/*"],
  "PUT /api/admin/orders/{id}/details": ["", "/*"],
  // Not every two letters are a country.
  "GET /api/addresses/{country}": ["/country"],
  "PATCH /api/admin/products/{id}": ["/currency", "/opens_at", "/closes_at"],
  // A cursor and a time are texts of their own kinds, and a text to search for has to be one that can be stored.
  "POST /api/admin/orders/search": [
    "/cursor",
    "/from",
    "/to",
    "/email",
    "/name",
    "/payment_id",
    "/reference",
    "/customer_id",
    "/sku",
  ],
  "POST /api/admin/orders/{id}/refunds": ["/amount_minor", "/restock_lines"],
  "POST /api/admin/webhooks": ["/url"],
  "PATCH /api/admin/webhooks/{id}": ["/url"],
  // An e-mail address or a URL; and not every text that begins like a URL is one.
  "PATCH /api/admin/shop": ["/support", "/icon", "/logo/url", "/links/*"],
  "POST /api/admin/webhooks/{id}/replay": ["/since"],
  // Exactly one of two keys; both parts of a payment or none.
  "POST /api/payments/webhook": ["/idempotency_key"],
  "POST /api/orders/{id}/payment-attempts": ["/provider", "/payment_id"],
  // Bodies that the description does not specify, and a number in the path.
  "POST /api/payments/webhooks/{provider}": [""],
  "POST /api/holds/{productId}/{quantity}": ["/quantity"],
}

/** The deviations of a response from the description, a line each. */
function complaints({ operation }: Draft, sent: Sent, answer: TestAnswer): string[] {
  const fits = sent.isJson && operation.takes(sent.json)
  // A payment message is never lost: one that does not match is parked, and the response lists the errors.
  const isParked = answer.status < 300 && Array.isArray(answer.body?.errors)
  const isInvalid = answer.status === 422 && answer.body.code === "invalid_request"
  return [
    ...operation.complaints(answer),
    ...(operation.isStream && answer.status === 200 ? wrongEvents(answer) : []),
    // The database is available and has no other clients, so nothing justifies a 503.
    ...(answer.status >= 500 ? ["a server error"] : []),
    ...(answer.status < 300 && !fits && !isParked && operation.body !== null
      ? ["a body was accepted that the description does not allow"]
      : []),
    ...(isInvalid && fits ? unfoundedErrors(operation, sent, answer) : []),
  ]
}

/** The deviations of a stream's events, each of which must match the response to a read of the product. */
function wrongEvents({ body }: TestAnswer): string[] {
  const product = operations.find(({ name }) => name === "GET /api/products/{id}")
  if (product === undefined) throw new Error("products are not described")
  const headers = { "content-type": "application/json" }
  const events = eventsIn(String(body))
  return [
    ...(events.length === 0 ? ["a stream without a product"] : []),
    ...events.flatMap((text) => product.complaints({ status: 200, headers, body: JSON.parse(text) })),
  ]
}

/** Errors about a body that matches the schema, or about parameters and headers that were not sent. */
function unfoundedErrors(
  { name, body, requiredQuery }: Operation,
  { path, request, json }: Sent,
  answer: TestAnswer,
): string[] {
  const query = new URLSearchParams(path.slice((path + "?").indexOf("?") + 1))
  const isFounded = (pointer: string) =>
    fieldsWithFurtherRules[name]?.some((field) => matches(field, pointer)) === true ||
    // The description says nothing about a body where none is expected; an unexpected one is refused as a whole.
    (pointer === "" && body === null && json !== undefined) ||
    query.has(pointer.slice(1)) ||
    requiredQuery.includes(pointer.slice(1)) ||
    (pointer === "Idempotency-Key" && request.headers?.["idempotency-key"] !== undefined)
  return (answer.body.errors as { pointer: string }[])
    .filter(({ pointer }) => !isFounded(pointer))
    .map(({ pointer }) => `${pointer} matches the description and was refused`)
}

function matches(field: string, pointer: string): boolean {
  return field.endsWith("/*") ? pointer.startsWith(field.slice(0, -1)) : pointer === field
}

async function walk(app: TestApp, drafts: readonly Draft[], memory: Memory): Promise<Set<string>> {
  const reached = new Set<string>()
  for (const draft of drafts) {
    const sent = fillIn(draft, memory)
    const answer = await send(app, draft.operation, sent)
    if (answer.status < 300) memory.learn(draft.operation, answer.body)
    const wrong = complaints(draft, sent, answer)
    if (wrong.length > 0) throw new Error(report(draft, sent, answer, wrong))
    if (answer.status < 300) reached.add(draft.operation.name)
    reached.add(String(answer.body?.code ?? answer.body?.outcome ?? ""))
  }
  return reached
}

function report({ operation }: Draft, sent: Sent, answer: TestAnswer, wrong: readonly string[]): string {
  return [
    `${operation.name}:`,
    ...wrong.map((line) => `  ${line}`),
    `sent:     ${sent.method} ${sent.path} ${JSON.stringify(sent.request).slice(0, 2_000)}`,
    `answered: ${answer.status} ${JSON.stringify(answer.headers)} ${JSON.stringify(answer.body).slice(0, 2_000)}`,
  ].join("\n")
}

/** Runs walks. Throws on the first deviation, with the seed that repeats it. */
async function fuzz(app: TestApp, seed: number): Promise<Set<string>> {
  const shared = new Memory()
  const reached = new Set<string>()
  const together = fc.array(walks(operations), { minLength: AT_ONCE, maxLength: AT_ONCE })
  let shrinksUntil = Infinity
  const property = fc.asyncProperty(together, async (all) => {
    if (performance.now() > shrinksUntil) return
    const walked = all.map((drafts) => walk(app, drafts, new Memory(shared)))
    const failure = (await Promise.allSettled(walked)).find((result) => result.status === "rejected")
    if (failure !== undefined) {
      shrinksUntil = Math.min(shrinksUntil, performance.now() + SHRINKING_MS)
      throw failure.reason
    }
    for (const names of await Promise.all(walked)) for (const name of names) reached.add(name)
  })
  const { failed, errorInstance } = await fc.check(property, {
    seed,
    numRuns: Math.ceil(WALKS / AT_ONCE),
  })
  if (failed) throw new Error(`DOORBUSTER_FUZZ_SEED=${seed}: ${String(errorInstance)}`)
  return reached
}

/**
 * Routes that random walks seldom succeed on: they need a provider's own signature, a provider that opens payments or
 * has reported a dispute, a payment page, a delivery to an endpoint that still exists, or a mail of an order.
 */
const rare = new Set([
  // They need an operator: few walks add one, because a role and scopes exclude each other.
  "PATCH /api/admin/operators/{id}",
  "POST /api/admin/operators/{id}/enable",
  "POST /api/admin/operators/{id}/rotate",
  "POST /api/admin/operators/{id}/disable",
  "POST /api/admin/operators/{id}/sign-out",
  "POST /api/admin/orders/{id}/mails/{mailId}/resend",
  // They need a code that is there, which no walk guesses.
  "POST /api/admin/products/{id}/codes/find",
  "POST /api/admin/products/{id}/codes/revoke",
  "POST /api/payments/webhooks/{provider}",
  "POST /api/orders/{id}/payments",
  "POST /api/orders/{id}/payment-links",
  "POST /api/admin/orders/{id}/disputes/won",
  "POST /api/admin/orders/{id}/disputes/lost",
  "POST /api/admin/webhooks/{id}/deliveries/{webhookId}/replay",
])

/** What each run must reach: a success on every other route, and every end of a purchase. */
const wanted = [
  ...operations.map(({ name }) => name).filter((name) => !rare.has(name)),
  "out_of_stock",
  "variant_required",
  "variant_not_found",
  "hold_already_used",
  "hold_released",
  "order_not_pending",
  "idempotency_key_reused",
  "paid",
  "parked",
  "cancelled",
  "refund_due",
  "ignored_final",
  "invalid_request",
  "malformed_request",
]

describe.each<[string, Partial<Config>, readonly string[]]>([
  // The code for a mailbox is in a mail. The server makes no challenges unless it is told to.
  ["open", {}, ["POST /api/customers", "GET /api/customers/challenge"]],
  // Without a mail server, and outside of open mode, no mail can be sent or read.
  [
    "closed",
    closed,
    [
      "POST /api/orders/find",
      "POST /api/customers",
      "POST /api/customers/codes",
      "GET /api/customers/challenge",
    ],
  ],
])(`requests generated from the description, in %s mode, seed ${SEED}`, (_, config, absent) => {
  test(
    "are answered as described, and the database stays consistent",
    async () => {
      // Orders expire after a second, so that walks meet expired ones and late payments.
      await using app = await startTestApp({ config: { ...config, paymentTtlSeconds: 1 } })

      // Walks without successes would prove nothing. Some routes accept a request in only a few of a hundred walks.
      let missing = wanted.filter((what) => !absent.includes(what))
      for (let tries = 0; missing.length > 0 && tries < TRIES; tries += 1) {
        const reached = await fuzz(app, SEED + tries)
        missing = missing.filter((what) => !reached.has(what))
      }
      expect(missing).toEqual([])
      expect(await differencesIn(app.databaseUrl)).toEqual([])
      expect((await app.get("/readyz")).status).toBe(200)
      expect(app.log.filter(({ level }) => level === "error" || level === "fatal")).toEqual([])
    },
    TIMEOUT_MS,
  )
})
