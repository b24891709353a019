import type { Page } from "playwright-core"
import type { NewProductBody } from "../../client/src/admin.ts"
import type { BrowserShop } from "../support/browser.ts"

/* The steps of a buyer on the storefront. They find fields and buttons by their visible texts. */

/** Creates a product of 10 units at 129.00 EUR, with the settings in `more`. Returns its id. */
export async function offerLamp(app: BrowserShop, more: Partial<NewProductBody> = {}): Promise<number> {
  const plain = { name: "Desk lamp No. 4", price_minor: 12_900, currency: "EUR", stock: 10 }
  return (await app.shop.products.create({ ...plain, ...more })).id
}

/** Opens a product's page, until its scripts know the server's time. */
export async function visit(page: Page, productId: number): Promise<void> {
  await page.goto(`/p/${productId}`)
  await page.locator(".clock", { hasText: /\d\d:\d\d:\d\d/ }).waitFor()
}

/** Waits for the next second of the shop's clock, when the page is rendered again. */
export async function seesClockTurn(page: Page): Promise<void> {
  const clock = page.locator(".clock .tabular")
  const shown = await clock.textContent()
  await page.locator(".clock .tabular", { hasNotText: shown ?? "" }).waitFor()
}

/** Waits for the headline that states the buyer's situation. */
export function reads(page: Page, headline: string): Promise<void> {
  return page.getByRole("heading", { level: 2, name: headline }).waitFor()
}

/** Presses a button by its text. */
export function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: name !== "Reserve" && name !== PAY }).click()
}

/** How the button begins that pays an order. The amount follows. */
export const PAY = "Buy now, pay"

/** Gives the held units back, or cancels the order, and answers the question. */
export async function giveBack(page: Page, what: "reservation" | "order"): Promise<void> {
  await press(page, `Cancel ${what}`)
  await press(page, `Yes, cancel the ${what}`)
}

/** Holds units on the page of a product. */
export async function holdUnits(page: Page, qty = 1): Promise<void> {
  for (let chosen = 1; chosen < qty; chosen += 1) await press(page, "Increase quantity")
  await press(page, "Reserve")
  await reads(page, "reserved for you")
}

/** Makes an order from the held units. Returns its id. */
export async function order(page: Page): Promise<number> {
  await press(page, "Check out")
  await reads(page, "Awaiting your payment")
  return Number(/\/o\/(\d+)$/.exec(page.url())?.[1])
}

/** Pays on the simulator's page by pressing a button there, which leads back to the shop. */
export async function payBy(page: Page, button: string): Promise<void> {
  await press(page, PAY)
  await page.waitForURL("**/simulator/pay/*")
  await page.getByRole("button", { name: button, exact: true }).click()
  if (button === "Pay with 3-D Secure") await press(page, "Confirm payment")
  await page.waitForURL("**/o/*")
}

/** Returns a function to poll: it reads quantity and status of all holds of a product, the oldest first. */
export function holdsOf(app: BrowserShop, productId: number): () => Promise<string[]> {
  return async () => {
    const { data } = await app.shop.holds.list({ product_id: productId })
    return data
      .toSorted((one, other) => one.hold_id - other.hold_id)
      .map(({ qty, status }) => `${qty} ${status}`)
  }
}

/** Creates a shoe at 129.00 EUR in these sizes, each with its stock. Returns its id and those of its sizes. */
export async function offerShoe(
  app: BrowserShop,
  stocks: Readonly<Record<string, number>>,
  more: Partial<NewProductBody> = {},
): Promise<{ readonly id: number; readonly size: (name: string) => number }> {
  const { id, variants = [] } = await app.shop.products.create({
    name: "Court shoe",
    price_minor: 12_900,
    currency: "EUR",
    variants: Object.entries(stocks).map(([name, stock]) => ({ name, stock, options: { size: name } })),
    ...more,
  })
  return { id, size: (name) => variants.find((variant) => variant.name === name)?.id ?? 0 }
}

/** Waits until a size's radio button reads this state, such as `3 left`. */
export function sizeReads(page: Page, size: string, state: string): Promise<void> {
  return page.getByRole("radio", { name: `${size} ${state}`, exact: true }).waitFor()
}

/** Waits until a line of the basket reads this state. */
export function lineReads(page: Page, name: string, state: string): Promise<void> {
  const line = page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) })
  return line.getByText(state, { exact: true }).waitFor()
}
