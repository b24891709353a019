import type { BrowserContext, Page } from "playwright-core"
import { expect } from "vitest"

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

/** Waits until the text is there, and is the only one of its kind. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 10_000 })
  expect(await page.getByText(text).count()).toBeGreaterThan(0)
}

/** Leaves a dialog, and waits until its labels are gone: they may be like those of the form behind it. */
export async function goBack(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Go back" }).click()
  await page.getByRole("dialog").waitFor({ state: "detached" })
}

/** Fills in the way into the control room. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Admin token").fill(token)
  await page.getByRole("button", { name: "Sign in" }).click()
}
