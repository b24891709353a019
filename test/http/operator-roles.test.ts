import Fastify from "fastify"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { admitAdminsOnly } from "../../src/http/access/admin-area.ts"
import type { Audit } from "../../src/http/access/audit.ts"
import { createGatekeeper } from "../../src/http/access/auth.ts"
import { createOwnerTokens } from "../../src/http/access/owner-token.ts"
import type { App } from "../../src/http/transport/typed-app.ts"
import type { Role } from "../../client/src/admin.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import type { TestAnswer } from "../support/http.ts"
import { addOperator, disableOperator } from "../support/operators.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, hold, startClosedApp } from "../support/shop.ts"

const ladder = ["viewer", "support", "manager", "owner"] as const

/** What each role may use that the one before may not, by hand. */
const routes: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    "GET /api/admin/actions",
    "GET /api/admin/orders/{id}/disputes",
    "GET /api/admin/orders/{id}/refunds",
    "GET /api/admin/payments",
    "GET /api/admin/products",
    "GET /api/admin/products/{id}",
    "GET /api/admin/products/{id}/codes",
    "GET /api/admin/products/{id}/content",
    "GET /api/admin/live",
    "GET /api/admin/shop",
  ],
  support: [
    "GET /api/admin/holds",
    "GET /api/admin/money",
    "GET /api/admin/orders",
    "GET /api/admin/orders/{id}",
    "GET /api/admin/orders.csv",
    "GET /api/admin/payment-events",
    "POST /api/admin/holds/{id}/release",
    "POST /api/admin/money/assign",
    "POST /api/admin/money/returned",
    "POST /api/admin/orders/search",
    "POST /api/admin/products/{id}/codes/find",
    "POST /api/admin/orders/{id}/cancel",
    "POST /api/admin/orders/{id}/disputes/lost",
    "POST /api/admin/orders/{id}/disputes/won",
    "POST /api/admin/orders/{id}/mails/{mailId}/resend",
    "POST /api/admin/orders/{id}/refunds",
    "POST /api/admin/refunds/{id}/confirm",
    "POST /api/admin/refunds/{id}/retry",
    "PUT /api/admin/orders/{id}/details",
  ],
  manager: [
    "PATCH /api/admin/products/{id}",
    "PATCH /api/admin/products/{id}/content",
    "PATCH /api/admin/products/{id}/variants/{variantId}",
    "POST /api/admin/products",
    "POST /api/admin/products/{id}/codes",
    "POST /api/admin/products/{id}/codes/revoke",
    "POST /api/admin/products/{id}/pause",
    "POST /api/admin/products/{id}/resume",
    "POST /api/admin/products/{id}/stock",
    "POST /api/admin/products/{id}/variants",
    "POST /api/admin/products/{id}/variants/{variantId}/stock",
  ],
  owner: [
    "DELETE /api/admin/webhooks/{id}",
    "GET /api/admin/operators",
    "GET /api/admin/webhooks",
    "GET /api/admin/webhooks/{id}",
    "GET /api/admin/webhooks/{id}/deliveries",
    "PATCH /api/admin/operators/{id}",
    "PATCH /api/admin/shop",
    "PATCH /api/admin/webhooks/{id}",
    "POST /api/admin/erase",
    "POST /api/admin/operators",
    "POST /api/admin/operators/{id}/disable",
    "POST /api/admin/operators/{id}/enable",
    "POST /api/admin/operators/{id}/rotate",
    "POST /api/admin/operators/{id}/sign-out",
    "POST /api/admin/webhooks",
    "POST /api/admin/webhooks/{id}/deliveries/{webhookId}/replay",
    "POST /api/admin/webhooks/{id}/replay",
    "POST /api/admin/webhooks/{id}/rotate",
    "POST /api/admin/webhooks/{id}/test",
  ],
}

const roleOfRoute = new Map(ladder.flatMap((role) => routes[role].map((route) => [route, role] as const)))

interface Operation {
  readonly description?: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly "x-role"?: string
}

