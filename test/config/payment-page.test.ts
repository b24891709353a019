import { describe, expect, test } from "vitest"
import { checkServing } from "../../src/config/checks.ts"
import { ConfigError } from "../../src/config/config-error.ts"
import { readConfig } from "../../src/config/read-config.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const names = "order={order_id}&amount={amount_minor}&currency={currency}&expires={expires}"
const URL_OF_PAGE = `https://shop.example/pay?${names}&signature={signature}`

function start(environment: Record<string, string>) {
  const config = readConfig({ directory: "/nonexistent", environment })
  checkServing(config)
  return config.paymentPageUrl
}

/** What stops the start: the error's text. */
function complaint(environment: Record<string, string>): string {
  try {
    start(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return "nothing was complained about"
}

describe("PAYMENT_URL", () => {
  test.each([
    URL_OF_PAGE,
    `http://127.0.0.1:8091/?${names}&signature={signature}`,
    `https://shop.example/pay?fixed=1&${names}&ref={reference}&signature={signature}`,
  ])("may be %s", (url) => {
    expect(start({ PAYMENT_URL: url, PAYMENT_WEBHOOK_SECRET: SECRET })).toBe(url)
  })

  test.each([
    [`https://shop.example/pay?${names}`, "must end in &signature={signature}"],
    [`https://shop.example/pay?signature={signature}&${names}`, "must end in &signature={signature}"],
    [`http://shop.example/pay?${names}&signature={signature}`, "must begin with https://"],
    [`shop.example/pay?${names}&signature={signature}`, "is no address"],
    [`https://shop.example/pay ment?${names}&signature={signature}`, "is no address"],
    [`https://shop.example/pay?${names}&a={&signature={signature}`, "is no address"],
    [`https://u:p@shop.example/pay?${names}&signature={signature}`, "must have no password and no #"],
    [`https://shop.example/pay?${names}#x&signature={signature}`, "must have no password and no #"],
    [`https://shop.example/{order_id}?${names}&signature={signature}`, "after the ? only"],
    [`https://{currency}.example/?${names}&signature={signature}`, "after the ? only"],
    [`https://shop.example/pay?${names}&x={email}&signature={signature}`, "has the unknown name {email}"],
    [
      `https://shop.example/pay?${names}&x={toString}&signature={signature}`,
      "has the unknown name {toString}",
    ],
    [`https://shop.example/pay?${names}&x={signature}&signature={signature}`, "the unknown name {signature}"],
    ["https://shop.example/pay?order={order_id}&signature={signature}", "lacks {amount_minor}"],
    [URL_OF_PAGE.replace("&expires={expires}", ""), "lacks {expires}"],
  ])("is refused: %s", (url, reason) => {
    const text = complaint({ PAYMENT_URL: url, PAYMENT_WEBHOOK_SECRET: SECRET })
    expect(text).toContain(reason)
    expect(text).toMatch(/^PAYMENT_URL .*; it must be an https address such as /)
  })

  test("needs the secret that signs its links", () => {
    expect(complaint({ PAYMENT_URL: URL_OF_PAGE })).toMatch(
      /^PAYMENT_WEBHOOK_SECRET is not set; with PAYMENT_URL/,
    )
  })

  test.each(["return_url", "cancel_url"])("needs the storefront's address for {%s}", (name) => {
    const given = {
      PAYMENT_URL: URL_OF_PAGE.replace("&signature", `&back={${name}}&signature`),
      PAYMENT_WEBHOOK_SECRET: SECRET,
    }
    expect(complaint(given)).toMatch(new RegExp(`^PUBLIC_URL is not set; with \\{${name}\\} in PAYMENT_URL`))
    expect(start({ ...given, PUBLIC_URL: "https://shop.example" })).toBe(given.PAYMENT_URL)
  })

  test("is not used beside Stripe's form", () => {
    const text = complaint({
      PAYMENT_URL: URL_OF_PAGE,
      PAYMENT_WEBHOOK_SECRET: SECRET,
      STRIPE_SECRET_KEY: "sk_test_0123456789",
      STRIPE_WEBHOOK_SECRET: "whsec_0123456789abcdef",
      STRIPE_PUBLISHABLE_KEY: "pk_test_0123456789",
    })
    expect(text).toMatch(/^PAYMENT_URL is set together with STRIPE_PUBLISHABLE_KEY/)
  })
})
