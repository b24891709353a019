import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { signCustomer } from "../../src/http/access/customer-token.ts"
import type { TestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, offer, productNow, startClosedApp } from "../support/shop.ts"

const SECRET = "the-secret-of-the-shop-of-32-characters!"
const admin = { token: ADMIN_TOKEN }
const HOUR_MS = 3_600_000

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp({ config: { customerSecrets: [SECRET], trustProxy: "127.0.0.1" } })
})
afterAll(() => app[Symbol.asyncDispose]())

const presale = [{ needs: { codes: "press" } }]
const sell = (settings: object = {}) => offer(app, { phases: presale, ...settings }, ADMIN_TOKEN)

const memberToken = (groups: readonly string[], customerId = "ann") =>
  signCustomer(SECRET, { customerId, groups, endsAt: Math.floor(Date.now() / 1_000) + 600 })

const addCodes = (productId: number, body: object) =>
  app.post(`/api/admin/products/${productId}/codes`, { set: "press", ...body }, admin)

/** Makes a code; each product has its own. */
async function newCode(productId: number, units = 1): Promise<string> {
  const { status, body } = await addCodes(productId, { count: 1, units })
  expect(status).toBe(201)
  return body.codes[0]
}

const ask = (productId: number, body: object = {}, headers: Record<string, string> = {}) =>
  app.post("/api/holds", { product_id: productId, qty: 1, ...body }, { headers })

/** From an address of its own, so that guesses of one test do not count in another. */
const from = (address: string) => ({ "x-forwarded-for": address })

