import { hash } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { languageTags } from "../../client/src/languages.ts"
import { escaped } from "../../src/base/html.ts"
import { payWords } from "../../src/simulator/words.ts"
import { startReceiver, type Receiver } from "../support/receiver.ts"
import { createPayment, startTestSimulator, type TestSimulator } from "../support/simulator.ts"

let shop: Receiver
let simulator: TestSimulator
beforeAll(async () => {
  shop = await startReceiver()
  simulator = await startTestSimulator({ target: () => shop.url, lateMs: 200 })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
  await shop[Symbol.asyncDispose]()
})

/** Submits the form as a browser does. */
function press(id: string, action: string, headers: Record<string, string> = {}, query = "") {
  const form = { "content-type": "application/x-www-form-urlencoded", origin: simulator.url }
  const raw = new URLSearchParams({ action }).toString()
  return simulator.post(`/pay/${id}${query}`, undefined, { raw, headers: { ...form, ...headers } })
}

describe("the pay page", () => {
  test("shows the amount and five buttons, and has no scripts or external resources", async () => {
    const { payment_id } = await createPayment(simulator, { order_id: 17 })
    const { status, headers, body } = await simulator.get(`/pay/${payment_id}`)

    expect(status).toBe(200)
    expect(headers["content-type"]).toBe("text/html; charset=utf-8")
    expect(body).toContain("Order 17")
    expect(body).toContain("$199.98")
    expect(body.match(/<button name="action" value="[^"]+">/g)).toHaveLength(5)
    expect(body).not.toMatch(/<script|\son\w+=|\sstyle=|<img|<link/i)
    expect(body).toContain('name="viewport"')
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^ ]+'; img-src [^;]+; form-action 'self'; /,
    )
    const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? ""
    expect(headers["content-security-policy"]).toContain(`'sha256-${hash("sha256", style, "base64")}'`)
    // Without it browsers would send "Origin: null", which open mode refuses.
    expect(headers["referrer-policy"]).toBe("same-origin")
  })

  test("its form may be led back to a shop at another port, because browsers ask the policy for redirects too", async () => {
    const { payment_id } = await createPayment(simulator, { return_url: "http://127.0.0.1:8080/order?id=17" })
    const { headers } = await simulator.get(`/pay/${payment_id}`)
    expect(headers["content-security-policy"]).toMatch(
      /; form-action 'self' http:\/\/127\.0\.0\.1:8080; base-uri/,
    )
  })

  test("lists what is bought, with numbers and prices, if the shop says so", async () => {
    const lines = [
      { name: "41 <b>", sku: "R-41", quantity: 2, unit_price_minor: 12_900 },
      { name: "43", sku: null, quantity: 1, unit_price_minor: 14_900 },
    ]
    const { payment_id } = await createPayment(simulator, { lines })
    const { body } = await simulator.get(`/pay/${payment_id}`)
    expect(body.match(/<li>.*<\/li>/g)).toEqual([
      "<li>2 × <bdi>41 &#60;b&#62;</bdi> (<bdi>R-41</bdi>)<br>$129.00 each</li>",
      "<li>1 × <bdi>43</bdi><br>$149.00 each</li>",
    ])
    const { payment_id: other } = await createPayment(simulator)
    expect((await simulator.get(`/pay/${other}`)).body).not.toContain("<ul>")
  })

  test.each([
    ["pay", "Paid", "payment.succeeded"],
    ["decline", "declined", "payment.failed"],
    ["cancel", "cancelled", "payment.cancelled"],
  ])(
    "%s redirects to the page, which shows the result, and the shop gets the webhook",
    async (action, text, type) => {
      const { payment_id, pay_url } = await createPayment(simulator)

      const answer = await press(payment_id, action)

      expect([answer.status, answer.headers.location]).toEqual([303, pay_url])
      const { body } = await simulator.get(`/pay/${payment_id}`)
      expect(body).toContain(text)
      expect(body).not.toContain("<button")
      const received = () => shop.received.filter(({ event }) => event.payment.payment_id === payment_id)
      await expect.poll(() => received().map(({ event }) => event.type)).toEqual([type])
    },
  )

  test("3-D Secure asks for confirmation on a page of its own, which pays or declines", async () => {
    const { payment_id, pay_url } = await createPayment(simulator)
    const answer = await press(payment_id, "3ds")
    expect([answer.status, answer.headers.location]).toEqual([303, `${pay_url}?step=bank`])
    const { body } = await simulator.get(`/pay/${payment_id}?step=bank`)
    expect(body).toContain("Your bank asks for confirmation")
    expect(body.match(/value="[^"]+"/g)).toEqual(['value="confirm"', 'value="refuse"'])
    expect((await simulator.get(`/payments/${payment_id}`)).body.status).toBe("open")
    await press(payment_id, "refuse")
    expect((await simulator.get(`/payments/${payment_id}`)).body.status).toBe("declined")
    expect((await simulator.get(`/pay/${payment_id}?step=bank`)).body).not.toContain("<button")
  })

  test("is in the reader's language, chosen as on the other pages, and stays in it", async () => {
    const { payment_id, pay_url } = await createPayment(simulator)
    const textIn = async (path: string, headers: Record<string, string>) =>
      (await simulator.get(path, { headers })).body
    const path = `/pay/${payment_id}`
    const german = { "accept-language": "de-CH,fr;q=0.5" }
    expect(await textIn(path, german)).toMatch(/<html lang="de">[^]*199,98\s\$[^]*>Bezahlen</)
    expect(await textIn(path, { ...german, cookie: "a=b; doorbuster_lang=es" })).toContain(">Pagar<")
    const arabic = await textIn(`${path}?lang=ar`, german)
    expect(arabic).toContain('<html lang="ar" dir="rtl">')
    expect(await textIn(`${path}?lang=tlh`, german)).toContain(">Bezahlen<")

    const answer = await press(payment_id, "3ds", {}, "?lang=ar")
    expect(answer.headers.location).toBe(`${pay_url}?step=bank&lang=ar`)
    expect(await textIn(`${path}?step=bank&lang=ar`, german)).toContain(payWords.ar.atBank)
    expect((await press(payment_id, "refuse", {}, "?step=bank&lang=ar")).headers.location).toBe(
      `${pay_url}?lang=ar`,
    )
  })

  test("says in every language that no money moves, and says everything", async () => {
    const sentences = languageTags.map((tag) => payWords[tag].noMoney)
    expect(new Set(sentences).size).toBe(languageTags.length)
    for (const tag of languageTags) {
      const { payment_id } = await createPayment(simulator, { return_url: "/" })
      for (const step of ["", "&step=bank"]) {
        const { body } = await simulator.get(`/pay/${payment_id}?lang=${tag}${step}`)
        expect(body).toContain(escaped(payWords[tag].noMoney))
        expect(body).not.toContain("undefined")
      }
    }
  })

  test.each(["pay", "late", "decline", "cancel", "confirm", "refuse"])(
    "%s leads back to the shop at once, if it has said its address",
    async (action) => {
      const { payment_id } = await createPayment(simulator, { return_url: "/orders/1?a=1&b=%22" })
      const { status, headers } = await press(payment_id, action)
      expect([status, headers.location]).toEqual([303, `${simulator.url}/orders/1?a=1&b=%22`])
      const { body } = await simulator.get(`/pay/${payment_id}`)
      expect(body).not.toMatch(/<button|http-equiv/)
      expect(body).toContain(`<a href="${simulator.url}/orders/1?a=1&#38;b=%22"`)
    },
  )

  test.each(["confirm", "late"])("%s takes a while", async (action) => {
    const { payment_id } = await createPayment(simulator)
    await press(payment_id, action)
    const page = async () => (await simulator.get(`/pay/${payment_id}`)).body
    expect(await page()).toContain(payWords.en.statuses.processing)
    await expect.poll(page, { timeout: 10_000 }).toContain("Paid")
  })

  test("a button of an outdated page changes nothing, and an unknown one is refused", async () => {
    const { payment_id } = await createPayment(simulator)
    expect((await press(payment_id, "toString")).status).toBe(422)
    expect((await press(payment_id, "pay", { "content-type": "text/plain" })).status).toBe(422)
    expect((await press(payment_id, "pay", { origin: "https://evil.example" })).status).toBe(403)
    await press(payment_id, "pay")
    expect((await press(payment_id, "cancel")).status).toBe(303)
    expect((await simulator.get(`/payments/${payment_id}`)).body.status).toBe("succeeded")
    expect((await simulator.get("/pay/pay_<script>")).body).not.toContain("pay_<script>")
  })
})

