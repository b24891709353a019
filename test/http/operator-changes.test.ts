import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import { addOperator, disableOperator } from "../support/operators.ts"
import "../support/problem.ts"
import { openScopedDatabase } from "../support/rows.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"

const OPERATORS = "/api/admin/operators"
const PAUSE = "/api/admin/products/1/pause"

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const owner = { token: ADMIN_TOKEN }
const patch = (id: number, json: object, token = ADMIN_TOKEN, at = app) =>
  at.send("PATCH", `${OPERATORS}/${id}`, { json, token })
const enable = (id: number, token = ADMIN_TOKEN) =>
  app.post(`${OPERATORS}/${id}/enable`, undefined, { token })
const pauseWith = async (token: string, at = app) => (await at.post(PAUSE, undefined, { token })).status

describe("another role", () => {
  test("holds at once for the token and for a session that is open, and within five seconds elsewhere", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    const ann = await addOperator(app, { name: "Ann", role: "viewer" })
    const signIn = await app.post("/admin/session", { token: ann.token })
    const cookie = String(signIn.headers["set-cookie"]).split(";")[0] ?? ""
    const inSession = async () =>
      (await app.post(PAUSE, undefined, { headers: { cookie, "sec-fetch-site": "same-origin" } })).status
    expect([await pauseWith(ann.token), await inSession(), await pauseWith(ann.token, other)]).toEqual([
      403, 403, 403,
    ])

    const changed = await patch(ann.operator_id, { role: "manager" })

    expect(changed.body).toMatchObject({ name: "Ann", role: "manager", sessions: 1, disabled_at: null })
    expect(changed.body.token).toBeUndefined()
    expect([await pauseWith(ann.token), await inSession()]).toEqual([200, 200])
    await expect.poll(() => pauseWith(ann.token, other), { timeout: 5_500 }).toBe(200)

    await patch(ann.operator_id, { role: "support" })
    expect([await pauseWith(ann.token), await inSession()]).toEqual([403, 403])
    await expect.poll(() => pauseWith(ann.token, other), { timeout: 5_500 }).toBe(403)
  })

  test("makes a key with scopes a key with a role, and back, and never a person's role into scopes", async () => {
    const key = await addOperator(app, { name: "Key", kind: "key", scopes: ["holds:write"] })
    expect((await patch(key.operator_id, { role: "viewer" })).body).toMatchObject({
      role: "viewer",
      scopes: null,
    })
    expect((await app.get("/api/admin/products", { token: key.token })).status).toBe(200)
    expect((await patch(key.operator_id, { scopes: ["orders:write"] })).body).toMatchObject({
      role: null,
      scopes: ["orders:write"],
    })
    expect((await app.get("/api/admin/products", { token: key.token })).status).toBe(403)

    const person = await addOperator(app, { name: "Person", role: "viewer" })
    expect(await patch(person.operator_id, { scopes: ["orders:write"] })).toBeProblem(422, "invalid_request")
    expect(await patch(key.operator_id, { role: "owner", scopes: ["orders:write"] })).toBeProblem(
      422,
      "invalid_request",
    )
  })

  test("of two owners who take the other one's role at once, one succeeds, on two servers", async () => {
    await using other = await startClosedApp({ databaseUrl: app.databaseUrl })
    for (let round = 0; round < 8; round += 1) {
      const ann = await addOperator(app, { name: `first ${round}`, role: "owner" })
      const ben = await addOperator(app, { name: `second ${round}`, role: "owner" })
      await Promise.all([
        app.get(OPERATORS, { token: ann.token }),
        other.get(OPERATORS, { token: ben.token }),
      ])
      const [byAnn, byBen] = await Promise.all([
        patch(ben.operator_id, { role: "viewer" }, ann.token),
        patch(ann.operator_id, { role: "viewer" }, ben.token, other),
      ])

      expect([byAnn.status, byBen.status].filter((status) => status === 200)).toHaveLength(1)
      const { data } = (await app.get(OPERATORS, owner)).body
      const roles = data
        .filter((one: { name: string }) => one.name.endsWith(` ${round}`))
        .map((one: { role: string }) => one.role)
      expect(roles.sort()).toEqual(["owner", "viewer"])
    }
  })

  test("may be taken by the last owner from itself: ADMIN_TOKEN works on, and gives it again", async () => {
    await using own = await startClosedApp()
    const last = await addOperator(own, { name: "Last", role: "owner" })
    expect((await patch(last.operator_id, { role: "viewer" }, last.token, own)).status).toBe(200)

    expect(await patch(last.operator_id, { role: "owner" }, last.token, own)).toBeProblem(
      403,
      "role_required",
      { role: "owner" },
    )
    expect((await patch(last.operator_id, { role: "owner" }, ADMIN_TOKEN, own)).status).toBe(200)
    expect((await own.get(OPERATORS, { token: last.token })).status).toBe(200)
  })
})

