import { createHmac } from "node:crypto"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { signCustomer } from "../../src/http/access/customer-token.ts"
import { startTestApp, type TestApp } from "../support/app.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import "../support/problem.ts"
import type { TestAnswer, TestClient } from "../support/http.ts"
import { ADMIN_TOKEN, closed, offer, startClosedApp } from "../support/shop.ts"

const NEW = "the-new-secret-of-the-shop-of-32-characters"
const OLD = "the-old-secret-of-the-shop-of-32-characters"
const config = { customerSecrets: [NEW, OLD] }

const soon = (seconds = 600) => Math.floor(Date.now() / 1_000) + seconds
const tokenOf = (customerId: string, endsAt = soon(), secret = NEW, groups: string[] = []) =>
  signCustomer(secret, { customerId, groups, endsAt })

/** A token whose parts are as given, correctly signed. */
function signedParts(...parts: string[]): string {
  const text = ["dbc1", ...parts].join(".")
  return `${text}.${createHmac("sha256", NEW).update(text).digest("base64url")}`
}
const base64url = (text: string) => Buffer.from(text).toString("base64url")

function hold(
  client: TestClient,
  productId: number,
  token: string | null,
  body: object = {},
  admin?: string,
) {
  return client.post(
    "/api/holds",
    { product_id: productId, qty: 1, ...body },
    {
      ...(token !== null && { headers: { "customer-token": token } }),
      ...(admin !== undefined && { token: admin }),
    },
  )
}

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp({ config })
})
afterAll(() => app[Symbol.asyncDispose]())

const signedProduct = (settings: object = {}) => offer(app, { customer: "signed", ...settings }, ADMIN_TOKEN)

