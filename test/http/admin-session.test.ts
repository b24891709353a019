import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createAdminSessions, SESSION_SECONDS, sessionsIn } from "../../src/http/access/admin-session.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import type { TestAnswer, TestClient } from "../support/http.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, order, productNow, startClosedApp } from "../support/shop.ts"

const PAUSE = "/api/admin/products/1/pause"
const ownPage = { "sec-fetch-site": "same-origin" }

function signIn(app: TestClient, token: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return app.post("/admin/session", { token }, { headers })
}

/** Signs in and returns the `Cookie` header of the session. */
async function signedIn(app: TestClient): Promise<{ cookie: string }> {
  const answer = await signIn(app, ADMIN_TOKEN)
  expect(answer.status).toBe(200)
  return { cookie: String(answer.headers["set-cookie"]).split(";")[0] ?? "" }
}

describe("a session", () => {
  const START = Date.UTC(2026, 10, 27, 12)
  let now = START
  const sessions = createAdminSessions("the installation's secret", "token", () => now)

  test("lasts exactly twelve hours", () => {
    now = START
    const { value, endsAt } = sessions.begin()

    expect(endsAt.getTime() - START).toBe(12 * 60 * 60 * 1_000)
    now = START + SESSION_SECONDS * 1_000 - 1
    expect(sessions.isOpen(value)).toBe(true)
    now = START + SESSION_SECONDS * 1_000
    expect(sessions.isOpen(value)).toBe(false)
    now = START
  })

  test("cannot be extended or forged, and is invalid under another admin token or secret", () => {
    const { value } = sessions.begin()
    const [kind, end, signature = ""] = value.split(".")
    const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`
    const forged = [
      `${kind}.${Number(end) + 1}.${signature}`,
      `${kind}.${end}.${flipped}`,
      "",
      "token",
      `${value}x`,
    ]

    expect(forged.filter((made) => sessions.isOpen(made))).toEqual([])
    expect(createAdminSessions("the installation's secret", "changed", () => now).isOpen(value)).toBe(false)
    expect(createAdminSessions("another secret", "token", () => now).isOpen(value)).toBe(false)
    expect(createAdminSessions("the installation's secret", "token", () => now).isOpen(value)).toBe(true)
  })

  test("is found among other cookies, including one of the same name", () => {
    expect(sessionsIn("a=1; doorbuster_admin=x; doorbuster_admin=y;b")).toEqual(["x", "y"])
    expect(sessionsIn("doorbuster_admin; xdoorbuster_admin=z")).toEqual([])
    expect(sessionsIn(undefined)).toEqual([])
  })
})

describe("signing in", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startClosedApp()
  })
  afterAll(() => app[Symbol.asyncDispose]())

  test("with the admin token sets an HttpOnly, SameSite=Strict cookie", async () => {
    const answer = await signIn(app, ADMIN_TOKEN)

    const [cookie = ""] = answer.headers["set-cookie"] ?? []
    const [pair = "", ...attributes] = cookie.split("; ")
    expect(attributes).toEqual(["Max-Age=43200", "Path=/", "HttpOnly", "SameSite=Strict"])
    expect(pair).toMatch(/^doorbuster_admin=dbs1\.\d+\.[\w-]{43}$/)
    expect(answer.headers["cache-control"]).toBe("no-store")
    expect(JSON.stringify([answer.headers, answer.body])).not.toContain(ADMIN_TOKEN)
  })

  test("with the form redirects to the requested page, never to another site", async () => {
    for (const [to, location] of [
      ["/admin/p/7", "/admin/p/7"],
      ["https://evil.example/admin", "/admin"],
      ["//evil.example", "/admin"],
      ["/admin/..//evil.example", "/admin"],
      ["/admin//evil.example", "/admin"],
      ["/administer", "/admin"],
    ]) {
      const raw = new URLSearchParams({ token: ADMIN_TOKEN, to: to ?? "" }).toString()
      const headers = { "content-type": "application/x-www-form-urlencoded", ...ownPage }
      const answer = await app.post("/admin/session", undefined, { raw, headers })
      expect([answer.status, answer.headers["location"]]).toEqual([303, location])
    }
  })

  test("sets a Secure cookie if a trusted proxy reports HTTPS", async () => {
    await using proxied = await startClosedApp({ config: { trustProxy: "127.0.0.1" } })
    const byHttps = { "x-forwarded-proto": "https" }

    expect(String((await signIn(proxied, ADMIN_TOKEN, byHttps)).headers["set-cookie"])).toMatch(/; Secure$/)
    expect(String((await signIn(proxied, ADMIN_TOKEN)).headers["set-cookie"])).not.toMatch(/Secure/)
    expect(String((await signIn(app, ADMIN_TOKEN, byHttps)).headers["set-cookie"])).not.toMatch(/Secure/)
  })

  test("with a wrong token is refused and logged; after five wrong tokens in a minute every token is refused", async () => {
    await using own = await startClosedApp()
    const statuses: number[] = []
    for (let count = 0; count < 6; count += 1) statuses.push((await signIn(own, "wrong")).status)

    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    const right = await signIn(own, ADMIN_TOKEN)
    expect(right).toBeProblem(429, "rate_limited")
    expect(Number(right.headers["retry-after"])).toBeGreaterThan(0)
    expect(right.headers["set-cookie"]).toBeUndefined()
    const lines = own.log.filter((line) => line["metric"] === "admin.sign_in_refused")
    expect(lines).toHaveLength(5)
    expect(lines[0]).toMatchObject({ level: "warn", address: "127.0.0.1", request_id: expect.any(String) })
  })

  test("allows no more guesses when they are sent at once", async () => {
    await using own = await startClosedApp()
    const guesses = await Promise.all(Array.from({ length: 40 }, (_, n) => signIn(own, `guess ${n}`)))

    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(35)
  })

  test("allows no more guesses from several addresses of one IPv6 network", async () => {
    await using proxied = await startClosedApp({ config: { trustProxy: "127.0.0.1" } })
    const as = (address: string) => ({ "x-forwarded-for": address })
    for (let count = 1; count <= 5; count += 1) await signIn(proxied, "wrong", as(`2001:db8:1:2::${count}`))

    expect((await signIn(proxied, "wrong", as("2001:db8:1:2:ffff::1"))).status).toBe(429)
    expect((await signIn(proxied, ADMIN_TOKEN, as("2001:db8:1:3::1"))).status).toBe(200)
  })

  test("from a page of another origin is refused", async () => {
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ] as Record<string, string>[]) {
      expect(await signIn(app, ADMIN_TOKEN, headers)).toBeProblem(403, "forbidden")
      expect(await app.send("DELETE", "/admin/session", { headers })).toBeProblem(403, "forbidden")
    }
  })

  test("accepts form encoding on this route only", async () => {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      ...(await signedIn(app)),
      ...ownPage,
    }

    const answer = await app.post("/api/admin/products", undefined, { raw: "name=x", headers })

    expect(answer).toBeProblem(415, "unsupported_media_type")
  })
})

describe("an operator with a session", () => {
  let app: TestApp
  let headers: { cookie: string }
  beforeAll(async () => {
    app = await startClosedApp()
    headers = await signedIn(app)
  })
  afterAll(() => app[Symbol.asyncDispose]())

  test.each([
    ["from the control room's page", ownPage, 200],
    ["with the server's own Origin", { origin: "own" }, 200],
    ["from a page of another site", { "sec-fetch-site": "cross-site" }, 403],
    ["from a page of the same site", { "sec-fetch-site": "same-site" }, 403],
    ["without headers that show its page", {}, 403],
    ["from another origin", { origin: "https://evil.example" }, 403],
    ["from another port", { origin: "http://127.0.0.1:1" }, 403],
    ["from a sandboxed page", { origin: "null" }, 403],
    [
      "from a page of another site with a forged Origin",
      { "sec-fetch-site": "cross-site", origin: "own" },
      403,
    ],
  ])("changes a product %s: %j %i", async (_, given: Record<string, string>, status) => {
    const origin = given["origin"] === "own" ? { origin: app.url } : {}
    const answer = await app.post(PAUSE, undefined, { headers: { ...headers, ...given, ...origin } })

    expect([answer.status, answer.body.code]).toEqual([status, status === 403 ? "forbidden" : undefined])
    const { sale_state } = await productNow(app, 1)
    expect(sale_state).toBe(status === 200 ? "paused" : "open")
    await app.post("/api/admin/products/1/resume", undefined, { token: ADMIN_TOKEN })
  })

  test("can read without headers that show the page's origin", async () => {
    expect((await app.get("/api/admin/orders", { headers })).status).toBe(200)
    expect(await app.get("/api/admin/orders")).toBeProblem(401, "unauthorized")
  })

  test("is identified by a bearer token instead, if the request has one", async () => {
    const { token } = await hold(app, 1)

    expect(await app.get("/api/admin/orders", { headers, token })).toBeProblem(403, "forbidden")
    expect(await app.get("/api/admin/orders", { headers, token: "wrong" })).toBeProblem(401, "unauthorized")
    const cross = { ...headers, "sec-fetch-site": "cross-site" }
    expect((await app.post(PAUSE, undefined, { headers: cross, token: ADMIN_TOKEN })).status).toBe(200)
    await app.post("/api/admin/products/1/resume", undefined, { token: ADMIN_TOKEN })
  })

  test("cannot make changes through the buyers' routes, which record no admin actions", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    const { hold_id, token } = await hold(app, id)
    const bySession = { headers: { ...headers, ...ownPage } }
    expect((await app.send("DELETE", `/api/holds/${hold_id}`, bySession)).status).toBe(404)
    const { order_id } = await order(app, hold_id, token)
    expect((await app.post(`/api/orders/${order_id}/cancel`, {}, bySession)).status).toBe(404)
    expect((await app.get(`/api/orders/${order_id}`, { headers })).body.status).toBe("pending_payment")
  })

  test("counts as a buyer when a page of another origin sends the request", async () => {
    const { hold_id } = await hold(app, 1)
    const foreign = { ...headers, "sec-fetch-site": "cross-site" }

    expect(await app.send("DELETE", `/api/holds/${hold_id}`, { headers: foreign })).toBeProblem(
      404,
      "hold_not_found",
    )
  })

  test("signs out: the answer removes the cookie", async () => {
    const answer = await app.send("DELETE", "/admin/session", { headers: { ...headers, ...ownPage } })

    expect(answer.status).toBe(204)
    expect(String(answer.headers["set-cookie"])).toMatch(/^doorbuster_admin=; Max-Age=0; Path=\//)
  })

  test("is accepted by every server of the installation until the admin token changes", async () => {
    await using database = await createTestDatabase()
    await using first = await startClosedApp({ databaseUrl: database.url })
    await using second = await startClosedApp({ databaseUrl: database.url })
    await using changed = await startClosedApp({
      databaseUrl: database.url,
      config: { adminToken: "another-token-than-before" },
    })
    const own = { headers: await signedIn(first) }

    expect((await second.get("/api/admin/orders", own)).status).toBe(200)
    expect(await changed.get("/api/admin/orders", own)).toBeProblem(401, "unauthorized")
  })

  test("leaves neither token nor session in the log", async () => {
    const logged = JSON.stringify(app.log)

    expect(logged).toContain("admin.signed_in")
    for (const secret of [ADMIN_TOKEN, headers.cookie.split("=")[1] ?? "?"])
      expect(logged).not.toContain(secret)
  })
})

describe("the pages of the control room", () => {
  test("are never cached, and show only the sign-in form without a session", async () => {
    await using app = await startClosedApp()
    const visitor = await app.get("/admin/p/1")
    const operator = await app.get("/admin/p/1", { headers: await signedIn(app) })

    for (const { status, headers } of [visitor, operator]) {
      expect(status).toBe(200)
      expect(headers["cache-control"]).toBe("no-store")
      expect(headers["content-security-policy"]).not.toMatch(/unsafe/)
    }
    expect(visitor.body).toContain('name="to" value="/admin/p/1"')
    expect(visitor.body).not.toMatch(/<script|control-room"/)
    expect(operator.body).toContain('id="control-room"')
    expect(operator.body).not.toContain("Flash Sale Product")
  })

  test("a wrong token in the form shows the form again, without the token", async () => {
    await using app = await startClosedApp()
    const raw = new URLSearchParams({ token: "a wrong guess", to: "/admin/money" }).toString()
    const headers = { "content-type": "application/x-www-form-urlencoded" }

    const answer = await app.post("/admin/session", undefined, { raw, headers })

    expect(answer.status).toBe(401)
    expect(answer.body).toContain("Wrong token.")
    expect(answer.body).toContain('value="/admin/money"')
    expect(answer.body).not.toContain("a wrong guess")
  })

  test("in open mode no sign-in is required", async () => {
    await using app = await startTestApp()

    expect((await app.get("/admin")).body).toContain('data-mode="open"')
    const answer = await signIn(app, "anything")
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([200, undefined])
  })
})
