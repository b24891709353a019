import type { BrowserContext, Page } from "playwright-core"
import { expect } from "vitest"

/** A page, and the errors that its browser has logged, including violations of the content security policy. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: string[]
}

/** Opens a page and collects its errors. Browsers also log answers with an error status; those do not count. */
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

/** Waits until the page shows the text. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 10_000 })
  expect(await page.getByText(text).count()).toBeGreaterThan(0)
}

/** Closes a dialog and waits until it is gone, because the form behind it may have the same labels. */
export async function goBack(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Go back" }).click()
  await page.getByRole("dialog").waitFor({ state: "detached" })
}

/** Closes a dialog with input that is not saved, and waits until it is gone. */
export async function discard(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Go back" }).click()
  await page.getByRole("button", { name: "Discard" }).click()
  await page.getByRole("dialog").first().waitFor({ state: "detached" })
}

/** Puts the product of the form on sale, confirms it, and waits for its live screen. */
export async function putOnSale(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Put on sale…" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Put on sale" }).click()
  await page.waitForURL(/\/admin\/p\/\d+$/)
}

/** Fills in and sends the sign-in form. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token)
  await page.getByRole("button", { name: "Sign in" }).click()
}