describe("the link back to the shop", () => {
  test.each([
    ["/orders/1?a=1&b=%22", (url: string) => `${url}/orders/1?a=1&#38;b=%22`],
    ["http://localhost:3000/done", () => "http://localhost:3000/done"],
    [
      "http://127.0.0.1/'><script>alert(1)</script>",
      () => "http://127.0.0.1/&#39;%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ],
  ])("may be %s", async (return_url, href) => {
    const { pay_url } = await createPayment(simulator, { return_url })
    const { body } = await simulator.get(new URL(pay_url).pathname)
    expect(body).toContain(`<a href="${href(simulator.url)}" rel="noreferrer"`)
    expect(body).not.toContain("<script")
  })

  test.each([
    ["http://localhost:3000/done?a=b", "http://localhost:3000"],
    ["http://[::1]:3000/done", "http:"],
  ])("may be followed by the form's answer: %s", async (return_url, source) => {
    const { pay_url } = await createPayment(simulator, { return_url })
    for (const step of ["", "?step=bank"]) {
      const { headers } = await simulator.get(new URL(pay_url).pathname + step)
      expect(headers["content-security-policy"]).toContain(`; form-action 'self' ${source}; base-uri 'none'`)
    }
  })

  test.each([
    "https://evil.example/",
    "//evil.example/",
    String.raw`/\evil.example/`,
    String.raw`\\evil.example`,
    "http://127.0.0.1.evil.example/",
    "http://localhost@evil.example/",
    "http://user:password@localhost/",
    "javascript:alert(1)",
    "data:text/html,hello",
    "http://",
    "\thttps://evil.example",
    "ftp://localhost/",
  ])("may not be %j", async (return_url) => {
    const answer = await simulator.post("/payments", {
      order_id: 1,
      amount_minor: 1,
      currency: "USD",
      return_url,
    })
    expect(answer).toMatchObject({
      status: 422,
      body: { detail: "return_url must be an address on this machine" },
    })
  })

  test.each(["/.//evil.example/", "/%2f/evil.example"])(
    "stays on this machine with %j",
    async (return_url) => {
      const { pay_url } = await createPayment(simulator, { return_url })
      const { body } = await simulator.get(new URL(pay_url).pathname)
      expect(new URL(/<a href="([^"]+)" rel/.exec(body)?.[1] ?? "", pay_url).origin).toBe(simulator.url)
    },
  )
})
