import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"

const SHOP = "https://aurora.example"
const OTHER = "https://other.example"

describe.each([
  ["open mode", null],
  ["closed mode", "an admin token of the test"],
])("in %s", (_, adminToken) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({
      config: { corsOrigins: [SHOP], adminToken, paymentWebhookSecret: Buffer.alloc(32) },
    })
  })
  afterAll(() => app[Symbol.asyncDispose]())

  const ask = (path: string, origin: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(app.url + path, { headers: { origin, ...headers } })
  const readableBy = (answer: Response) => answer.headers.get("access-control-allow-origin")

  test.each([SHOP, OTHER])(
    "the script can be loaded by a page of %s, which only it can tell why it may not ask",
    async (origin) => {
      const script = await ask("/embed.js", origin)
      expect([script.status, readableBy(script)]).toEqual([200, "*"])
      expect(script.headers.get("content-type")).toMatch(/^(?:text|application)\/javascript/)
      expect(script.headers.get("cache-control")).toBe("public, max-age=300")
      const etag = script.headers.get("etag") ?? ""
      const again = await ask("/embed.js", origin, {
        "if-none-match": etag,
        "cache-control": "max-age=0",
      })
      expect([again.status, readableBy(again)]).toEqual([304, "*"])

      const [, words = ""] = /import\(`\.(\/embed\/[\w-]+\.js)`\)/.exec(await script.text()) ?? []
      const catalogue = await ask(words, origin)
      expect([catalogue.status, readableBy(catalogue)]).toEqual([200, "*"])
      expect(catalogue.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
      expect((await ask("/embed/none.js", origin)).status).toBe(404)
      expect((await ask("/embed/..%2fembed.js", origin)).status).toBeGreaterThanOrEqual(403)
    },
  )

  test("the API answers pages of the allowed origin alone", async () => {
    expect(readableBy(await ask("/api/products/1", SHOP))).toBe(SHOP)
    expect(readableBy(await ask("/api/products/1", OTHER))).toBeNull()
  })

  test("the script is compressed as the browser wants it", async () => {
    const script = await ask("/embed.js", SHOP, { "accept-encoding": "br" })
    expect(script.headers.get("content-encoding")).toBe("br")
    expect(script.headers.get("vary")).toMatch(/accept-encoding/i)
  })
})
