import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  findFaults,
  launchBrowser,
  leavesOutBrowser,
  startBrowserShop,
  type BrowserShop,
} from "../support/browser.ts"
import {
  intentWith,
  startFakeStripe,
  stripeEvent,
  stripeSettings,
  stripeSignature,
  type FakeStripe,
} from "../support/fake-stripe.ts"
import { holdUnits, offerLamp, order, PAY, press, reads, visit } from "./storefront.ts"

/**
 * A stand-in for Stripe's script, with a field for a card number as its form. `4242` is accepted, `3220` is confirmed
 * on the bank's page, any other number is declined. `stripeAsked` records the calls.
 */
const script = `
  const asked = (window.stripeAsked ??= [])
  window.Stripe = (key) => ({
    elements({ clientSecret, appearance }) {
      asked.push({ key, clientSecret, theme: appearance.theme, background: appearance.variables.colorBackground })
      const field = document.createElement("input")
      field.ariaLabel = "Card number"
      return { create: () => ({ mount: (place) => place.append(field), unmount: () => field.remove() }), field }
    },
    async confirmPayment({ elements, confirmParams, redirect }) {
      asked.push({ redirect, ...confirmParams })
      const number = elements.field.value
      if (number === "3220") {
        const secret = asked[0].clientSecret
        const said = new URLSearchParams({ payment_intent: secret.split("_secret")[0],
          payment_intent_client_secret: secret, redirect_status: "succeeded" })
        location.assign(confirmParams.return_url + "?" + said)
        return new Promise(() => undefined)
      }
      return number === "4242"
        ? { paymentIntent: { status: "succeeded" } }
        : { error: { message: "Your card was declined." } }
    },
    registerAppInfo() {},
    _registerWrapper() {},
  })`