describe("another name", () => {
  test("is recorded, and the entries before keep the name of their time", async () => {
    const cleo = await addOperator(app, { name: "Cleo", role: "manager" })
    await pauseWith(cleo.token)
    await patch(cleo.operator_id, { name: "Cleopatra" })
    await app.post("/api/admin/products/1/resume", undefined, { token: cleo.token })

    const recorded = async () => (await app.get("/api/admin/actions?limit=3", owner)).body.data
    await expect.poll(recorded).toMatchObject([
      { operator: "Cleopatra", operator_id: cleo.operator_id, route: "POST /api/admin/products/:id/resume" },
      {
        operator: "owner",
        route: "PATCH /api/admin/operators/:id",
        path: `${OPERATORS}/${cleo.operator_id}`,
        content: { name: "Cleopatra" },
      },
      { operator: "Cleo", operator_id: cleo.operator_id, route: "POST /api/admin/products/:id/pause" },
    ])
    // The record names Cleo: nobody else may look like her there. She may have her name again.
    for (const name of ["Cleo", "CLEO"]) {
      expect(await app.post(OPERATORS, { name, role: "viewer" }, owner)).toBeProblem(
        409,
        "operator_name_used",
      )
    }
    const dora = await addOperator(app, { name: "Dora", role: "viewer" })
    for (const name of ["cleo", "Cleopatra"]) {
      expect(await patch(dora.operator_id, { name })).toBeProblem(409, "operator_name_used")
    }
    expect((await patch(cleo.operator_id, { name: "cleo" })).body.name).toBe("cleo")
  })

  test("frees one that the record never knew, such as a name with a mistake", async () => {
    const typo = await addOperator(app, { name: "Emmma", role: "viewer" })
    expect((await patch(typo.operator_id, { name: "Emma" })).status).toBe(200)

    expect((await app.post(OPERATORS, { name: "Emmma", role: "viewer" }, owner)).status).toBe(201)
  })

  test("is given once, however many ask for it at once", async () => {
    const ids = []
    for (let n = 0; n < 6; n += 1)
      ids.push((await addOperator(app, { name: `many ${n}`, role: "viewer" })).operator_id)
    const answers = await Promise.all(ids.map((id) => patch(id, { name: "Only one" })))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5)
  })
})

describe("enabling", () => {
  test("gives a new token; the previous one and its sessions stay refused", async () => {
    const { operator_id, token } = await addOperator(app, { name: "Fay", role: "manager" })
    const signIn = await app.post("/admin/session", { token })
    const headers = { cookie: String(signIn.headers["set-cookie"]).split(";")[0] ?? "" }
    await disableOperator(app, operator_id)
    await patch(operator_id, { role: "viewer" })

    const enabled = await enable(operator_id)

    expect(enabled.headers["cache-control"]).toBe("no-store")
    expect(enabled.body).toMatchObject({ name: "Fay", role: "viewer", disabled_at: null, sessions: 0 })
    const statuses = [token, enabled.body.token].map(
      async (one) => (await app.get("/api/admin/products", { token: one })).status,
    )
    expect(await Promise.all(statuses)).toEqual([401, 200])
    expect((await app.get("/api/admin/products", { headers })).status).toBe(401)
    expect(await enable(operator_id)).toBeProblem(409, "operator_enabled")
    await using database = openScopedDatabase(app.databaseUrl)
    const { rows } = await database.views.query("select to_jsonb(a)::text as row from admin_actions a")
    expect(JSON.stringify(rows)).not.toContain(enabled.body.token)
  })

  test("of parallel requests one succeeds, and its token is the one that counts", async () => {
    const { operator_id } = await addOperator(app, { name: "Gil", role: "viewer" })
    await disableOperator(app, operator_id)
    const answers = await Promise.all(Array.from({ length: 8 }, () => enable(operator_id)))

    const given = answers.filter(({ status }) => status === 200)
    expect(given).toHaveLength(1)
    expect((await app.get("/api/admin/products", { token: given[0]?.body.token })).status).toBe(200)
  })

  test("ends at 200 enabled operators", async () => {
    await using full = await startClosedApp()
    const { operator_id } = await addOperator(full, { name: "Hal", role: "viewer" })
    await disableOperator(full, operator_id)
    await using database = openScopedDatabase(full.databaseUrl)
    await database.views.query(`
      insert into operators (name, kind, role, token_hash, created_at)
      select 'n' || n, 'person', 'viewer', sha256(n::text::bytea), now()
        from generate_series(1, 200) as n`)

    expect(await full.post(`${OPERATORS}/${operator_id}/enable`, undefined, owner)).toBeProblem(
      409,
      "too_many_operators",
      { most_operators: 200 },
    )
  })
})