describe("the codes of a product", () => {
  test("are made, shown once, and let in as often as they say", async () => {
    const { id } = await sell()
    const { body, headers } = await addCodes(id, { count: 3, units: 2 })
    expect(body).toMatchObject({ set: "press", units: 2, added: 3, known: 0 })
    expect(headers["cache-control"]).toBe("no-store")
    const [first] = body.codes
    for (const code of body.codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)

    expect((await ask(id, { access_code: first })).status).toBe(201)
    expect((await ask(id, { access_code: first, qty: 2 })).body).toMatchObject({
      code: "access_code_used_up",
      units_left: 1,
    })
    expect((await ask(id, { access_code: first })).status).toBe(201)
    expect(await ask(id, { access_code: first })).toBeProblem(409, "access_code_used_up", {
      units_left: 0,
      next_phase: null,
    })

    const { body: sets } = await app.get(`/api/admin/products/${id}/codes`, admin)
    expect(sets.data).toEqual([
      { set: "press", codes: 3, revoked_codes: 0, used_codes: 1, units: 6, units_used: 2 },
    ])
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("are uploaded; those that are there stay as they are", async () => {
    const { id } = await sell()
    const own = await addCodes(id, { codes: ["VIP-2026", "vip 2026", "Über-Gast 7"], units: 5 })
    expect(own.body).toEqual({ set: "press", units: 5, added: 2, known: 0 })
    const again = await addCodes(id, { codes: ["VIP2026", "another"], units: 1, set: "friends" })
    expect(again.body).toEqual({ set: "friends", units: 1, added: 1, known: 1 })
    const found = await app.post(`/api/admin/products/${id}/codes/find`, { access_code: "VIP2026" }, admin)
    expect(found.body).toMatchObject({ set: "press", units: 5, units_used: 0, revoked_at: null })
  })

  test("are read in any spelling", async () => {
    const { id } = await sell({ stock: 10 })
    await addCodes(id, { codes: ["OIL-2026-ZÜRICH"], units: 10 })
    for (const access_code of [
      "oil2026zürich",
      "0112026ZÜRICH",
      " OIL – 2026 ZU\u0308RICH",
      "ＯＩＬ２０２６ZÜRICH",
    ]) {
      expect(await ask(id, { access_code })).toMatchObject({ status: 201 })
    }
  })

  test("are kept as digests: neither the database nor the record of actions has them", async () => {
    const { id } = await sell()
    const code = await newCode(id)
    await addCodes(id, { codes: ["MY-OWN-CODE-77"] })
    await app.post(`/api/admin/products/${id}/codes/find`, { access_code: "MY-OWN-CODE-77" }, admin)
    await app.post(`/api/admin/products/${id}/codes/revoke`, { access_code: "MY-OWN-CODE-77" }, admin)
    await ask(id, { access_code: code })
    const { body } = await app.get("/api/admin/actions?limit=20", admin)
    const text = JSON.stringify([body, app.log])
    expect(body.data.map(({ route }: { route: string }) => route)).toContain(
      "POST /api/admin/products/:id/codes/revoke",
    )
    expect(text).not.toMatch(/MY-?OWN|MY0WN/i)
    expect(text).not.toContain(code)
  })

  test("a revoked one lets nobody in; what is held with it goes on, and comes back to it", async () => {
    const { id } = await sell()
    const code = await newCode(id, 2)
    const { body: held } = await ask(id, { access_code: code })
    const revoked = await app.post(`/api/admin/products/${id}/codes/revoke`, { access_code: code }, admin)
    expect(revoked.body).toMatchObject({ units: 2, units_used: 1, revoked_at: expect.any(String) })
    expect(await ask(id, { access_code: code })).toBeProblem(403, "access_code_unknown", { next_phase: null })
    const order = await app.post("/api/orders", { hold_id: held.hold_id }, { token: held.token })
    expect(order.status).toBe(201)
    await app.post(`/api/orders/${order.body.order_id}/cancel`, undefined, { token: held.token })
    const { body } = await app.post(`/api/admin/products/${id}/codes/find`, { access_code: code }, admin)
    expect(body).toMatchObject({ units_used: 0 })
    const { data } = (await app.get(`/api/admin/products/${id}/codes`, admin)).body
    expect(data).toMatchObject([{ codes: 1, revoked_codes: 1, units: 0 }])
  })

  test("of one product are none of another, and one that is not there is not found", async () => {
    const [one, other] = [await sell(), await sell()]
    const code = await newCode(one.id)
    expect(await ask(other.id, { access_code: code }, from("203.0.113.1"))).toBeProblem(
      403,
      "access_code_unknown",
      { next_phase: null },
    )
    for (const way of ["find", "revoke"]) {
      const path = `/api/admin/products/${other.id}/codes/${way}`
      expect(await app.post(path, { access_code: code }, admin)).toBeProblem(404, "access_code_not_found")
      expect(
        await app.post(`/api/admin/products/999999/codes/${way}`, { access_code: code }, admin),
      ).toBeProblem(404, "product_not_found")
    }
  })

  test.each([
    [{}, "neither count nor codes"],
    [{ count: 1, codes: ["ABCDEFGH"] }, "both"],
    [{ count: 0 }, "none"],
    [{ count: 10_001 }, "too many"],
    [{ count: 1, length: 7 }, "too short"],
    [{ count: 1, units: 0 }, "no units"],
    [{ count: 1, units: 1.5 }, "half a unit"],
    [{ codes: [] }, "an empty list"],
    [{ codes: ["------------"] }, "nothing but hyphens"],
    [{ codes: ["AB C-D E"] }, "five characters"],
    [{ codes: ["x".repeat(65)] }, "a long code"],
    [{ codes: ["line\nbreak"] }, "a line break"],
    [{ codes: ["half \ud800 pair"] }, "half of a pair"],
    [{ count: 1, set: "" }, "no name"],
    [{ count: 1, set: "a,b" }, "a comma in the name"],
    [{ count: 1, set: "x".repeat(65) }, "a long name"],
    [{ count: 1, more: true }, "an unknown field"],
  ])("%j are refused: %s", async (...[body]) => {
    const { id } = await sell()
    expect((await addCodes(id, body)).status).toBe(422)
    expect((await app.get(`/api/admin/products/${id}/codes`, admin)).body.data).toEqual([])
  })
})

describe("guessing", () => {
  test("ends after ten unknown codes within a minute, for holds and questions together", async () => {
    const { id } = await sell()
    const code = await newCode(id)
    const guesser = from("203.0.113.9")
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await ask(id, { access_code: `GUESS-${guess}` }, guesser)).status).toBe(403)
      const question = { access_code: `OTHER-${guess}` }
      expect((await app.post(`/api/products/${id}/access`, question, { headers: guesser })).status).toBe(403)
    }
    const waits = await ask(id, { access_code: code }, guesser)
    expect(waits).toBeProblem(429, "rate_limited")
    expect(Number(waits.headers["retry-after"])).toBeGreaterThan(0)
    const question = await app.post(`/api/products/${id}/access`, { access_code: code }, { headers: guesser })
    expect(question).toBeProblem(429, "rate_limited")
    // Without a code nothing is guessed, and other networks are not meant.
    expect((await ask(id, {}, guesser)).body.code).toBe("access_required")
    expect((await ask(id, { access_code: code }, from("203.0.113.10"))).status).toBe(201)
  })
})

test("a burst of guesses is not judged before it is counted: a hundred of a network at once", async () => {
  const { id } = await sell()
  const guess = (index: number) =>
    app.post(
      `/api/products/${id}/access`,
      { access_code: `BURST-${index}` },
      { headers: from("203.0.113.77") },
    )
  const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => guess(index)))
  expect(answers.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(110)
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(190)
})