describe("a token", () => {
  const malformed = { because: "malformed" }
  const wrong = { because: "signature" }
  const expired = { because: "expired" }
  test.each<[string, () => string, object | string]>([
    ["of the new secret", () => tokenOf("anna"), "anna"],
    ["of the old secret, while that is still listed", () => tokenOf("anna", soon(), OLD), "anna"],
    ["of a secret that is not listed", () => tokenOf("anna", soon(), `${NEW}!`), wrong],
    ["with groups", () => tokenOf("anna", soon(), NEW, ["members", "early"]), "anna"],
    ["of 255 characters", () => tokenOf("x".repeat(255)), "x".repeat(255)],
    ["of 255 characters beyond Latin", () => tokenOf("🎿".repeat(255)), "🎿".repeat(255)],
    ["with spaces, quotes and scripts", () => tokenOf("Zoë 東京 \"';--<b>"), "Zoë 東京 \"';--<b>"],
    ["that ended 30 seconds ago, by this clock", () => tokenOf("anna", soon(-30)), "anna"],
    ["that ended 61 seconds ago", () => tokenOf("anna", soon(-61)), expired],
    ["that ended long ago", () => tokenOf("anna", 1), expired],
    ["of 300 characters", () => tokenOf("x".repeat(300)), malformed],
    ["of nobody", () => tokenOf(""), malformed],
    ["with NUL in the name", () => tokenOf("an\0na"), malformed],
    ["with a line break in the name", () => tokenOf("an\nna"), malformed],
    [
      "that is not UTF-8",
      () => signedParts(Buffer.from([0xff, 0xfe]).toString("base64url"), "9999999999", ""),
      malformed,
    ],
    ["whose groups are not UTF-8", () => signedParts(base64url("anna"), "9999999999", "_w"), malformed],
    ["cut short", () => tokenOf("anna").slice(0, -1), malformed],
    ["cut to its text", () => tokenOf("anna").split(".").slice(0, 4).join("."), malformed],
    ["with padding", () => signedParts(`${base64url("anna")}==`, "9999999999", ""), malformed],
    ["in base64 with + and /", () => signedParts("+/+/", "9999999999", ""), malformed],
    ["in another spelling of base64url", () => signedParts("YW5uYR", "9999999999", ""), malformed],
    ["with the name of another", () => tokenOf("anna").replace(base64url("anna"), base64url("ben1")), wrong],
    ["with a later end", () => tokenOf("anna", 1).replace(".1.", ".9999999999."), wrong],
    ["with another signature", () => `${tokenOf("anna").slice(0, -43)}${"A".repeat(43)}`, wrong],
    ["whose end is no number", () => signedParts(base64url("anna"), "soon", ""), malformed],
    ["whose end is negative", () => signedParts(base64url("anna"), "-1", ""), malformed],
    ["whose end is beyond every date", () => signedParts(base64url("anna"), "9".repeat(13), ""), malformed],
    ["of another form", () => tokenOf("anna").replace("dbc1", "dbc2"), malformed],
    ["that is an owner token", () => `dbt1.1.1.1.${"A".repeat(43)}`, malformed],
    ["that is empty", () => "", malformed],
    ["of 20,000 characters", () => signedParts("A".repeat(8_000), "9999999999", ""), malformed],
  ])("%s", async (_, make, expected) => {
    const product = await signedProduct()

    const answer = await hold(app, product.id, make())

    expect(answer).toMatchObject(
      typeof expected === "string"
        ? { status: 201, body: { customer_id: expected } }
        : { status: 401, body: { code: "customer_token_invalid", ...expected } },
    )
  })

  test("is refused in the same way on products that need none: it is never dropped in silence", async () => {
    const product = await offer(app, {}, ADMIN_TOKEN)
    expect(await hold(app, product.id, `${tokenOf("anna")}x`)).toBeProblem(401, "customer_token_invalid", {
      because: "malformed",
    })
    const path = await app.post(`/api/holds/${product.id}/1`, undefined, {
      headers: { "customer-token": "x" },
    })
    expect(path).toBeProblem(401, "customer_token_invalid", { because: "malformed" })
    expect((await hold(app, product.id, tokenOf("anna"))).body.customer_id).toBe("anna")
    await expect
      .poll(() => app.log.find((line) => line["metric"] === "customer.token_refused"))
      .toMatchObject({ because: expect.any(String), refused_since_last: expect.any(Number) })
    const metrics = String((await app.get("/metrics")).body)
    expect(metrics).toMatch(/doorbuster_holds_total\{result="customer_token_invalid"\} [1-9]/)
  })

  test("may be sent again, for any product: what it says is who the customer is, and the limit binds", async () => {
    const [first, other] = [await signedProduct({ max_per_customer: 1 }), await signedProduct()]
    const token = tokenOf("anna")

    expect((await hold(app, first.id, token)).status).toBe(201)
    expect((await hold(app, first.id, token)).body.code).toBe("customer_limit_reached")
    expect((await hold(app, first.id, tokenOf("anna", soon(700), OLD))).body.code).toBe(
      "customer_limit_reached",
    )
    expect((await hold(app, first.id, tokenOf("ben"))).status).toBe(201)
    expect((await hold(app, other.id, token)).status).toBe(201)
  })

  test("is valid nowhere while no secret is set", async () => {
    await using without = await startTestApp()
    expect(await hold(without, 1, tokenOf("anna"))).toBeProblem(401, "customer_token_invalid", {
      because: "signature",
    })
  })
})

