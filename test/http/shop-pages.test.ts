import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { offer } from "../support/shop.ts"

const PUBLIC_URL = "https://drops.aurora.example/shop"
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ config: { publicUrl: PUBLIC_URL, shopName: "Aurora" } })
})
afterAll(() => app[Symbol.asyncDispose]())

const setShop = (json: object) => app.send("PATCH", "/api/admin/shop", { json })
const page = async (path: string) => String((await app.get(path)).body)
/** The content of the head's element with this attribute. */
const meta = (html: string, attribute: string) =>
  new RegExp(`<meta ${attribute} content="([^"]*)"`).exec(html)?.[1]
const hostile = `"><script>alert(1)</script>&\u202e`

describe("every page", () => {
  test("is titled with the name of the shop, which stands at its top", async () => {
    const { id } = await offer(app, { name: "Lamp" })
    for (const [path, title] of [
      ["/", "On sale · Aurora"],
      [`/p/${id}`, "Lamp · Aurora"],
      ["/o/17", "Order 17 · Aurora"],
      ["/find", "Find my order · Aurora"],
      ["/p/999999", "Page not found · Aurora"],
    ] as const) {
      const html = await page(path)
      expect(html).toContain(`<title>${title}</title>`)
      expect(html).toContain('<bdi class="shop-name">Aurora</bdi>')
      expect(html).not.toContain("<footer")
      expect(html).toContain('<link rel="icon" href="/theme/ffc62b-41.svg"/>')
      expect(html).not.toContain('.css" rel')
      expect(html).not.toMatch(/href="\/theme\/[^"]*css"/)
    }
  })

  test("has the shop's logo, colour, icon, links and way to get help, as soon as they are set", async () => {
    const { id } = await offer(app, { name: "Chair" })
    const first = await app.get(`/p/${id}`)
    const links = { imprint: "https://aurora.example/imprint?a=1&b=2", terms: "https://aurora.example/terms" }
    const logo = { url: "https://aurora.example/logo.svg", alt: "Aurora Supply" }
    await setShop({ accent: "#0b5fff", support: "help@aurora.example", links, logo })
    for (const path of [`/p/${id}`, "/o/17", "/find", "/p/999999"]) {
      const html = await page(path)
      expect(html).toContain(
        '<img class="shop-logo" src="https://aurora.example/logo.svg" alt="Aurora Supply"',
      )
      expect(html).toContain('<link rel="stylesheet" href="/theme/0b5fff.css"/>')
      expect(html).toContain('<link rel="icon" href="/theme/0b5fff-41.svg"/>')
      const [, footer = ""] = /<footer[^>]*>(.*?)<\/footer>/s.exec(html) ?? []
      expect([...footer.matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, url, text]) => [url, text])).toEqual(
        [
          ["https://aurora.example/imprint?a=1&amp;b=2", "Imprint"],
          ["https://aurora.example/terms", "Terms"],
          ["mailto:help@aurora.example", "help@aurora.example"],
        ],
      )
    }
    // A stored page is replaced, although the product has not changed.
    const { etag = "" } = first.headers as { etag?: string }
    expect((await app.get(`/p/${id}`, { headers: { "if-none-match": etag } })).status).toBe(200)

    await setShop({ icon: "https://aurora.example/icon.png", support: "https://aurora.example/help" })
    const html = await page("/find")
    expect(html).toContain('<link rel="icon" href="https://aurora.example/icon.png"/>')
    expect(html).toContain('<a href="https://aurora.example/help">Get help</a>')
    // The page of an order says whom to ask once it is paid; others have it at their foot alone.
    const dataOf = (html: string) => html.split('id="page-data"')[1]
    expect(dataOf(await page("/o/17"))).toContain('"support":"https://aurora.example/help"')
    expect(dataOf(html)).not.toContain("support")
    await expect.poll(() => page("/"), { timeout: 3_000 }).toContain("icon.png")
    await setShop({ accent: null, support: null, links: null, logo: null, icon: null })
  })

  test("escapes what the shop says", async () => {
    const url = `https://aurora.example/"><script>alert(1)</script>`.replaceAll(" ", "")
    await setShop({ name: hostile, logo: { url, alt: hostile }, links: { imprint: url } })
    const { id } = await offer(app, { name: hostile, description: hostile })
    for (const path of [`/p/${id}`, "/o/17", "/p/999999"]) expect(await page(path)).not.toContain("<script>")
    await setShop({ name: null, logo: null, links: null })
  })
})