describe.skipIf(leavesOutBrowser())("paying by Stripe", () => {
  let browser: Browser
  let fake: FakeStripe
  let app: BrowserShop
  beforeAll(async () => {
    browser = await launchBrowser()
    fake = await startFakeStripe()
    const stripe = { ...stripeSettings(fake.url), publishableKey: "pk_test_0123456789" }
    app = await startBrowserShop({ config: { stripe } })
  })
  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
    await fake[Symbol.asyncDispose]()
  })

  /** A page with an order that waits for payment, its requests to other hosts, and its browser errors. */
  async function atOrder(answer: "script" | "nothing" = "script") {
    const context = await browser.newContext({ baseURL: app.url, viewport: { width: 390, height: 760 } })
    context.setDefaultTimeout(10_000)
    const elsewhere: string[] = []
    const complaints: string[] = []
    context.on("request", (request) => {
      if (!request.url().startsWith(app.url)) elsewhere.push(request.url())
    })
    context.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
    })
    await context.route("https://js.stripe.com/**", (route) =>
      answer === "script"
        ? route.fulfill({ contentType: "text/javascript", body: script })
        : route.abort("blockedbyclient"),
    )
    const page = await context.newPage()
    const productId = await offerLamp(app)
    await visit(page, productId)
    await holdUnits(page)
    expect(elsewhere).toEqual([])
    const orderId = await order(page)
    return {
      page,
      context,
      productId,
      orderId,
      elsewhere,
      complaints,
      [Symbol.asyncDispose]: () => context.close(),
    }
  }

  /** Sends Stripe's webhook that the payment of the order has succeeded. */
  async function tellSuccess(orderId: number): Promise<void> {
    const opened = [...fake.intents.values()].find(
      (intent) =>
        "metadata" in intent && (intent.metadata as { order_id?: string }).order_id === String(orderId),
    ) as { id: string; amount: number }
    const raw = stripeEvent(
      "payment_intent.succeeded",
      intentWith({ ...opened, status: "succeeded", amount_received: opened.amount }),
      `evt_${orderId}`,
    )
    const headers = { "stripe-signature": stripeSignature(raw), "content-type": "application/json" }
    expect((await app.send("POST", "/api/payments/webhooks/stripe", { raw, headers })).status).toBe(200)
  }

  async function fillIn(page: Page, number: string): Promise<void> {
    await page.getByLabel("Card number").fill(number)
    await press(page, PAY)
  }

  test("in the form on the page: there when the order can be paid, paid when the webhook arrives", async () => {
    await using buyer = await atOrder()
    const { page, orderId, elsewhere, complaints } = buyer
    await fillIn(page, "4242")
    await reads(page, "Confirming your payment")
    await page.reload()
    await reads(page, "Confirming your payment")
    // A clock would frighten a buyer who has paid.
    expect(await page.getByRole("timer").count()).toBe(0)
    await tellSuccess(orderId)
    await reads(page, "Order paid")
    await page.reload()
    await reads(page, "Order paid")

    // On each page of the order that is not paid yet, and not on the receipt.
    expect(elsewhere.map((url) => new URL(url).origin)).toEqual(["https://js.stripe.com"])
    expect(complaints).toEqual([])
    expect(await app.get(`/api/orders/${orderId}`)).toMatchObject({ body: { status: "paid" } })
  })

  test("in the page's own colours, with the account's key and this order's payment", async () => {
    await using buyer = await atOrder()
    const { page, orderId } = buyer
    await page.emulateMedia({ colorScheme: "dark" })
    await page.reload()
    await fillIn(page, "4242")
    await reads(page, "Confirming your payment")

    const [first, second] = (await page.evaluate("stripeAsked")) as Record<string, string>[]
    expect(first).toMatchObject({
      key: "pk_test_0123456789",
      clientSecret: expect.stringMatching(/_secret_/),
      theme: "night",
      background: "rgb(33, 31, 26)",
    })
    expect(second).toEqual({ redirect: "if_required", return_url: `${app.url}/o/${orderId}` })
  })

  test("with a declined card, and then with another one", async () => {
    await using buyer = await atOrder()
    const { page, orderId } = buyer
    await fillIn(page, "0002")
    await page.locator(".notice", { hasText: "Your card was declined." }).waitFor()
    expect(await findFaults(page)).toEqual([])

    await fillIn(page, "4242")
    await reads(page, "Confirming your payment")
    await tellSuccess(orderId)
    await reads(page, "Order paid")
  })

  test("with a confirmation on the bank's page, whose query is removed from the address", async () => {
    await using buyer = await atOrder()
    const { page, orderId } = buyer
    await fillIn(page, "3220")
    await page.waitForURL(`${app.url}/o/${orderId}`)
    await reads(page, "Confirming your payment")

    expect(page.url()).not.toContain("secret")
  })

  test("ignores a forged return link", async () => {
    await using buyer = await atOrder()
    const { page, orderId } = buyer
    await page.getByLabel("Card number").waitFor()
    await page.goto(`/o/${orderId}?payment_intent=pi_made_up&redirect_status=succeeded`)

    await reads(page, "Awaiting your payment")
    expect(page.url()).toBe(`${app.url}/o/${orderId}`)
    await page.getByRole("button", { name: PAY }).click({ trial: true })
  })

  test("shows a message if the form cannot be loaded, and tries again", async () => {
    await using buyer = await atOrder("nothing")
    const { page, context } = buyer
    await page.locator(".notice", { hasText: "The payment form could not be loaded." }).waitFor()

    await context.unroute("https://js.stripe.com/**")
    await context.route("https://js.stripe.com/**", (route) =>
      route.fulfill({ contentType: "text/javascript", body: script }),
    )
    await press(page, PAY)
    await page.getByLabel("Card number").waitFor()
    expect(await page.locator(".notice:visible").count()).toBe(0)
  })

  test("only pages of orders may load anything from Stripe", async () => {
    const policyOf = async (path: string) => String((await app.get(path)).headers["content-security-policy"])

    expect(await policyOf("/o/1")).toContain("https://js.stripe.com")
    for (const path of ["/", "/p/1", "/admin"]) expect(await policyOf(path)).not.toContain("stripe")
    expect(await policyOf("/o/1")).not.toContain("unsafe")
  })
})