let app: TestApp
let described: Map<string, Operation>
const tokens: Record<string, string> = {}
beforeAll(async () => {
  app = await startClosedApp()
  for (const role of ladder)
    tokens[role] = (await addOperator(app, { name: role === "owner" ? "Olga" : role, role })).token
  tokens["admin token"] = ADMIN_TOKEN
  const scopes = ["holds:write", "orders:write"] as const
  tokens["scopes"] = (await addOperator(app, { name: "shop server", kind: "key", scopes })).token
  const gone = await addOperator(app, { name: "Gone", role: "owner" })
  await disableOperator(app, gone.operator_id)
  tokens["disabled"] = gone.token
  tokens["unknown"] = `dbo1_${"x".repeat(43)}`
  tokens["hold"] = (await hold(app, 1)).token

  const { paths } = (await app.get("/openapi.json")).body as {
    paths: Record<string, Record<string, Operation>>
  }
  described = new Map(
    Object.entries(paths)
      .filter(([path]) => path.startsWith("/api/admin/"))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const),
      ),
  )
})
afterAll(() => app[Symbol.asyncDispose]())

/** Sends a request that changes nothing: there is nothing with these ids, and the body is missing. */
function ask(route: string, token: string | undefined): Promise<TestAnswer> {
  const [method = "", path = ""] = route.split(" ")
  const named = path.replace(/\{(\w+)\}/g, "999999")
  return app.send(method, named, token === undefined ? {} : { token })
}

test("the table names every admin route of the description, and no other", () => {
  expect([...described.keys()].sort()).toEqual([...roleOfRoute.keys()].sort())
})

test("the description says the role of each route in `security`, in `x-role` and in words", () => {
  for (const [route, operation] of described) {
    const role = roleOfRoute.get(route)
    expect([route, operation["x-role"], operation.security]).toEqual([route, role, [{ adminToken: [role] }]])
    expect(operation.description).toMatch(new RegExp(`Needs the role \`${role}\`\\.$`))
  }
})

describe.each([...ladder, "admin token"] as const)("with the role of %s", (caller) => {
  test.each([...roleOfRoute])("%s (%s)", async (route, needed) => {
    const role = caller === "admin token" ? "owner" : caller
    const answer = await ask(route, tokens[caller])

    const isAllowed = ladder.indexOf(role) >= ladder.indexOf(needed)
    const isRefused = answer.status === 401 || answer.status === 403
    expect([isRefused, answer.body.role]).toEqual(isAllowed ? [false, undefined] : [true, needed])
    expect(answer.body.code === "role_required").toBe(!isAllowed)
    expect(answer.status).toBeLessThan(500)
  })
})

test.each([...roleOfRoute])("%s (%s) refuses callers without a role", async (route, needed) => {
  expect(await ask(route, undefined)).toBeProblem(401, "unauthorized")
  expect(await ask(route, tokens["unknown"])).toBeProblem(401, "unauthorized")
  expect(await ask(route, tokens["disabled"])).toBeProblem(401, "unauthorized")
  expect(await ask(route, tokens["hold"])).toBeProblem(403, "forbidden")
  expect(await ask(route, tokens["scopes"])).toBeProblem(403, "role_required", { role: needed })
})

test("a HEAD request needs the role of its GET", async () => {
  const head = (path: string, role: string) => app.send("HEAD", path, { token: tokens[role] ?? "" })

  expect((await head("/api/admin/orders", "viewer")).status).toBe(403)
  expect((await head("/api/admin/orders", "support")).status).toBe(200)
})

test("in open mode everybody is the owner", async () => {
  await using open = await startTestApp()

  for (const path of ["/api/admin/operators", "/api/admin/webhooks"])
    expect((await open.get(path)).status).toBe(200)
})

test("an admin route that names no role stops the start", async () => {
  const gatekeeper = createGatekeeper(null, createOwnerTokens("secret"))
  const area = Fastify() as unknown as App
  admitAdminsOnly(area, { gatekeeper, audit: {} as Audit })

  expect(() => area.get("/api/admin/new", { schema: { summary: "x" } }, async () => ({}))).toThrow(
    "the admin route GET /api/admin/new names no role",
  )
})