describe("where a link is shared, and in search engines,", () => {
  test("a product has its name, its description, its picture and one address", async () => {
    const description = `Spun steel.\n  ${"Made once. ".repeat(40)}`
    const image_url = "https://cdn.aurora.example/lamp.jpg?w=1&h=2"
    const { id } = await offer(app, { name: "Lamp & shade", description, image_url })
    const html = await page(`/p/${id}`)
    expect(meta(html, 'property="og:title"')).toBe("Lamp &amp; shade")
    expect(meta(html, 'property="og:site_name"')).toBe("Aurora")
    expect(meta(html, 'property="og:type"')).toBe("product")
    expect(meta(html, 'property="og:image"')).toBe("https://cdn.aurora.example/lamp.jpg?w=1&amp;h=2")
    expect(meta(html, 'property="og:url"')).toBe(`${PUBLIC_URL}/p/${id}`)
    expect(html).toContain(`<link rel="canonical" href="${PUBLIC_URL}/p/${id}"/>`)
    const said = meta(html, 'name="description" property="og:description"') ?? ""
    expect(said).toMatch(/^Spun steel\. Made once\. .*…$/)
    expect(said.length).toBeLessThanOrEqual(160)
    expect(meta(html, 'name="robots"')).toBeUndefined()
  })

  test("a product without picture and description has its price", async () => {
    const { id } = await offer(app, { name: "Cup" })
    const html = await page(`/p/${id}`)
    expect(meta(html, 'name="description" property="og:description"')).toBe("Cup, €99.99, at Aurora.")
    expect(meta(html, 'property="og:image"')).toBeUndefined()
  })

  test("without PUBLIC_URL no page says where it is", async () => {
    await using other = await startTestApp()
    const html = String((await other.get("/")).body)
    expect(html).toContain("og:title")
    expect(html).not.toMatch(/og:url|canonical/)
  })

  test.each(["/o/17", "/find", "/p/999999", "/o/abc"])("%s is not listed", async (path) => {
    const { headers, body } = await app.get(path)
    expect(headers["x-robots-tag"]).toBe("noindex")
    expect(meta(String(body), 'name="robots"')).toBe("noindex")
    expect(body).not.toMatch(/og:|canonical/)
  })

  test("robots.txt keeps them from the API and lets them read pages, also those that say noindex", async () => {
    const { status, headers, body } = await app.get("/robots.txt")
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"])
    const rules = String(body)
      .split("\n")
      .filter((line) => line.startsWith("Disallow: "))
    const isAllowed = (path: string) => !rules.some((rule) => path.startsWith(rule.replace("Disallow: ", "")))
    const paths = ["/", "/p/1", "/o/17", "/api/products", "/admin", "/simulator/mail"]
    expect(paths.map(isAllowed)).toEqual([true, true, true, false, false, false])
  })
})

describe("the files of the theme", () => {
  test("have the shades of the colour for both themes", async () => {
    const { status, headers, body } = await app.get("/theme/ffe600.css")
    expect([status, headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"])
    expect(headers["cache-control"]).toBe("public, max-age=86400")
    const [light = "", dark = ""] = String(body).split("@media (prefers-color-scheme:dark)")
    expect(light).toContain("--accent:#ffe600;")
    expect(light).toMatch(/--accent-text:#(?!ffe600)[0-9a-f]{6}\}/)
    expect(dark).toContain("--accent-text:#ffe600}")
  })

  test("draw the letter of the shop's name on its colour", async () => {
    const { headers, body } = await app.get("/theme/0b5fff-e4.svg")
    expect(headers["content-type"]).toBe("image/svg+xml; charset=utf-8")
    expect(String(body)).toContain('fill="#0b5fff"/>')
    expect(String(body)).toMatch(/fill="#ffffff">Ä<\/text>/)
    // A sign that is no letter could be one of XML.
    for (const code of ["3c", "26", "d800", "ffffff"]) {
      expect(String((await app.get(`/theme/0b5fff-${code}.svg`)).body)).not.toContain("<text")
    }
    const icon = await app.get("/favicon.ico")
    expect([icon.status, icon.headers["location"]]).toEqual([302, "/theme/ffc62b-41.svg"])
  })

  test.each([
    "0b5ff.css",
    "0B5FFF.css",
    "0b5fff.js",
    "0b5fff-41.css",
    "red.css",
    "0b5fff%00.css",
    "..%2f.css",
  ])("%s is none", async (file) => {
    expect(await app.get(`/theme/${file}`)).toBeProblem(404, "route_not_found")
  })
})
