import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Scope } from "../../client/src/admin.ts"
import { sessionsIn } from "../../src/http/access/admin-session.ts"
import { openToolPool } from "../../src/store/pool.ts"
import { createOperators } from "../../src/store/reads/operators.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import type { TestClient } from "../support/http.ts"
import { addOperator, disableOperator } from "../support/operators.ts"
import "../support/problem.ts"
import { openScopedDatabase } from "../support/rows.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"

const OPERATORS = "/api/admin/operators"
const PAUSE = "/api/admin/products/1/pause"
const TOKEN = /^dbo1_[\w-]{43}$/

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp({ config: { trustProxy: "127.0.0.1" } })
})
afterAll(() => app[Symbol.asyncDispose]())

const owner = { token: ADMIN_TOKEN }
let names = 0
/** Adds an owner with a name of its own. */
const newOwner = (at: TestClient = app) => addOperator(at, { name: `owner ${(names += 1)}`, role: "owner" })
const statusWith = async (token: string, at: TestClient = app) =>
  (await at.get("/api/admin/products", { token })).status

describe("adding an operator", () => {
  test("shows its token once; the list and the database do not have it", async () => {
    const ann = await addOperator(app, { name: "Ann", role: "support" })

    expect(ann).toEqual({
      operator_id: expect.any(Number),
      name: "Ann",
      kind: "person",
      role: "support",
      scopes: null,
      sessions: 0,
      created_at: expect.any(String),
      last_used_at: null,
      disabled_at: null,
      token: expect.stringMatching(TOKEN),
    })
    const { token, ...shown } = ann
    const list = await app.get(OPERATORS, owner)
    expect(list.headers["cache-control"]).toBe("no-store")
    expect(list.body.data).toContainEqual(shown)
    expect(JSON.stringify(list.body)).not.toContain(token)
    await using database = openScopedDatabase(app.databaseUrl)
    const { rows } = await database.views.query("select to_jsonb(o)::text as row from operators o")
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(JSON.stringify(app.log)).not.toContain(token)
    const actions = await app.get("/api/admin/actions", owner)
    expect(JSON.stringify(actions.body)).not.toContain(token)
  })

  test.each([
    [{ name: "ann", role: "viewer" }, 409, "operator_name_used"],
    [{ name: "Owner", role: "viewer" }, 422, "invalid_request"],
    [{ name: " Ben", role: "viewer" }, 422, "invalid_request"],
    [{ name: "", role: "viewer" }, 422, "invalid_request"],
    [{ name: "B\u0000n", role: "viewer" }, 422, "invalid_request"],
    [{ name: "B\ud800n", role: "viewer" }, 422, "invalid_request"],
    [{ name: "x".repeat(61), role: "viewer" }, 422, "invalid_request"],
    [{ name: "Ben" }, 422, "invalid_request"],
    [{ name: "Ben", role: "king" }, 422, "invalid_request"],
    [{ name: "Ben", role: ["owner"] }, 422, "invalid_request"],
    [{ name: "Ben", scopes: ["holds:write"] }, 422, "invalid_request"],
    [{ name: "Ben", kind: "key" }, 422, "invalid_request"],
    [{ name: "Ben", kind: "key", scopes: [] }, 422, "invalid_request"],
    [{ name: "Ben", kind: "key", scopes: ["all"] }, 422, "invalid_request"],
    [{ name: "Ben", kind: "key", scopes: ["holds:write"], role: "viewer" }, 422, "invalid_request"],
    [{ name: "Ben", kind: "robot", role: "viewer" }, 422, "invalid_request"],
    [{ name: "Ben", role: "viewer", token: "mine" }, 422, "invalid_request"],
  ])("%j is refused: %i %s", async (body, status, code) => {
    expect(await app.post(OPERATORS, body, owner)).toBeProblem(status, code)
  })

  test("of parallel requests for one name one succeeds", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.post(OPERATORS, { name: "Same", role: "viewer" }, owner)),
    )

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
  })

  test("ends at 200 enabled operators, also when they are added at once", async () => {
    await using full = await startClosedApp()
    await using database = openScopedDatabase(full.databaseUrl)
    await database.views.query(`
      insert into operators (name, kind, role, token_hash, created_at)
      select 'n' || n, 'person', 'viewer', sha256(n::text::bytea), now()
        from generate_series(1, 198) as n`)
    const add = (n: number) => full.post(OPERATORS, { name: `more ${n}`, role: "viewer" }, owner)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => add(n)))

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    const refused = answers.find(({ status }) => status !== 201)
    expect(refused).toBeProblem(409, "too_many_operators", { most_operators: 200 })
  })
})

