import { once } from "node:events"
import { request as httpRequest, type IncomingMessage } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { readConfig } from "../../src/config/read-config.ts"
import { startTestApp } from "../support/app.ts"
import { startCollector, type Collector, type ReceivedSpan } from "../support/collector.ts"
import { createTestDatabase } from "../support/database.ts"
import { startFakeStripe, stripeSettings } from "../support/fake-stripe.ts"
import { startReceiver } from "../support/receiver.ts"
import { startServerProcess } from "../support/server-process.ts"
import { hold, offer, order } from "../support/shop.ts"

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
const CALLER = "00f067aa0ba902b7"
const from = { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } }
const settings = ({ url }: Collector) => ({
  url: `${url}/v1/traces`,
  headers: { "x-key": "a b" },
  serviceName: "shop",
  ratio: 1,
})

/** The span of this name, once the collector has it. */
async function spanOf(
  { spans }: Collector,
  name: string,
  fits: (span: ReceivedSpan) => boolean = () => true,
): Promise<ReceivedSpan> {
  const found = () => spans.find((span) => span.name === name && fits(span))
  await expect.poll(found, { timeout: 15_000 }).toBeDefined()
  return found() as ReceivedSpan
}

const idsOf = ({ traceId, spanId }: { traceId: string; spanId: string }) => ({ traceId, spanId })

test("a trace leads from the browser's traceparent to the batch that carried the hold, and back", async () => {
  await using collector = await startCollector()
  await using app = await startTestApp({ config: { tracing: settings(collector) } })
  const answer = await app.post("/api/holds", { product_id: 1, qty: 1 }, from)
  expect(answer.status).toBe(201)

  const request = await spanOf(collector, "POST /api/holds")
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER })
  expect(request.attributes).toMatchObject({
    "http.request.method": "POST",
    "http.route": "/api/holds",
    "http.response.status_code": 201,
    "doorbuster.request_id": answer.headers["x-request-id"],
  })
  const batch = await spanOf(collector, "batch", ({ links }) => links.length > 0)
  expect(batch.links.map(idsOf)).toEqual([idsOf(request)])
  expect(request.links.map(idsOf)).toEqual([idsOf(batch)])
  expect(batch.traceId).not.toBe(TRACE)
  expect(collector.headers()["x-key"]).toBe("a b")
  // The line is written by the transaction, which may have carried many holds.
  expect(app.log.find((line) => line["metric"] === "hold.created")).toMatchObject({
    trace_id: batch.traceId,
    span_id: batch.spanId,
  })
})

test("holds of one batch share its span, and each links to it", async () => {
  await using collector = await startCollector()
  await using app = await startTestApp({ config: { tracing: settings(collector) } })
  await Promise.all(Array.from({ length: 20 }, () => app.post("/api/holds", { product_id: 1, qty: 1 })))
  const requests = () => collector.spans.filter(({ name }) => name === "POST /api/holds")
  await expect.poll(() => requests().length, { timeout: 15_000 }).toBe(20)
  const batches = collector.spans.filter(({ name }) => name === "batch")

  expect(batches.length).toBeLessThan(20)
  for (const request of requests()) {
    const [link, ...others] = request.links
    const carrier = batches.find(({ spanId }) => spanId === link?.spanId)
    expect(others).toEqual([])
    expect(carrier?.links.map(({ spanId }) => spanId)).toContain(request.spanId)
  }
})

test("a hold whose body arrives after its head links to its batch too", async () => {
  await using collector = await startCollector()
  await using app = await startTestApp({ config: { tracing: settings(collector) } })
  const body = JSON.stringify({ product_id: 1, qty: 1 })
  const headers = { "content-type": "application/json", "content-length": body.length, connection: "close" }
  const asked = httpRequest(`${app.url}/api/holds`, { method: "POST", headers })
  asked.flushHeaders()
  await sleep(200)
  asked.end(body)
  const [answer] = (await once(asked, "response")) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(201)

  const span = await spanOf(collector, "POST /api/holds")
  expect(span.links).toHaveLength(1)
})

