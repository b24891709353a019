import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, expect, test } from "vitest"
import { sitePath, withSiteLinks } from "../../scripts/docs-links.ts"
import { startTestApp } from "../support/app.ts"
import { launchBrowser, leavesOutBrowser, newBuyer } from "../support/browser.ts"
import { filesLike, root } from "./markdown.ts"

/** Ten seconds of one core, more beside other tests. */
const BUILD_TIMEOUT_MS = 180_000

describe("the site", () => {
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [join(root, "scripts/build-docs.ts")], { cwd: root })
  }, BUILD_TIMEOUT_MS)

  test("has every page of docs", async () => {
    const pages = await filesLike("docs/**/*.md")
    const missing = pages.filter((path) => !existsSync(join(root, "dist/docs", htmlOf(path))))

    expect(pages.length).toBeGreaterThan(60)
    expect(missing).toEqual([])
  })

  // The server reads the policy's hashes from one page.
  test("has the same scripts in every page, so that one policy fits all", async () => {
    const pages = await filesLike("docs/**/*.md")
    const scripts = await Promise.all(
      pages.map(async (path) => {
        const text = await readFile(join(root, "dist/docs", htmlOf(path)), "utf8")
        return [...text.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)]
          .map((match) => match[1])
          .join("\n")
      }),
    )

    expect(new Set(scripts).size).toBe(1)
  })

  test("is served at /docs/guide/, and the API's description stays at /docs/", async () => {
    await using app = await startTestApp()
    const [door, page, lost, api] = await Promise.all(
      ["/docs/guide", "/docs/guide/operate/backup.html", "/docs/guide/none.html", "/docs/"].map((path) =>
        app.get(path),
      ),
    )

    expect([door?.status, door?.headers["location"]]).toEqual([302, "/docs/guide/"])
    expect(page?.status).toBe(200)
    expect(page?.body).toContain("Backup and restore")
    expect(page?.headers["content-security-policy"]).toMatch(/script-src 'self' 'sha256-[^']+=' 'sha256-/)
    expect(lost?.status).toBe(404)
    expect(lost?.body).toMatchObject({ code: "route_not_found" })
    expect(api?.body).toContain("/openapi.json")
  })

  test.skipIf(leavesOutBrowser())("runs under its policy, finds words, and follows links", async () => {
    await using app = await startTestApp()
    await using browser = await launchBrowser()
    await using reader = await newBuyer(browser, app, { viewport: { width: 1280, height: 900 } })
    const { page } = reader

    await page.goto(`${app.url}/docs/guide/`)
    await page.locator("main").getByRole("link", { name: "Problems", exact: true }).first().click()
    await page.getByRole("heading", { name: "Problems", level: 1 }).waitFor()
    await page.locator("main").getByText("customer_limit_reached").waitFor()

    await page.keyboard.press("Control+k")
    await page.locator("#localsearch-input").fill("chargeback")
    await page.locator("#localsearch-list").getByText("Disputes").first().waitFor()
    expect(await page.title()).toMatch(/^Problems/)
  })
})

function htmlOf(path: string): string {
  return (sitePath(path) ?? path).replace(/\.md$/, ".html")
}

test.each([
  ["docs/start/quickstart.md", "[x](../guides/b.md#c)", "[x](../guides/b.md#c)"],
  ["docs/README.md", "[x](../ARCHITECTURE.md)", "[x](./internals/architecture.md)"],
  ["client/README.md", "[x](../README.md)", "[x](../index.md)"],
  ["ARCHITECTURE.md", "[x](docs/adr/README.md)", "[x](../adr/index.md)"],
  ["docs/start/quickstart.md", "[`x`](../../src/main.ts)", "`x`"],
  ["docs/start/quickstart.md", "[x](https://a.example)", "[x](https://a.example)"],
  ["docs/guides/stripe.md", '<img src="../screenshots/b.png">', '<img src="../screenshots/b.png">'],
  ["docs/start/quickstart.md", "```\n[x](../../src/main.ts)\n```", "```\n[x](../../src/main.ts)\n```"],
])("a link in %s, %s, becomes %s", (path, text, expected) => {
  expect(withSiteLinks(path, text)).toBe(expected)
})
