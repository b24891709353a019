import { existsSync } from "node:fs"
import axe from "axe-core"
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright-core"
import { expect } from "vitest"
import { createAdminClient } from "../../client/src/admin.ts"
import { createClient } from "../../client/src/index.ts"
import { startTestApp, type TestApp, type TestAppOptions } from "./app.ts"

/** Where distributions put it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** The system's Chromium; null: there is none. */
const chromiumPath = places.find((place) => existsSync(place)) ?? null

/** Whether tests with a browser are left out. On CI they never are. */
export function leavesOutBrowser(): boolean {
  if (chromiumPath !== null) return false
  if (process.env["CI"] === "true") throw new Error("Chromium is not installed: install the package chromium")
  console.log("Skipped the tests with a browser: Chromium is not installed.")
  return true
}

/** Starts it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? "", args: ["--no-sandbox"] })
}

/** A server with its worker and payment simulator, and what a crowd and the shop do there without a browser. */
export async function startBrowserShop(options: TestAppOptions = {}) {
  const app = await startTestApp({ worker: true, seed: false, ...options })
  const adminToken = options.config?.adminToken ?? null
  return Object.assign(app, {
    crowd: createClient({ baseUrl: app.url }),
    shop: createAdminClient({ baseUrl: app.url, adminToken }),
  })
}

export type BrowserShop = Awaited<ReturnType<typeof startBrowserShop>>

/** A buyer with a browser of their own. */
export interface Buyer extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** A second tab. */
  newTab(): Promise<Page>
}

/** Opens a browser that notices what must not happen: errors, what the policy forbids, requests to elsewhere, cookies. */
export async function newBuyer(
  browser: Browser,
  app: Pick<TestApp, "url">,
  options: BrowserContextOptions = {},
): Promise<Buyer> {
  const context = await browser.newContext({
    baseURL: app.url,
    viewport: { width: 390, height: 760 },
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...options,
  })
  context.setDefaultTimeout(10_000)
  const wrong: string[] = []
  context.on("weberror", (error) => wrong.push(String(error.error())))
  context.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) wrong.push(message.text())
  })
  context.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(app.url) && !url.startsWith("data:")) wrong.push(`asked ${url}`)
    if (url.includes("dbt1.")) wrong.push(`a token in ${url}`)
  })
  return {
    page: await context.newPage(),
    context,
    newTab: () => context.newPage(),
    async [Symbol.asyncDispose]() {
      const cookies = await context.cookies()
      await context.close()
      expect([...wrong, ...cookies.map(({ name }) => `cookie ${name}`)].join("\n")).toBe("")
    },
  }
}

/** What makes a screen hard to use for some, in both themes, and wider than its window. */
export async function findFaults(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    for (const found of await runAxe(page)) faults.push(`${colorScheme}: ${found}`)
  }
  const overhang = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
  if (Number(overhang) > 0) faults.push(`${String(overhang)} pixels wider than the window`)
  return faults
}

async function runAxe(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's tools, past the page's policy.
  await page.evaluate(axe.source)
  const found: unknown = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + " " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" ")))`)
  return found as readonly string[]
}