describe("a token", () => {
  test("ends when the operator is disabled, at once here and within five seconds on another server", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    const { operator_id, token } = await newOwner()
    expect([await statusWith(token), await statusWith(token, other)]).toEqual([200, 200])

    await disableOperator(app, operator_id)

    expect(await statusWith(token)).toBe(401)
    const startedAt = performance.now()
    await expect.poll(() => statusWith(token, other), { timeout: 10_000, interval: 50 }).toBe(401)
    expect(performance.now() - startedAt).toBeLessThan(5_500)
    const again = await app.post(`${OPERATORS}/${operator_id}/disable`, undefined, owner)
    expect(again.body).toMatchObject({ operator_id, disabled_at: expect.any(String) })
    expect(await app.post(`${OPERATORS}/${operator_id}/rotate`, undefined, owner)).toBeProblem(
      409,
      "operator_disabled",
    )
  })

  test("works on a server that has read the operators before it was made", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    const first = await newOwner()
    expect(await statusWith(first.token, other)).toBe(200)
    const second = await newOwner()

    await expect.poll(() => statusWith(second.token, other), { timeout: 6_000 }).toBe(200)
  })

  test("is replaced by a rotation, also while it is used", async () => {
    const { operator_id, token } = await newOwner()
    let isOver = false
    const statuses = new Set<number>()
    const using = Array.from({ length: 4 }, async () => {
      while (!isOver) statuses.add(await statusWith(token))
    })

    const rotated = await app.post(`${OPERATORS}/${operator_id}/rotate`, undefined, { token })
    expect(await statusWith(token)).toBe(401)
    isOver = true
    await Promise.all(using)

    expect(rotated.status).toBe(200)
    expect(rotated.body.token).toMatch(TOKEN)
    expect([...statuses].filter((status) => status !== 200 && status !== 401)).toEqual([])
    expect(await statusWith(rotated.body.token)).toBe(200)
  })

  test("of several rotations at once counts that of the last alone", async () => {
    const { operator_id } = await newOwner()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => app.post(`${OPERATORS}/${operator_id}/rotate`, undefined, owner)),
    )
    const statuses = await Promise.all(answers.map(({ body }) => statusWith(body.token)))

    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  test("is noted as used at most once a minute", async () => {
    const { operator_id, token } = await newOwner()
    const lastUsed = async () =>
      (await app.get(OPERATORS, owner)).body.data.find(
        (one: { operator_id: number }) => one.operator_id === operator_id,
      ).last_used_at
    await statusWith(token)
    await expect.poll(lastUsed).toEqual(expect.any(String))
    const first = await lastUsed()
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    for (const at of [app, other]) await statusWith(token, at)
    await sleep(100)

    expect(await lastUsed()).toBe(first)
  })

  test("that is unknown costs no more than the others, and is not told from a disabled one", async () => {
    const { operator_id, token } = await newOwner()
    await disableOperator(app, operator_id)
    const answers = await Promise.all(
      [token, `dbo1_${"a".repeat(43)}`, "dbo1_", "dbo1_x".repeat(500)].map((one) =>
        app.get(OPERATORS, { token: one }),
      ),
    )
    const bodies = answers.map(({ body }) => ({ ...body, request_id: "one" }))

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
  })
})

describe("of two owners who disable each other at once", () => {
  test("one succeeds, on one server and on two", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    for (let round = 0; round < 12; round += 1) {
      const [ann, ben] = [await newOwner(), await newOwner()]
      const at = round % 2 === 0 ? app : other
      // Both servers know both, so that neither request waits for a read.
      await Promise.all([statusWith(ann.token), statusWith(ben.token, at)])
      const [byAnn, byBen] = await Promise.all([
        app.post(`${OPERATORS}/${ben.operator_id}/disable`, undefined, { token: ann.token }),
        at.post(`${OPERATORS}/${ann.operator_id}/disable`, undefined, { token: ben.token }),
      ])

      expect(new Set([byAnn.status, byBen.status])).toEqual(new Set([200, 401]))
      const { data } = (await app.get(OPERATORS, owner)).body
      const disabled = data.filter(
        (one: { operator_id: number; disabled_at: string | null }) =>
          [ann.operator_id, ben.operator_id].includes(one.operator_id) && one.disabled_at !== null,
      )
      expect(disabled).toHaveLength(1)
    }
  })

  test("ADMIN_TOKEN works on when every owner is disabled, and so nobody is locked out", async () => {
    const last = await newOwner()
    await app.post(`${OPERATORS}/${last.operator_id}/disable`, undefined, { token: last.token })

    expect(await statusWith(last.token)).toBe(401)
    expect(await statusWith(ADMIN_TOKEN)).toBe(200)
  })
})