describe("who a product is sold to", () => {
  test("signed: a name in the body is refused, from everybody but the shop itself", async () => {
    const product = await signedProduct()

    expect(await hold(app, product.id, null)).toBeProblem(401, "customer_token_required", {
      needs: "signed",
    })
    expect(await hold(app, product.id, null, { customer_id: "anna" })).toBeProblem(422, "invalid_request", {
      errors: [{ pointer: "/customer_id", detail: "must come in a Customer-Token" }],
    })
    expect(await hold(app, product.id, tokenOf("anna"), { customer_id: "anna" })).toBeProblem(
      422,
      "invalid_request",
      { errors: [{ pointer: "/customer_id", detail: expect.stringContaining("left out") }] },
    )
    expect((await hold(app, product.id, null, { customer_id: "anna" }, ADMIN_TOKEN)).status).toBe(201)
    const shown = await app.get(`/api/products/${product.id}`)
    expect(shown.body.customer).toBe("signed")
  })

  test("named: a hold needs a name also without a limit", async () => {
    const product = await offer(app, { customer: "named" }, ADMIN_TOKEN)

    expect(await hold(app, product.id, null)).toBeProblem(422, "customer_required")
    expect((await hold(app, product.id, null, { customer_id: "anna" })).status).toBe(201)
    const any = await app.send("PATCH", `/api/admin/products/${product.id}`, {
      json: { customer: "any" },
      token: ADMIN_TOKEN,
    })
    expect(any.body.customer).toBeUndefined()
    expect((await hold(app, product.id, null)).status).toBe(201)
  })

  test("HOLDS_NEED=signed: no product is sold to strangers", async () => {
    await using strict = await startClosedApp({ config: { ...config, holdsNeed: "signed" } })
    const product = await offer(strict, {}, ADMIN_TOKEN)

    expect(await hold(strict, product.id, null, { customer_id: "anna" })).toBeProblem(
      401,
      "customer_token_required",
      { needs: "signed" },
    )
    expect((await hold(strict, product.id, tokenOf("anna"))).status).toBe(201)
    expect((await hold(strict, product.id, null, {}, ADMIN_TOKEN)).status).toBe(201)
  })

  test("a repetition is answered with the first hold, also with a later token of the same customer", async () => {
    const product = await signedProduct()
    const ask = (token: string) =>
      app.post(
        "/api/holds",
        { product_id: product.id, qty: 1 },
        { headers: { "customer-token": token, "idempotency-key": "a-key-of-the-test" } },
      )

    const first = await ask(tokenOf("anna"))
    const again = await ask(tokenOf("anna", soon(900)))
    expect([first.status, again.body.hold_id]).toEqual([201, first.body.hold_id])
    expect(await ask(tokenOf("ben"))).toBeProblem(422, "idempotency_key_reused")
    // A stranger who has learned the key and names the same customer is not given her hold.
    const stranger = await app.post(
      "/api/holds",
      { product_id: product.id, qty: 1, customer_id: "anna" },
      { headers: { "idempotency-key": "a-key-of-the-test" } },
    )
    expect(stranger.body.errors).toMatchObject([{ pointer: "/customer_id" }])
  })
})

test("unpaid units of signed customers are counted by customer, not by address", async () => {
  const holdBounds = { maxPerHold: 10, unpaid: 4, lapsed: 60 }
  await using shop = await startClosedApp({ config: { ...config, holdBounds } })
  const product = await offer(shop, { customer: "signed" }, ADMIN_TOKEN)
  const units = async (customer: string) => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => hold(shop, product.id, tokenOf(customer))),
    )
    return answers.filter(({ status }) => status === 201).length
  }
  expect(await Promise.all([units("anna"), units("ben"), units("🎿".repeat(255))])).toEqual([4, 4, 4])
})

test("200 holds of one signed customer at two servers and over three variants: three units", async () => {
  await using database = await createTestDatabase()
  await using first = await startClosedApp({ config, databaseUrl: database.url })
  await using second = await startClosedApp({ config, databaseUrl: database.url })
  const { body: shoe } = await first.post(
    "/api/admin/products",
    {
      name: "Shoe",
      price_minor: 100,
      currency: "EUR",
      customer: "signed",
      max_per_customer: 3,
      variants: ["41", "42", "43"].map((name) => ({ name, stock: 100 })),
    },
    { token: closed.adminToken },
  )
  const token = tokenOf("anna")

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index): Promise<TestAnswer> => {
      const variant = shoe.variants[index % 3].id
      return hold(index % 2 === 0 ? first : second, shoe.id, token, { variant_id: variant })
    }),
  )

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  expect(answers.filter(({ body }) => body.code === "customer_limit_reached")).toHaveLength(197)
  expect(await differencesIn(database.url)).toEqual([])
})