test("clients that hang up leave no request under way behind them", async () => {
  const { id } = await sell()
  const code = await newCode(id)
  const headers = from("203.0.113.78")
  const { hostname, port } = new URL(app.url)
  const body = JSON.stringify({ access_code: code })
  for (let index = 0; index < 120; index += 1) {
    const socket = connect(Number(port), hostname)
    socket.end(
      `POST /api/products/${id}/access HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: 203.0.113.78\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    socket.once("connect", () => setTimeout(() => socket.resetAndDestroy(), index % 5))
    await once(socket, "close")
  }
  await expect
    .poll(
      async () => (await app.post(`/api/products/${id}/access`, { access_code: code }, { headers })).status,
    )
    .toBe(200)
})

describe("a buyer asks when it may buy", () => {
  const access = (id: number, body: object = {}, token?: string) =>
    app.post(
      `/api/products/${id}/access`,
      body,
      token === undefined ? {} : { headers: { "customer-token": token } },
    )

  test("and learns what the code is good for, and from when", async () => {
    const from = new Date(Date.now() + HOUR_MS).toISOString()
    const later = new Date(Date.now() + 2 * HOUR_MS).toISOString()
    const { id } = await sell({
      phases: [
        { from, needs: { codes: "press" } },
        { from: later, needs: { group: "members" } },
      ],
    })
    const code = await newCode(id, 2)
    expect((await access(id, { access_code: code })).body).toMatchObject({
      is_open: false,
      opens_at: from,
      units_left: 2,
    })
    expect((await access(id, {}, memberToken(["members"]))).body).toMatchObject({
      is_open: false,
      opens_at: later,
      units_left: null,
    })
    expect((await access(id)).body).toMatchObject({ is_open: false, opens_at: null, units_left: null })
    expect(await access(id, {}, "dbc1.x")).toBeProblem(401, "customer_token_invalid", {
      because: "malformed",
    })
  })

  test("of a product without phases: whoever asks may", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    expect((await access(id)).body).toMatchObject({ is_open: true, opens_at: null })
  })

  test("of a draft only the shop may know", async () => {
    const { id } = await sell({ status: "draft" })
    expect(await access(id)).toBeProblem(404, "product_not_found")
    expect(await access(999_999)).toBeProblem(404, "product_not_found")
  })
})

describe("phases", () => {
  test("are set, read by everybody, and removed", async () => {
    const { id } = await offer(app, {}, ADMIN_TOKEN)
    expect((await productNow(app, id)).phases).toBe(undefined)
    const phases = [
      { from: "2026-12-01T10:00:00.000Z", until: "2026-12-01T10:10:00.000Z", needs: { codes: "press" } },
      { from: "2026-12-01T10:10:00.000Z", max_per_customer: 2 },
    ]
    const changed = await app.send("PATCH", `/api/admin/products/${id}`, { json: { phases }, ...admin })
    const shown = [
      { ...phases[0], max_per_customer: null },
      { ...phases[1], until: null, needs: null },
    ]
    expect(changed.body.phases).toEqual(shown)
    expect((await productNow(app, id)).phases).toEqual(shown)
    expect(changed.body.sale_state).toBe("open")
    const gone = await app.send("PATCH", `/api/admin/products/${id}`, { json: { phases: null }, ...admin })
    expect(gone.body.phases).toBe(undefined)
    expect((await ask(id)).status).toBe(201)
  })

  test("do not change whether the sale is paused, and pausing does not change them", async () => {
    const { id } = await sell()
    const code = await newCode(id)
    await app.post(`/api/admin/products/${id}/pause`, undefined, admin)
    expect((await ask(id, { access_code: code })).body.code).toBe("sale_paused")
    const shown = await app.get(`/api/admin/products/${id}`, admin)
    expect(shown.body).toMatchObject({ sale_state: "paused", phases: [{ needs: { codes: "press" } }] })
    await app.send("PATCH", `/api/admin/products/${id}`, { json: { phases: null }, ...admin })
    expect((await ask(id)).body.code).toBe("sale_paused")
    await app.post(`/api/admin/products/${id}/resume`, undefined, admin)
    expect((await ask(id)).status).toBe(201)
  })

  test("of a product that gets its first variants afterwards leave its sale as it was", async () => {
    const { id } = await sell()
    const variants = [{ name: "42", stock: 3 }]
    const added = await app.post(`/api/admin/products/${id}/variants`, { variants }, admin)
    expect(added.body).toMatchObject({ sale_state: "open", phases: [{}] })
    const code = await newCode(id)
    const variant_id = added.body.variants[0].id
    expect((await ask(id, { access_code: code, variant_id })).status).toBe(201)
    const opened = await app.send("PATCH", `/api/admin/products/${id}`, { json: { phases: null }, ...admin })
    expect(opened.body.sale_state).toBe("open")
    expect(await differencesIn(app.databaseUrl)).toEqual([])
  })

  test("the shop itself needs nothing, but a code that it sends is counted", async () => {
    const { id } = await sell()
    const code = await newCode(id)
    const shop = (body: object) => app.post("/api/holds", { product_id: id, qty: 1, ...body }, admin)
    expect((await shop({})).status).toBe(201)
    expect((await shop({ access_code: code })).status).toBe(201)
    expect((await shop({ access_code: code })).body.code).toBe("access_code_used_up")
  })

  test("a repeated request is answered with its hold, and spends the code once", async () => {
    const { id } = await sell()
    const code = await newCode(id)
    const headers = { "idempotency-key": "the same" }
    const first = await ask(id, { access_code: code }, headers)
    const again = await ask(id, { access_code: code }, headers)
    expect(again.body.hold_id).toBe(first.body.hold_id)
    expect(await ask(id, { access_code: "ANOTHER" }, headers)).toBeProblem(422, "idempotency_key_reused")
  })

  test.each([
    [{ phases: [] }, "/phases"],
    [{ phases: Array.from({ length: 21 }, () => ({})) }, "/phases"],
    [{ phases: [{ needs: {} }] }, "/phases/0/needs"],
    [{ phases: [{ needs: { codes: "a", group: "b" } }] }, "/phases/0/needs"],
    [{ phases: [{ needs: { codes: "" } }] }, "/phases/0/needs/codes"],
    [{ phases: [{ needs: { group: "a,b" } }] }, "/phases/0/needs/group"],
    [{ phases: [{ needs: { who: "x" } }] }, "/phases/0/needs"],
    [{ phases: [{ from: "yesterday" }] }, "/phases/0/from"],
    [{ phases: [{ from: "0001-01-01T00:00:00Z" }] }, "/phases/0/from"],
    [{ phases: [{ from: "2026-12-01T10:00:00Z", until: "2026-12-01T10:00:00Z" }] }, "/phases/0/until"],
    [{ phases: [{ max_per_customer: 0 }] }, "/phases/0/max_per_customer"],
    [{ phases: { needs: null } }, "/phases"],
  ])("%j is refused at %s", async (body, pointer) => {
    const answer = await app.post(
      "/api/admin/products",
      { name: "Test", price_minor: 1, currency: "EUR", stock: 1, ...body },
      admin,
    )
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContainEqual(
      expect.stringContaining(pointer),
    )
  })
})

// The clock is the database's: the test's own is the same machine's, but what is compared comes from the answers.
test("a presale by code, then members, then everybody: each begins at its moment, and not a moment before", async () => {
  const start = Date.now() + 1_000
  const at = (milliseconds: number) => new Date(start + milliseconds).toISOString()
  const { id } = await sell({
    stock: 1_000,
    phases: [
      { from: at(0), until: at(1_000), needs: { codes: "press" } },
      { from: at(500), until: at(1_000), needs: { group: "members" } },
      { from: at(1_000) },
    ],
  })
  const code = await newCode(id, 1_000)
  const member = { "customer-token": memberToken(["members"]) }
  const kinds = { code: [] as string[], member: [] as string[], stranger: [] as string[] }
  const refusals = new Set<string>()
  async function knock(kind: keyof typeof kinds, body: object, headers: Record<string, string>) {
    while (Date.now() < start + 1_300) {
      const answer = await ask(id, body, { ...headers, ...from(`198.51.100.${kinds[kind].length % 250}`) })
      if (answer.status === 201) kinds[kind].push(answer.body.created_at)
      else refusals.add(answer.body.code)
      await sleep(5)
    }
  }
  await Promise.all([
    knock("code", { access_code: code }, {}),
    knock("member", {}, member),
    knock("stranger", {}, {}),
  ])

  expect([...refusals]).toEqual(["access_required"])
  const afterStart = (times: readonly string[]) => Date.parse(times[0] ?? "") - start
  const begins = [afterStart(kinds.code), afterStart(kinds.member) - 500, afterStart(kinds.stranger) - 1_000]
  expect(Math.min(...begins)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...begins)).toBeLessThan(250)
  expect(await differencesIn(app.databaseUrl)).toEqual([])
})