test("Stripe and the receivers of outgoing events get a traceparent", async () => {
  await using collector = await startCollector()
  await using fake = await startFakeStripe()
  await using receiver = await startReceiver()
  await using app = await startTestApp({
    config: { tracing: settings(collector), stripe: stripeSettings(fake.url), webhookAllowPrivate: true },
    worker: true,
  })
  await app.post("/api/admin/webhooks", { url: receiver.url })
  const product = await offer(app)
  const { order_id } = await order(app, (await hold(app, product.id)).hold_id)
  expect((await app.post(`/api/orders/${order_id}/payments`, undefined, from)).status).toBe(201)

  const call = await spanOf(collector, "Stripe POST")
  const request = await spanOf(collector, "POST /api/orders/:id/payments")
  expect(call).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId })
  expect(fake.calls[0]?.headers["traceparent"]).toBe(`00-${TRACE}-${call.spanId}-01`)
  const [first] = await receiver.has(1)
  const sent = await spanOf(collector, "outgoing event", ({ attributes }) => {
    return attributes["doorbuster.event_id"] === first?.id
  })
  expect(first?.headers["traceparent"]).toBe(`00-${sent.traceId}-${sent.spanId}-01`)
})

test("a traceparent that is none is not believed", async () => {
  await using collector = await startCollector()
  await using app = await startTestApp({ config: { tracing: settings(collector) } })
  const zeros = [`00-${"0".repeat(32)}-${CALLER}-01`, `00-${TRACE}-${"0".repeat(16)}-01`]
  for (const traceparent of ["nonsense", ...zeros, `ff-${TRACE}-${CALLER}-01`]) {
    expect((await app.get("/api/products/1", { headers: { traceparent } })).status).toBe(200)
  }
  const spans = () => collector.spans.filter(({ name }) => name === "GET /api/products/:id")
  await expect.poll(() => spans().length, { timeout: 15_000 }).toBe(4)

  expect(new Set(spans().map(({ traceId }) => traceId)).size).toBe(4)
  expect(spans().filter((span) => span.traceId === TRACE || (span.parentSpanId ?? "") !== "")).toEqual([])
})

test("the settings have OpenTelemetry's names", () => {
  const read = (environment: Record<string, string>) =>
    readConfig({ directory: "/nonexistent", environment }).tracing
  const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318/"

  expect(read({})).toBeNull()
  expect(read({ OTEL_SERVICE_NAME: "shop" })).toBeNull()
  expect(
    read({
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b, y=1",
      OTEL_TRACES_SAMPLER_ARG: "0.1",
    }),
  ).toEqual({
    url: "http://collector:4318/v1/traces",
    headers: { "x-key": "a b", y: "1" },
    serviceName: "doorbuster",
    ratio: 0.1,
  })
  expect(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: "=hush" })).toThrow(
    /^(?!.*hush).*OTEL_EXPORTER_OTLP_HEADERS/,
  )
})

// Prints each file of OpenTelemetry that the process loads, but for its interfaces, which the library of metrics loads always.
const SPY = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module"
  registerHooks({ load(url, context, next) {
    if (/@opentelemetry\\/(?!api\\/)/.test(url)) process.stderr.write("loaded " + url + "\\n")
    return next(url, context)
  } })`)}`

test("nothing of OpenTelemetry is loaded without a collector", async () => {
  await using database = await createTestDatabase()
  await using collector = await startCollector()
  const common = { DATABASE_URL: database.url, NODE_OPTIONS: `--import=${SPY}` }
  await using off = await startServerProcess({ ...common, OTEL_SERVICE_NAME: "shop" })
  await off.post("/api/holds", { product_id: 1, qty: 1 })
  await using on = await startServerProcess({ ...common, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  await on.post("/api/holds", { product_id: 1, qty: 1 })

  expect(on.output()).toMatch(/loaded .*sdk-trace/)
  expect(off.output()).not.toContain("loaded ")
  // What was recorded last is sent at the stop.
  expect(await on.end("SIGTERM")).toBe(0)
  expect(collector.spans.map(({ name }) => name)).toContain("POST /api/holds")
}, 60_000)
