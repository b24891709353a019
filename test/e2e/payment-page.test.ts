import { createHmac } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { freePort } from "../support/free-port.ts"
import { launchBrowser, leavesOutBrowser, startBrowserShop, type BrowserShop } from "../support/browser.ts"
import { closed, signature } from "../support/shop.ts"
import { holdUnits, offerLamp, order, PAY, press, reads, visit } from "./storefront.ts"

/** The shop's own payment page: it checks the link, and reports the payment when a button is pressed. */
async function startPaymentPage(engine: () => string) {
  const reported: Promise<unknown>[] = []
  let reportsAtOnce = true

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [signed = "", given] = (request.url ?? "").slice("/?".length).split("&signature=")
    const expected = createHmac("sha256", closed.paymentWebhookSecret).update(signed).digest("hex")
    const link = new URLSearchParams(signed)
    if (given !== expected) return void response.writeHead(403).end()
    if (request.method === "POST") {
      if (reportsAtOnce) reported.push(report(link))
      return void response.writeHead(303, { location: link.get("back") ?? "" }).end()
    }
    const form = `<form method="post"><button>Pay ${link.get("amount")}</button></form>`
    const page = `<!doctype html><title>Pay</title>${form}<a href="${link.get("cancel")}">Back</a>`
    response.writeHead(200, { "content-type": "text/html" }).end(page)
  }

  function report(link: URLSearchParams): Promise<unknown> {
    const body = JSON.stringify({
      idempotency_key: `paid-${link.get("order")}`,
      order_id: Number(link.get("order")),
      status: "success",
      amount_minor: Number(link.get("amount")),
      currency: link.get("currency"),
    })
    const headers = { "content-type": "application/json", ...signature(body) }
    return fetch(`${engine()}/api/payments/webhook`, { method: "POST", headers, body })
  }

  const server = createServer(answer).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Leads back, and reports only when the returned function is called. */
    reportLater(link: string) {
      reportsAtOnce = false
      return () => report(new URL(link).searchParams)
    },
    async stop() {
      await Promise.all(reported)
      server.closeAllConnections()
      server.close()
    },
  }
}

describe.skipIf(leavesOutBrowser())("a buyer who pays on the shop's own page", () => {
  let browser: Browser
  let app: BrowserShop
  let shopPage: Awaited<ReturnType<typeof startPaymentPage>>

  beforeAll(async () => {
    browser = await launchBrowser()
    shopPage = await startPaymentPage(() => app.url)
    const port = await freePort()
    const names = "order={order_id}&amount={amount_minor}&currency={currency}&expires={expires}"
    const ways = "back={return_url}&cancel={cancel_url}"
    app = await startBrowserShop({
      config: {
        ...closed,
        port,
        publicUrl: `http://127.0.0.1:${port}`,
        paymentPageUrl: `${shopPage.url}?${names}&${ways}&signature={signature}`,
      },
    })
  })

  afterAll(async () => {
    await browser.close()
    await app[Symbol.asyncDispose]()
    await shopPage.stop()
  })

  async function atPaymentPage() {
    const id = await offerLamp(app)
    const context = await browser.newContext({ baseURL: app.url, viewport: { width: 390, height: 760 } })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    await visit(page, id)
    await holdUnits(page)
    const orderId = await order(page)
    await press(page, PAY)
    await page.waitForURL(`${shopPage.url}**`)
    return { page, orderId, [Symbol.asyncDispose]: () => context.close() }
  }

  test("comes back without paying, and then pays", async () => {
    await using buyer = await atPaymentPage()
    const { page, orderId } = buyer
    await page.getByRole("link", { name: "Back" }).click()
    await reads(page, "Awaiting your payment")
    await press(page, PAY)
    await page.getByRole("button", { name: "Pay 12900" }).click()
    await reads(page, "Order paid")
    expect(page.url()).toBe(`${app.url}/o/${orderId}`)
  })

  test("is not asked to pay again while the payment is not reported yet", async () => {
    await using buyer = await atPaymentPage()
    const { page } = buyer
    const report = shopPage.reportLater(page.url())
    await page.getByRole("button", { name: "Pay 12900" }).click()
    await reads(page, "Confirming your payment…")
    expect(await page.getByRole("button", { name: PAY }).count()).toBe(0)
    await page.reload()
    await reads(page, "Confirming your payment…")
    await report()
    await reads(page, "Order paid")
  })
})
