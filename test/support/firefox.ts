import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import puppeteer, { type Browser, type Page } from "puppeteer-core"
import { expect } from "vitest"

/** The paths at which distributions install Firefox. */
const places = ["/usr/bin/firefox-esr", "/usr/bin/firefox"]

/** The path of the system's Firefox; null if none is installed. */
const firefoxPath = places.find((place) => existsSync(place)) ?? null

/** Whether to skip the tests with Firefox. On CI a missing browser is an error instead. */
export function leavesOutFirefox(): boolean {
  const missing = whatIsMissing()
  if (missing === null) return false
  if (process.env["CI"] === "true") throw new Error(`${missing}: install the package firefox-esr`)
  console.log(`Skipped the tests with Firefox: ${missing}.`)
  return true
}

/** The oldest version that was tried. Puppeteer sends commands that 140 does not know. */
const OLDEST = 153

function whatIsMissing(): string | null {
  if (firefoxPath === null) return "it is not installed"
  const version = spawnSync(firefoxPath, ["--version"], { encoding: "utf8" }).stdout.trim()
  return Number(/ (\d+)/.exec(version)?.[1] ?? 0) < OLDEST ? `${version} is older than ${OLDEST}` : null
}

/** It takes seconds, and more on a machine that is busy. */
const STARTED_WITHIN_MS = 120_000

/**
 * Starts the system's Firefox. Playwright, which drives the other tests' browser, would need a Firefox of its own build;
 * Puppeteer speaks the standard protocol (WebDriver BiDi).
 */
export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath ?? "",
    headless: true,
    timeout: STARTED_WITHIN_MS,
    protocolTimeout: STARTED_WITHIN_MS,
  })
}

/** What a person does on a page. Buttons are found by their name, fields by their label. */
export function personOn(page: Page) {
  /** The page's text, with simple spaces. */
  const text = async () => String(await page.evaluate("document.body.innerText")).replaceAll(/\s+/g, " ")
  return {
    press: (name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click(),
    fill: async (name: string, value: string) => {
      await page.locator(`::-p-xpath(//label[starts-with(normalize-space(.), "${name}")])`).click()
      await page.evaluate("document.activeElement.select()")
      await page.keyboard.type(value)
    },
    sees: async (words: string) => {
      await expect.poll(text, { timeout: 20_000 }).toContain(words)
    },
  }
}
