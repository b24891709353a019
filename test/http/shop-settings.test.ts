import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase } from "../support/database.ts"
import type { TestRequest } from "../support/http.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, startClosedApp } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const PATH = "/api/admin/shop"
const change = (json: unknown, request: TestRequest = {}) => app.send("PATCH", PATH, { ...request, json })

const noLinks = { imprint: null, privacy: null, terms: null, returns: null, accessibility: null }
const whole = {
  name: "Aurora Supply",
  support: "help@aurora.example",
  accent: "#0b5fff",
  links: { ...noLinks, imprint: "https://aurora.example/imprint", privacy: "https://aurora.example/privacy" },
  logo: { url: "https://aurora.example/logo.svg", alt: "Aurora" },
  icon: "https://aurora.example/icon.png",
  languages: ["de", "en"],
}

describe("the shop's settings", () => {
  test("are empty at first, are changed member by member, and are removed by null", async () => {
    const { version, updated_at, ...first } = (await app.get(PATH)).body
    expect([version, updated_at]).toEqual([expect.stringMatching(/^[\w-]{16}$/), null])
    const nothing = { name: null, support: null, accent: null, logo: null, icon: null, languages: null }
    expect(first).toEqual({
      ...nothing,
      lists_scheduled: true,
      links: noLinks,
      default_name: "Doorbuster",
      default_languages: ["en"],
      takes_payments: true,
    })

    expect(await change({ ...whole, accent: "#0B5FFF" })).toMatchObject({
      status: 200,
      body: {
        ...whole,
        default_name: "Doorbuster",
        default_languages: ["en"],
        takes_payments: true,
        updated_at: expect.any(String),
      },
    })
    expect((await change({ support: "https://aurora.example/help" })).body).toMatchObject({
      ...whole,
      support: "https://aurora.example/help",
    })
    const links = { terms: "https://aurora.example/terms", imprint: null }
    expect((await change({ links })).body.links).toEqual({ ...noLinks, ...links })
    const removed = { name: null, support: null, accent: null, links: null, logo: null, icon: null }
    expect((await change({ ...removed, languages: null })).body).toMatchObject(first)
    expect((await app.get(PATH)).body).toMatchObject(first)
  })

  test("have an ETag that names their content, and If-Match keeps a change from undoing another", async () => {
    const read = await app.get(PATH)
    const { etag = "" } = read.headers as { etag?: string }
    expect(etag).toBe(`"${read.body.version}"`)
    const ours = await change({ name: "Ours" }, { headers: { "if-match": etag } })
    expect([ours.status, ours.headers["etag"]]).toEqual([200, `"${ours.body.version}"`])
    expect(ours.headers["etag"]).not.toBe(etag)

    expect(await change({ name: "Theirs" }, { headers: { "if-match": etag } })).toBeProblem(
      412,
      "shop_changed",
    )
    expect((await app.get(PATH)).body.name).toBe("Ours")
    // A retry whose first try was applied.
    const repeated = await change({ name: "Ours" }, { headers: { "if-match": etag } })
    expect([repeated.status, repeated.body.updated_at]).toEqual([200, ours.body.updated_at])
    expect((await change({ name: null }, { headers: { "if-match": "*" } })).status).toBe(200)
    expect((await app.get(PATH)).headers["etag"]).toBe(etag)
  })

  test.each([
    ["/name", { name: "" }],
    ["/name", { name: "a\nb" }],
    ["/name", { name: "x".repeat(101) }],
    ["/support", { support: "help" }],
    ["/support", { support: "a@b.example, c@d.example" }],
    ["/support", { support: " " }],
    ["/support", { support: "https://[" }],
    ["/support", { support: "http://aurora.example" }],
    ["/support", { support: "javascript:alert(1)" }],
    ["/accent", { accent: "red" }],
    ["/accent", { accent: "#fff" }],
    ["/accent", { accent: "#12345g" }],
    ["/links/imprint", { links: { imprint: "http://aurora.example" } }],
    ["/links/imprint", { links: { imprint: "https://[" } }],
    ["/links/terms", { links: { terms: "javascript:alert(1)" } }],
    ["/links/press", { links: { press: "https://aurora.example" } }],
    ["/logo/alt", { logo: { url: "https://aurora.example/logo.svg" } }],
    ["/logo/alt", { logo: { url: "https://aurora.example/logo.svg", alt: "" } }],
    ["/logo/url", { logo: { url: "data:image/svg+xml,x", alt: "Aurora" } }],
    ["/logo/url", { logo: { url: "https://", alt: "Aurora" } }],
    ["/icon", { icon: "//aurora.example/icon.png" }],
    ["/languages", { languages: [] }],
    ["/languages", { languages: ["de", "de"] }],
    ["/languages/1", { languages: ["de", "tlh"] }],
    ["/slogan", { slogan: "Run!" }],
  ])("at %s %j is refused, and nothing changes", async (pointer, body) => {
    const before = (await app.get(PATH)).body
    const refused = await change({ ...body })
    expect(refused).toBeProblem(422, "invalid_request")
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
    expect((await app.get(PATH)).body).toEqual(before)
  })

  test("are the shop's alone, and each change is in the record of actions", async () => {
    await using shop = await startClosedApp()
    expect(await shop.get(PATH)).toBeProblem(401, "unauthorized")
    expect(await shop.send("PATCH", PATH, { json: { name: "Eve" } })).toBeProblem(401, "unauthorized")
    expect((await shop.send("PATCH", PATH, { json: { name: "Aurora" }, token: ADMIN_TOKEN })).status).toBe(
      200,
    )
    await expect
      .poll(async () => (await shop.get("/api/admin/actions", { token: ADMIN_TOKEN })).body.data)
      .toMatchObject([{ route: "PATCH /api/admin/shop", content: { name: "Aurora" }, status: 200 }])
  })

  test("SHOP_NAME is the name of a shop that has set none", async () => {
    await using named = await startTestApp({ config: { shopName: "Aurora Outlet", languages: ["de", "en"] } })
    expect((await named.get(PATH)).body).toMatchObject({
      name: null,
      default_name: "Aurora Outlet",
      default_languages: ["de", "en"],
    })
  })

  test("that many change at once are changed one after the other, and none is lost", async () => {
    const members = Object.entries(whole)
    await Promise.all(members.map(([name, value]) => change({ [name]: value })))
    expect((await app.get(PATH)).body).toMatchObject(whole)
  })

  test("that another process has changed are known within a few seconds", async () => {
    await using database = await createTestDatabase()
    await using one = await startTestApp({ databaseUrl: database.url })
    await using other = await startTestApp({ databaseUrl: database.url })
    const nameOf = async (server: TestApp) => (await server.app.engine.shop.face()).name
    expect([await nameOf(one), await nameOf(other)]).toEqual(["Doorbuster", "Doorbuster"])

    await one.send("PATCH", PATH, { json: { name: "Aurora" } })
    expect(await nameOf(one)).toBe("Aurora")
    await expect.poll(() => nameOf(other), { timeout: 4_000, interval: 50 }).toBe("Aurora")
  })
})
