import type { Page } from "playwright-core"
import type { NewProductBody } from "../../client/src/admin.ts"
import type { BrowserShop } from "../support/browser.ts"

/** What a buyer does on the storefront, as a person does it: by what is written on it. */

/** A new product of 10 units at 129.00 EUR; `more` over that. Returns its id. */
export async function offerLamp(app: BrowserShop, more: Partial<NewProductBody> = {}): Promise<number> {
  const plain = { name: "Desk lamp No. 4", price_minor: 12_900, currency: "EUR", stock: 10 }
  return (await app.shop.products.create({ ...plain, ...more })).id
}

/** Opens a product's page, until its scripts know the server's time. */
export async function visit(page: Page, productId: number): Promise<void> {
  await page.goto(`/p/${productId}`)
  await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
}

/** Waits for the next second of the shop's clock, at which the page is drawn anew. */
export async function seesClockTurn(page: Page): Promise<void> {
  const clock = page.locator(".clock .tabular")
  const shown = await clock.textContent()
  await page.locator(".clock .tabular", { hasNotText: shown ?? "" }).waitFor()
}

/** Waits for the line that says where the buyer stands. */
export function reads(page: Page, headline: string): Promise<void> {
  return page.getByRole("heading", { level: 2, name: headline }).waitFor()
}

/** Presses a button by its text. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: name !== "Reserve" && name !== "Pay" }).click()
}

/** Holds units on the page of a product. */
export async function holdUnits(page: Page, qty = 1): Promise<void> {
  for (let chosen = 1; chosen < qty; chosen += 1) await press(page, "Increase quantity")
  await press(page, "Reserve")
  await reads(page, "reserved for you")
}

/** Makes the order of what is held. Returns its id. */
export async function order(page: Page): Promise<number> {
  await press(page, "Place order")
  await reads(page, "Awaiting your payment")
  return Number(/\/o\/(\d+)$/.exec(page.url())?.[1])
}

/** Goes to the simulator's page, and presses a button there. */
export async function payBy(page: Page, button: string): Promise<void> {
  await press(page, "Pay")
  await page.waitForURL("**/simulator/pay/*")
  await page.getByRole("button", { name: button, exact: true }).click()
  await page.getByRole("link", { name: "Back to the shop" }).click()
}

/** To poll: all holds of a product as the shop sees them, quantity and status, the oldest first. */
export function holdsOf(app: BrowserShop, productId: number): () => Promise<string[]> {
  return async () => {
    const { data } = await app.shop.holds.list({ product_id: productId })
    return data
      .toSorted((one, other) => one.hold_id - other.hold_id)
      .map(({ qty, status }) => `${qty} ${status}`)
  }
}