describe("the record of actions", () => {
  test("names who asked for a change, also for one that the role refused", async () => {
    const ann = await addOperator(app, { name: "Recorded Ann", role: "viewer" })
    await app.post(PAUSE, undefined, { token: ann.token })
    await app.post("/api/admin/products/1/resume", undefined, owner)

    const recorded = async () => (await app.get("/api/admin/actions?product_id=1", owner)).body.data
    await expect.poll(recorded).toMatchObject([
      { operator: "owner", operator_id: null, way: "token", status: 200 },
      { operator: "Recorded Ann", operator_id: ann.operator_id, way: "token", status: 403, content: null },
    ])
  })

  test("of earlier versions stays readable, and open mode names nobody", async () => {
    await using database = await createTestDatabase()
    await using pools = openScopedDatabase(database.url)
    await pools.views.query(`
      insert into admin_actions (id, way, route, path, status, request_id, created_at)
      values (90001, 'session', 'POST /api/admin/products', '/api/admin/products', 201, 'r', now())`)
    await using open = await startTestApp({ databaseUrl: database.url })
    await open.post(PAUSE)

    await expect
      .poll(async () => (await open.get("/api/admin/actions")).body.data)
      .toMatchObject([
        { operator: null, operator_id: null, way: "open" },
        { operator: "owner", operator_id: null, way: "session" },
      ])
  })
})

test("while the operators cannot be read, their requests are 503, and all others go on", async () => {
  await using own = await startClosedApp()
  const { token } = await newOwner(own)
  const blocker = new pg.Client({ connectionString: own.databaseUrl })
  await blocker.connect()
  await blocker.query("begin; lock table operators in access exclusive mode")
  const refused = Promise.all([
    own.get("/api/admin/products", { token }),
    own.post("/admin/session", { token }),
  ])
  expect(await statusWith(ADMIN_TOKEN, own)).toBe(200)
  expect((await own.get("/api/products")).status).toBe(200)

  // PostgreSQL gives up its wait for the lock after five seconds.
  for (const answer of await refused) expect(answer).toBeProblem(503, "unavailable")
  await blocker.end()
  expect(await statusWith(token, own)).toBe(200)
})

