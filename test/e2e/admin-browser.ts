import { existsSync } from "node:fs"
import axe from "axe-core"
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core"
import { expect } from "vitest"

const CHROMIUM = "/usr/bin/chromium"

/** False: there is no browser here, which only an automatic build may not put up with. */
export const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser && process.env["CI"] === "true") throw new Error(`${CHROMIUM} is missing`)
if (!hasBrowser) console.log(`skipped: ${CHROMIUM} is missing, so nobody looks at the control room`)

/** Starts the system's browser. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] })
}

/** A page, and what it complained of: errors, and violations of its policy. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: string[]
}

/** Opens a page whose complaints are kept. Answers that refuse are told of by browsers too, and are none. */
export async function watchedPage(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on("pageerror", (error) => void complaints.push(error.message))
  page.on("console", (message) => {
    const isRefusal = /Failed to load resource/.test(message.text())
    if (message.type() === "error" && !isRefusal) complaints.push(message.text())
  })
  return { page, complaints }
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

/** Waits until the text is there, and is the only one of its kind. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 10_000 })
  expect(await page.getByText(text).count()).toBeGreaterThan(0)
}
