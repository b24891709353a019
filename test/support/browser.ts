import { existsSync } from "node:fs"
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
import { LANGUAGE_COOKIE } from "../../web/shared/page-data.ts"
import { axeFaults } from "./page-look.ts"
import { startTestApp, type TestApp, type TestAppOptions } from "./app.ts"

/**
 * The paths at which distributions install Chromium. The headless shell is the same engine without a window: a new
 * profile takes a third of the time, because the whole browser draws its own window for each.
 */
const places = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
]

/** The path of the system's Chromium; null if none is installed. */
const chromiumPath = places.find((place) => existsSync(place)) ?? null

/** Whether to skip the tests with a browser. On CI a missing browser is an error instead. */
export function leavesOutBrowser(): boolean {
  if (chromiumPath !== null) return false
  if (process.env["CI"] === "true")
    throw new Error("Chromium is not installed: install the package chromium-headless-shell")
  console.log("Skipped the tests with a browser: Chromium is not installed.")
  return true
}

/** Starts the system's Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? "", args: ["--no-sandbox"] })
}

/** Starts a server with worker and payment simulator, and API clients for a buyer (`crowd`) and for the shop. */
export async function startBrowserShop(options: TestAppOptions = {}) {
  const app = await startTestApp({ worker: true, seed: false, ...options })
  const adminToken = options.config?.adminToken ?? null
  return Object.assign(app, {
    crowd: createClient({ baseUrl: app.url }),
    shop: createAdminClient({ baseUrl: app.url, adminToken }),
  })
}

export type BrowserShop = Awaited<ReturnType<typeof startBrowserShop>>

/** A buyer with a browser profile of their own. */
export interface Buyer extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** Opens another tab. */
  newTab(): Promise<Page>
}

/**
 * Opens a browser profile. Its disposal fails the test if there was a script error, a violation of the content security
 * policy, a request to another host or with a token in its address, or a cookie other than that of the chosen language.
 */
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
      const other = cookies.filter(({ name }) => name !== LANGUAGE_COOKIE)
      expect([...wrong, ...other.map(({ name }) => `cookie ${name}`)].join("\n")).toBe("")
    },
  }
}

/** Lists the page's accessibility violations in both themes, and by how much it is wider than its window. */
export async function findFaults(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    for (const found of await axeFaults(page)) faults.push(`${colorScheme}: ${found}`)
  }
  const overhang = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
  if (Number(overhang) > 0) faults.push(`${String(overhang)} pixels wider than the window`)
  return faults
}