describe("a session of an operator", () => {
  const ownPage = { "sec-fetch-site": "same-origin" }
  let visitors = 0
  /** The headers of an address of its own, because refused sign-ins are limited by address. */
  const fromElsewhere = () => ({ "x-forwarded-for": `10.0.0.${(visitors += 1)}` })
  /** Signs in and returns the headers of the session. */
  async function signedIn(token: string, at: TestClient = app): Promise<{ cookie: string }> {
    const answer = await at.post("/admin/session", { token }, { headers: fromElsewhere() })
    expect(answer.status).toBe(200)
    return { cookie: String(answer.headers["set-cookie"]).split(";")[0] ?? "" }
  }
  const statusIn = async (headers: { cookie: string }, at: TestClient = app) =>
    (await at.get("/api/admin/products", { headers })).status

  test("is that of its operator: the role counts, and the record says who", async () => {
    const ann = await addOperator(app, { name: "Ann in a session", role: "support" })
    const headers = await signedIn(ann.token)
    expect(headers.cookie).toMatch(/^doorbuster_admin=dbs2\.[\w-]{43}$/)

    const bySession = { headers: { ...headers, ...ownPage } }
    expect(await app.post(PAUSE, undefined, bySession)).toBeProblem(403, "role_required", { role: "manager" })
    expect(await app.post(PAUSE, undefined, { headers })).toBeProblem(403, "forbidden")
    const recorded = async () => (await app.get("/api/admin/actions?product_id=1", owner)).body.data[0]
    await expect.poll(recorded).toMatchObject({
      operator: "Ann in a session",
      operator_id: ann.operator_id,
      way: "session",
      status: 403,
    })
    expect(JSON.stringify(app.log)).toContain('"operator":"Ann in a session"')
    expect(JSON.stringify(app.log)).not.toContain(headers.cookie.split("=")[1])
  })

  test("ends singly: its cookie is worth nothing then, and the others go on", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    const { token } = await newOwner()
    const [one, two] = [await signedIn(token), await signedIn(token, other)]
    expect([await statusIn(one, other), await statusIn(two)]).toEqual([200, 200])

    await app.send("DELETE", "/admin/session", { headers: { ...one, ...ownPage } })

    expect([await statusIn(one), await statusIn(two)]).toEqual([401, 200])
    await expect.poll(() => statusIn(one, other), { timeout: 6_000 }).toBe(401)
  })

  test.each(["Basic eDp5", "Bearer", "", "Bearer \t"])(
    "ends, whatever the Authorization header beside its cookie says: %o",
    async (authorization) => {
      const { operator_id, token } = await newOwner()
      const headers = { ...(await signedIn(token)), authorization }
      expect(await statusIn(headers)).toBe(200)

      await app.post(`${OPERATORS}/${operator_id}/sign-out`, undefined, owner)

      expect(await statusIn(headers)).toBe(401)
    },
  )

  // Anybody may sign out. What ends no session must neither make this process read the operators again nor cost a question each.
  test("signing out of sessions that there are not is cheap, and forgets no operator", async () => {
    await using own = await createTestDatabase()
    const pool = openToolPool(own.url, "tools", 1)
    let changes = 0
    const operators = createOperators(pool, () => (changes += 1))

    await operators.endSession("00".repeat(32))
    await pool.end()

    expect(changes).toBe(0)
    const cookies = Array.from({ length: 500 }, (_, n) => `doorbuster_admin=dbs2.${n}`)
    expect(sessionsIn(cookies.join("; "))).toEqual(["dbs2.0", "dbs2.1", "dbs2.2", "dbs2.3"])
  })

  test.each([
    [
      "by the operator",
      (id: number, headers: { cookie: string }) =>
        [id, app.send("DELETE", "/admin/sessions", { headers: { ...headers, ...ownPage } })] as const,
    ],
    ["by an owner", (id: number) => [id, app.post(`${OPERATORS}/${id}/sign-out`, undefined, owner)] as const],
  ])("all end at once, %s; the token goes on", async (_, end) => {
    const { operator_id, token } = await newOwner()
    const sessions = [await signedIn(token), await signedIn(token), await signedIn(token)]
    const [, ended] = end(operator_id, sessions[0] ?? { cookie: "" })
    expect([200, 204]).toContain((await ended).status)

    expect(await Promise.all(sessions.map((session) => statusIn(session)))).toEqual([401, 401, 401])
    expect(await statusWith(token)).toBe(200)
    expect(await statusIn(await signedIn(token))).toBe(200)
  })

  test.each(["disable", "rotate"])(
    "ends with the token: %s, also one that begins meanwhile",
    async (change) => {
      for (let round = 0; round < 6; round += 1) {
        const { operator_id, token } = await newOwner()
        const early = await signedIn(token)
        const [changed, ...late] = await Promise.all([
          app.post(`${OPERATORS}/${operator_id}/${change}`, undefined, owner),
          ...Array.from({ length: 4 }, () =>
            app.post("/admin/session", { token }, { headers: fromElsewhere() }),
          ),
        ])
        const cookies = late
          .filter(({ status }) => status === 200)
          .map(({ headers }) => ({ cookie: String(headers["set-cookie"]).split(";")[0] ?? "" }))

        expect(changed.status).toBe(200)
        expect(await Promise.all([early, ...cookies].map((session) => statusIn(session)))).not.toContain(200)
      }
    },
  )

  test("does not begin for a key, and wrong tokens of operators are limited as all others", async () => {
    await using own = await startClosedApp()
    const key = await addOperator(own, { name: "Key", kind: "key", role: "owner" })
    const tries = await Promise.all(
      [key.token, ...Array.from({ length: 9 }, (_, n) => `dbo1_${n}`)].map((token) =>
        own.post("/admin/session", { token }),
      ),
    )

    expect(tries.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  test("is one of at most twenty: the oldest end", async () => {
    const { operator_id, token } = await newOwner()
    const first = await signedIn(token)
    for (let count = 0; count < 20; count += 1) await signedIn(token)

    expect(await statusIn(first)).toBe(401)
    const { data } = (await app.get(OPERATORS, owner)).body
    const found = data.find((one: { operator_id: number }) => one.operator_id === operator_id)
    expect(found.sessions).toBe(20)
  })
})

describe("a key with scopes", () => {
  const key = (name: string, scopes: readonly Scope[]) => addOperator(app, { name, kind: "key", scopes })

  test("holds:write places, reads and releases holds of buyers, and touches no order", async () => {
    const { token } = await key("Holds", ["holds:write"])
    const placed = await app.post("/api/holds", { product_id: 1, qty: 1, customer_id: "ann" }, { token })
    expect(placed.status).toBe(201)
    const path = `/api/holds/${placed.body.hold_id}`

    expect((await app.get(path, { token })).body.customer_id).toBe("ann")
    expect(await app.post("/api/orders", { hold_id: placed.body.hold_id }, { token })).toBeProblem(
      404,
      "hold_not_found",
    )
    expect((await app.send("DELETE", path, { token })).status).toBe(200)
  })

  test("orders:write makes, reads and cancels orders of buyers, and releases no hold", async () => {
    const { token } = await key("Orders", ["orders:write"])
    const { body: held } = await app.post("/api/holds", { product_id: 1, qty: 1 })
    const path = `/api/holds/${held.hold_id}`
    expect((await app.get(path, { token })).status).toBe(200)
    expect(await app.send("DELETE", path, { token })).toBeProblem(404, "hold_not_found")

    const made = await app.post("/api/orders", { hold_id: held.hold_id }, { token })
    expect(made.status).toBe(201)
    expect((await app.get(`/api/orders/${made.body.order_id}`, { token })).status).toBe(200)
    expect((await app.post(`/api/orders/${made.body.order_id}/cancel`, {}, { token })).status).toBe(200)
  })

  test("repeats a request under its own Idempotency-Key, which no other key shares", async () => {
    const [one, two] = [await key("One", ["holds:write"]), await key("Two", ["holds:write"])]
    const place = async (token: string) => {
      const headers = { "idempotency-key": "the same" }
      return (await app.post("/api/holds", { product_id: 1, qty: 1 }, { token, headers })).body.hold_id
    }
    const first = await place(one.token)

    expect(await place(one.token)).toBe(first)
    expect(await place(two.token)).not.toBe(first)
  })

  test("speaks for a crowd: it is not limited as an address is, and its end is at once", async () => {
    await using limited = await startClosedApp({ config: { rateLimitPerMinute: 3 } })
    const { token, operator_id } = await addOperator(limited, {
      name: "Shop server",
      kind: "key",
      scopes: ["holds:write"],
    })
    const place = () => limited.post("/api/holds", { product_id: 1, qty: 1 }, { token })
    const placed = await Promise.all(Array.from({ length: 12 }, place))
    expect(new Set(placed.map(({ status }) => status))).toEqual(new Set([201]))

    await disableOperator(limited, operator_id)
    const path = `/api/holds/${placed[0]?.body.hold_id}`
    expect(await limited.send("DELETE", path, { token })).toBeProblem(404, "hold_not_found")
  })
})

test("on the buyers' routes a role reads, and changes nothing: such changes would not be recorded", async () => {
  const { body: held } = await app.post("/api/holds", { product_id: 1, qty: 1 })
  const viewer = await addOperator(app, { name: "Looks only", role: "viewer" })
  const support = await addOperator(app, { name: "Helps", role: "support" })
  const path = `/api/holds/${held.hold_id}`

  expect(await app.get(path, { token: viewer.token })).toBeProblem(404, "hold_not_found")
  expect(await app.send("DELETE", path, { token: viewer.token })).toBeProblem(404, "hold_not_found")
  expect((await app.get(path, { token: support.token })).status).toBe(200)
  expect(await app.send("DELETE", path, { token: support.token })).toBeProblem(404, "hold_not_found")
  expect((await app.post("/api/orders", { hold_id: held.hold_id }, { token: support.token })).status).toBe(
    404,
  )
  expect((await app.send("DELETE", path, { token: ADMIN_TOKEN })).status).toBe(200)
})

test("no operator gets another one's answer by an Idempotency-Key: it may hold an owner token", async () => {
  const place = (token: string) =>
    app.post("/api/holds", { product_id: 1, qty: 1 }, { token, headers: { "idempotency-key": "cart-4711" } })
  const manager = await addOperator(app, { name: "Places", role: "manager" })
  const viewer = await addOperator(app, { name: "Repeats", role: "viewer" })

  const [first, other, again] = [
    await place(manager.token),
    await place(viewer.token),
    await place(manager.token),
  ]
  expect(other.body.hold_id).not.toBe(first.body.hold_id)
  expect(again.body.hold_id).toBe(first.body.hold_id)
})
