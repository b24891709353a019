import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createPageMemory } from "../../src/site/page-memory.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { hold, offer, startClosedApp } from "../support/shop.ts"

describe("the storefront's pages", () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app[Symbol.asyncDispose]())

  const get = (path: string, headers: Record<string, string> = {}) => app.get(path, { headers })

  test("load files of their own server only", async () => {
    const { status, headers, body } = await get("/p/1")
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
    const policy = String(headers["content-security-policy"])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain("unsafe")
    expect(headers["set-cookie"]).toBeUndefined()
    for (const [, address = ""] of String(body).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const file = await get(address, { "accept-encoding": "br" })
      expect([file.status, file.headers["content-encoding"]]).toEqual([200, "br"])
      expect(file.headers["cache-control"]).toContain("immutable")
    }
  })

  test("are answered with 304 while nothing has changed, with the same content security policy", async () => {
    const { id } = await offer(app)
    const first = await get(`/p/${id}`)
    const { etag = "" } = first.headers as { etag?: string }
    const second = await get(`/p/${id}`, { "if-none-match": etag })
    expect(second.status).toBe(304)
    expect(second.headers["content-security-policy"]).toBe(first.headers["content-security-policy"])
    await hold(app, id)
    const third = await get(`/p/${id}`, { "if-none-match": etag })
    expect([third.status, String(third.body).includes("99")]).toEqual([200, true])
  })

  test.each([
    "/p/0",
    "/p/01",
    "/p/-1",
    "/p/999999",
    "/p/1e3",
    "/p/%31%00",
    "/p/..%2f..%2fetc%2fpasswd",
    "/p/<script>",
    "/p/99999999999999999999",
    "/o/abc",
    "/o/1%27",
    "/?cursor=abc",
    "/?cursor=1&cursor=2",
    "/?cursor=",
  ])("%s does not exist: a page with status 404", async (path) => {
    const { status, headers, body } = await get(path)
    expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"])
    expect(body).toContain("Page not found")
    expect(body).not.toContain("<script>")
  })

  test.each([
    "/assets/none.js",
    "/assets/../server/render.js",
    "/assets/%2e%2e/server/render.js",
    "/assets/%2e%2e%2fserver/render.js",
    "/assets/.vite/manifest.json",
    "/assets",
    "/assets/",
    "/assets//",
  ])("%s is not served as a file", async (path) => {
    expect(await get(path)).toBeProblem(404, "route_not_found")
  })

  test("an unknown address is a page of the shop for a browser, and a problem for a program", async () => {
    const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" }
    const { status, headers, body } = await get("/products/lamp?from=mail", browser)
    expect([status, headers["x-robots-tag"]]).toEqual([404, "noindex"])
    expect(headers["content-security-policy"]).toContain("default-src 'none'")
    expect(body).toContain("Page not found")
    expect(await get("/products/lamp")).toBeProblem(404, "route_not_found")
    for (const path of ["/api/nothing", "/assets/none.js", "/simulator/nothing/x", "/admin/nothing/x"])
      expect(String((await get(path, browser)).body)).not.toContain("Page not found")
    expect(await app.post("/products/lamp", {}, { headers: browser })).toBeProblem(404, "route_not_found")
  })

  test("an order's page is the same for every caller and is never cached", async () => {
    const { status, headers, body } = await get("/o/123456")
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"])
    expect(body).toContain("Order 123456")
  })

  test("are counted by route", async () => {
    await get("/p/1")
    const { body } = await get("/metrics")
    expect(body).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/p\/:id"/)
  })

  test("use the simulator in open mode only", async () => {
    await using shop = await startClosedApp()
    expect((await get("/o/1")).body).toContain('"url":"/simulator"')
    expect((await shop.get("/o/1")).body).toContain('"payment":null')
  })
})

describe("the memory of pages", () => {
  test("makes a page once for all requests within a second, and again after a failure", async () => {
    let now = 0
    const made: string[] = []
    const memory = createPageMemory(
      async (key) => {
        made.push(key)
        if (made.length === 1) throw new Error("no database")
        return `page ${key}`
      },
      () => now,
    )
    await expect(memory.page("")).rejects.toThrow("no database")
    const pages = await Promise.all([memory.page(""), memory.page(""), memory.page("20")])
    expect(pages).toEqual(["page ", "page ", "page 20"])
    now = 999
    await memory.page("")
    expect(made).toEqual(["", "", "20"])
    now = 1_000
    await memory.page("")
    expect(made).toEqual(["", "", "20", ""])
  })
})
