import fc from "fast-check"
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import type { TestAnswer } from "../support/http.ts"
import { closed } from "../support/shop.ts"
import { codesIn, operationsOf, type Operation } from "./description.ts"
import { walks, type Draft } from "./requests.ts"
import { eventsIn, fillIn, Memory, send, type Sent } from "./session.ts"

/*
 * Whatever is asked, the answer is one that openapi.json and docs/reference/problems.md describe. Requests are made
 * from the description; docs/internals/reliability.md tells how.
 */

/** Walks of about thirty requests in each mode; DOORBUSTER_FUZZ_WALKS asks for more. */
const WALKS = Number(process.env["DOORBUSTER_FUZZ_WALKS"] ?? 120)
/** The same seed makes the same requests; it is in the name of the test. */
const SEED = Number(process.env["DOORBUSTER_FUZZ_SEED"] ?? Date.now() % 2 ** 31)
/** Walks that go on at the same time. */
const AT_ONCE = 2
/** A failing walk is made shorter for so long at most. */
const SHRINKING_MS = 15_000
const TIMEOUT_MS = 120_000 + WALKS * 1_000
/** How often as many walks begin anew, from the next seed, until every route has taken a request. */
const TRIES = 4

const root = new URL("../../", import.meta.url)
const operations = operationsOf(
  JSON.parse(readFileSync(new URL("openapi.json", root), "utf8")),
  codesIn(readFileSync(new URL("docs/reference/problems.md", root), "utf8")),
)

/** What a schema cannot say: fields whose values may be refused although they fit. */
const saidInWords: Readonly<Record<string, readonly string[]>> = {
  "POST /api/admin/products": ["/currency", "/opens_at", "/closes_at"],
  "PATCH /api/admin/products/{id}": ["/currency", "/opens_at", "/closes_at"],
  "POST /api/admin/orders/{id}/refunds": ["/amount_minor"],
  "POST /api/admin/webhooks": ["/url"],
  "PATCH /api/admin/webhooks/{id}": ["/url"],
  "POST /api/admin/webhooks/{id}/replay": ["/since"],
  // One of two keys, not both; both parts of a payment, or none.
  "POST /api/payments/webhook": ["/idempotency_key"],
  "POST /api/orders/{id}/payment-attempts": ["/provider", "/payment_id"],
  // Bodies of which the description says nothing, and a number in the path.
  "POST /api/payments/webhooks/{provider}": [""],
  "POST /api/holds/{productId}/{quantity}": ["/quantity"],
}

/** What is wrong with an answer, a line each. */
function complaints({ operation }: Draft, sent: Sent, answer: TestAnswer): string[] {
  const fits = sent.isJson && operation.takes(sent.json)
  // A payment's message is never lost: one that does not fit is kept, and the answer says what is wrong with it.
  const isParked = answer.status < 300 && Array.isArray(answer.body?.errors)
  const isInvalid = answer.status === 422 && answer.body.code === "invalid_request"
  return [
    ...operation.complaints(answer),
    ...(operation.isStream && answer.status === 200 ? wrongEvents(answer) : []),
    // The database is there and nobody is in the way, so there is no honest reason for a 503.
    ...(answer.status >= 500 ? ["this is a fault of ours"] : []),
    ...(answer.status < 300 && !fits && !isParked && operation.body !== null
      ? ["a body was taken that the description does not allow"]
      : []),
    ...(isInvalid && fits ? unfoundedErrors(operation, sent, answer) : []),
  ]
}

/** What is wrong with the events of a stream, of which each is to be as the product's own answer. */
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

/** Errors about a body that fits, or about parameters and headers that were not sent. */
function unfoundedErrors(
  { name, body, requiredQuery }: Operation,
  { path, request, json }: Sent,
  answer: TestAnswer,
): string[] {
  const query = new URLSearchParams(path.slice((path + "?").indexOf("?") + 1))
  const isFounded = (pointer: string) =>
    saidInWords[name]?.includes(pointer) === true ||
    // Nothing is said of a body where none is asked for; one with too many fields is refused as a whole.
    (pointer === "" && body === null && json !== undefined) ||
    query.has(pointer.slice(1)) ||
    requiredQuery.includes(pointer.slice(1)) ||
    (pointer === "Idempotency-Key" && request.headers?.["idempotency-key"] !== undefined)
  return (answer.body.errors as { pointer: string }[])
    .filter(({ pointer }) => !isFounded(pointer))
    .map(({ pointer }) => `${pointer} fits the description, and was refused`)
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

/** Walks until something is wrong, and says how to do it again. */
async function fuzz(app: TestApp, seed: number): Promise<Set<string>> {
  const elders = new Memory()
  const reached = new Set<string>()
  const together = fc.array(walks(operations), { minLength: AT_ONCE, maxLength: AT_ONCE })
  let shrinksUntil = Infinity
  const property = fc.asyncProperty(together, async (all) => {
    if (performance.now() > shrinksUntil) return
    const walked = all.map((drafts) => walk(app, drafts, new Memory(elders)))
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
 * Taken only with a provider's own signature, where a provider opens payments or has told of a dispute, or
 * after a delivery to an endpoint that is still there.
 */
const rare = new Set([
  "POST /api/payments/webhooks/{provider}",
  "POST /api/orders/{id}/payments",
  "POST /api/admin/orders/{id}/disputes/won",
  "POST /api/admin/orders/{id}/disputes/lost",
  "POST /api/admin/webhooks/{id}/deliveries/{webhookId}/replay",
])

/** What each run reaches: every route has taken a request, and purchases have come to their ends. */
const wanted = [
  ...operations.map(({ name }) => name).filter((name) => !rare.has(name)),
  "out_of_stock",
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

describe.each([
  ["open", {}],
  ["closed", closed],
])(`requests out of the description, in %s mode, seed ${SEED}`, (_, config) => {
  test(
    "are answered as described, and the database is intact",
    async () => {
      // Orders end after a second, so that walks meet ended ones and money that comes late.
      await using app = await startTestApp({ config: { ...config, paymentTtlSeconds: 1 } })

      // Walks that got nowhere would prove nothing. Some routes take a request in a few walks of a hundred only.
      let missing = wanted
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
