import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { readFile } from "node:fs/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { hold, order, pendingOrder } from "../support/shop.ts"

/** The parts of the description that these tests use. */
interface Description {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
}

interface Operation {
  readonly summary?: string
  readonly responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  readonly type?: string | string[]
  readonly properties?: Record<string, Schema>
  readonly required?: string[]
  readonly enum?: unknown[]
}

let app: TestApp
let description: Description
beforeAll(async () => {
  app = await startTestApp()
  description = (await app.get("/openapi.json")).body
})
afterAll(() => app[Symbol.asyncDispose]())

test("is made once, even for a packet of a thousand requests whose sender does not read", async () => {
  const { hostname, port } = new URL(app.url)
  const socket = connect(Number(port), hostname)
  await once(socket, "connect")
  socket.pause()
  const before = process.memoryUsage().rss
  // A thousand answers of more than a hundred kilobytes each.
  socket.write(`GET /openapi.json HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(1_000))
  await sleep(1_000)
  const grown = (process.memoryUsage().rss - before) / 2 ** 20
  socket.destroy()

  expect(grown).toBeLessThan(60)
})

test("openapi.json in the repository equals the served description; otherwise run `npm run openapi`", async () => {
  const committed = JSON.parse(await readFile(new URL("../../openapi.json", import.meta.url), "utf8"))

  expect(description, "openapi.json is old: run `npm run openapi` and commit it").toEqual(committed)
})

test("is OpenAPI 3.1", () => {
  expect(description.openapi).toMatch(/^3\.1\./)
})

test.each([
  ["get", "/api/products", 200],
  ["get", "/api/products/{id}", 200],
  ["get", "/api/stream", 200],
  ["get", "/api/addresses", 200],
  ["get", "/api/addresses/{country}", 200],
  ["post", "/api/holds", 201],
  ["post", "/api/holds/{productId}/{quantity}", 201],
  ["get", "/api/holds/{id}", 200],
  ["delete", "/api/holds/{id}", 200],
  ["post", "/api/orders", 201],
  ["post", "/api/orders/{holdId}/{productId}", 201],
  ["get", "/api/orders/{id}", 200],
  ["post", "/api/orders/{id}/cancel", 200],
  ["post", "/api/payments/webhook", 200],
  ["get", "/api/admin/products", 200],
  ["get", "/api/admin/products/{id}", 200],
  ["post", "/api/admin/products", 201],
  ["patch", "/api/admin/products/{id}", 200],
  ["post", "/api/admin/products/{id}/stock", 200],
  ["post", "/api/admin/products/{id}/pause", 200],
  ["post", "/api/admin/products/{id}/resume", 200],
  ["post", "/api/admin/orders/{id}/cancel", 200],
  ["post", "/api/admin/holds/{id}/release", 200],
  ["post", "/api/admin/webhooks", 201],
  ["get", "/api/admin/webhooks", 200],
  ["get", "/api/admin/webhooks/{id}", 200],
  ["patch", "/api/admin/webhooks/{id}", 200],
  ["delete", "/api/admin/webhooks/{id}", 200],
  ["post", "/api/admin/webhooks/{id}/rotate", 200],
  ["get", "/api/admin/webhooks/{id}/deliveries", 200],
  ["post", "/api/admin/webhooks/{id}/deliveries/{webhookId}/replay", 200],
  ["post", "/api/admin/webhooks/{id}/replay", 200],
  ["get", "/health", 200],
  ["get", "/livez", 200],
  ["get", "/readyz", 200],
  ["get", "/metrics", 200],
])("describes %s %s with its answer", (method, path, status) => {
  const operation = description.paths[path]?.[method]

  expect(operation?.summary).toMatch(/\S/)
  expect(operation?.responses[String(status)]).toBeDefined()
})

test("describes refusals as problem documents", () => {
  const api = Object.entries(description.paths).filter(([path]) => path.startsWith("/api/"))
  const operations = api.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  )
  const bare = operations.filter(({ operation }) => {
    const types = Object.keys(operation.responses["4XX"]?.content ?? {})
    return types.join() !== "application/problem+json"
  })

  expect(operations.length).toBeGreaterThanOrEqual(16)
  expect(bare.map(({ name }) => name)).toEqual([])
})

/** Lists the members of an answer that its schema does not have, that are missing, or that have another type. */
function differences(value: unknown, schema: Schema | undefined, at = ""): string[] {
  if (schema === undefined) return [`${at} is not described`]
  const types = [schema.type ?? []].flat()
  const isFit =
    types.length === 0 ||
    types.includes(typeOf(value)) ||
    (types.includes("number") && typeof value === "number")
  if (!isFit) return [`${at} is ${typeOf(value)}, not ${types.join(" or ")}`]
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at} holds ${String(value)}`]
  if (typeof value !== "object" || value === null || schema.properties === undefined) return []

  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${at}/${name} is missing`)
  const members = Object.entries(value).flatMap(([name, member]) =>
    differences(member, schema.properties?.[name], `${at}/${name}`),
  )
  return missing.concat(members)
}

function typeOf(value: unknown): string {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return Number.isInteger(value) ? "integer" : typeof value
}

function schemaOf(method: string, path: string, status: number): Schema | undefined {
  return description.paths[path]?.[method]?.responses[String(status)]?.content?.["application/json"]?.schema
}

describe("answers match the description", () => {
  test.each([
    ["get", "/api/products", () => app.get("/api/products")],
    ["get", "/api/products/{id}", () => app.get("/api/products/1")],
    ["post", "/api/holds", () => app.post("/api/holds", { product_id: 1, qty: 1, customer_id: "ann" })],
    ["post", "/api/holds/{productId}/{quantity}", () => app.post("/api/holds/1/1")],
    ["get", "/api/holds/{id}", async () => app.get(`/api/holds/${(await hold(app, 1)).hold_id}`)],
    ["post", "/api/orders", async () => app.post("/api/orders", { hold_id: (await hold(app, 1)).hold_id })],
    [
      "post",
      "/api/orders/{holdId}/{productId}",
      async () => app.post(`/api/orders/${(await hold(app, 1)).hold_id}/1`),
    ],
    [
      "post",
      "/api/orders/{id}/cancel",
      async () => app.post(`/api/orders/${(await order(app, (await hold(app, 1)).hold_id)).order_id}/cancel`),
    ],
    [
      "post",
      "/api/payments/webhook",
      async () => {
        const { order_id } = await pendingOrder(app)
        return app.post("/api/payments/webhook", {
          idempotency_key: "described",
          order_id,
          status: "success",
        })
      },
    ],
    ["post", "/api/admin/products/{id}/resume", () => app.post("/api/admin/products/1/resume")],
    ["post", "/api/admin/webhooks", () => app.post("/api/admin/webhooks", { url: "https://hook.invalid" })],
    ["get", "/api/admin/webhooks", () => app.get("/api/admin/webhooks")],
    ["get", "/api/addresses", () => app.get("/api/addresses")],
    ["get", "/api/addresses/{country}", () => app.get("/api/addresses/CN")],
    ["get", "/health", () => app.get("/health")],
  ])("%s %s", async (method, path, ask) => {
    const { status, body } = await ask()

    expect(differences(body, schemaOf(method, path, status))).toEqual([])
  })

  test("the comparison finds missing, unknown and mistyped members", () => {
    const schema = { type: "object", required: ["a"], properties: { a: { type: "integer" } } }

    expect(differences({ a: 1 }, schema)).toEqual([])
    expect(differences({ a: "1" }, schema)).toEqual(["/a is string, not integer"])
    expect(differences({ b: 1 }, schema)).toEqual(["/a is missing", "/b is not described"])
  })
})
