import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
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
  app = await startClosedApp()
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
