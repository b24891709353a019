import { expect, test } from "vitest"
import { instant } from "../../src/domain/time.ts"
import { createPaymentPage } from "../../src/payments/payment-page.ts"
import { orderWith } from "../support/builders.ts"

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const url =
  "https://shop.example/pay?order={order_id}&amount={amount_minor}&back={return_url}&expires={expires}&signature={signature}"

test("a shop in Node reads a link to its payment page, and no link that was changed", async () => {
  const path: string = "../../examples/beside/payment-link.mjs"
  const { verifyPaymentLink } = (await import(path)) as {
    verifyPaymentLink: (secret: string, query: string) => URLSearchParams | null
  }
  const secret = Buffer.from(SECRET.slice("whsec_".length), "base64")
  const page = createPaymentPage({ url, secret, publicUrl: "https://drops.example" })
  const [, query = ""] = page
    .linkFor(orderWith({ id: 17, expiresAt: instant(1_795_780_800_000) }))
    .split("?", 2)

  const read = verifyPaymentLink(SECRET, query)
  expect(read?.get("order")).toBe("17")
  expect(read?.get("expires")).toBe("1795780800")
  expect(verifyPaymentLink("whsec_" + Buffer.from("another").toString("base64"), query)).toBeNull()
  for (const changed of [
    query.replace("order=17", "order=18"),
    query.slice(0, -1),
    query.split("&signature=")[0] ?? "",
  ])
    expect(verifyPaymentLink(SECRET, changed)).toBeNull()
})
