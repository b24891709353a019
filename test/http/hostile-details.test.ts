import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { complaintsAbout } from "../support/problem.ts"
import { hold, offer, order } from "../support/shop.ts"

/*
 * Hostile details are stored as they were given, or refused with a pointer to the field; never a fault of the server.
 */

let app: TestApp
let productId: number
beforeAll(async () => {
  app = await startTestApp()
  const product = await offer(app, {
    stock: 1_000,
    collect: { email: "optional", name: "optional", phone: "optional", shipping_address: "optional" },
    questions: [{ key: "engraving", kind: "text", label: "Engraving" }],
  })
  productId = product.id
})
afterAll(() => app[Symbol.asyncDispose]())

async function send(details: unknown) {
  const { hold_id } = await hold(app, productId)
  return app.post("/api/orders", { hold_id, details })
}

/** Every field of one line, as the details that have `text` in it, and the field's pointer. */
const fields = [
  ["name", (text: string) => ({ name: text })],
  ["phone", (text: string) => ({ phone: text })],
  ...["line1", "line2", "city", "region", "postal_code"].map(
    (field) =>
      [`shipping_address/${field}`, (text: string) => ({ shipping_address: { [field]: text } })] as const,
  ),
  ["answers/engraving", (text: string) => ({ answers: { engraving: text } })],
] as const

describe.each(fields)("%s", (pointer, details) => {
  test.each([
    ["emoji", "👩‍👩‍👧‍👦🇨🇭 Zoë"],
    ["marks of writing direction", "\u202eanna\u202c‏ علي"],
    ["a formula", '=HYPERLINK("x","y")'],
    ["markup", "<script>alert(1)"],
    ["a quote and a backslash", 'O\'Neill \\ "x"'],
    ["what a mail header is split at", "a, b <c@d.e>; f"],
  ])("%s is stored as it was given", async (_, text) => {
    const given = details(text.slice(0, 20))
    const { status, body } = await send(given)
    expect(status).toBe(201)
    expect((await app.get(`/api/orders/${body.order_id}`)).body.details).toMatchObject(given)
  })

  test.each([
    ["a line feed", "Anna\nBcc: all@example.com"],
    ["a carriage return", "Anna\rX"],
    ["a line separator", "Anna\u2028X"],
    ["a next line", "Anna\u0085X"],
    ["NUL", "Anna\u0000"],
    ["half of a surrogate pair", "Anna\ud800"],
    ["3,000 characters", "x".repeat(3_000)],
  ])("%s is refused", async (_, text) => {
    const answer = await send(details(text))
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(
      `/details/${pointer}`,
    )
  })
})

test("a name has 200 characters at most, however many bytes they are", async () => {
  expect((await send({ name: "🗝".repeat(200) })).status).toBe(201)
  expect(await send({ name: "x".repeat(300) })).toBeProblem(
    422,
    "invalid_request",
    complaintsAbout("/details/name"),
  )
})

test.each([
  ["a Latin a replaced by a Cyrillic one", "аnna@example.com"],
  ["punycode", "anna@xn--e1awd7f.com"],
  ["letters of other scripts", "用户@例え.jp"],
  ["a tag", "anna+drop@example.com"],
  ["a formula before the @", "=1+1@example.com"],
])("an e-mail address with %s is stored as it was given", async (_, email) => {
  expect((await send({ email })).body.details).toMatchObject({ email })
})

test.each([
  "anna",
  "@b",
  "a@",
  "a@b@c.example",
  "a b@c.d",
  "a@b.example\r\nBcc: c@d.example",
  "a@b.example\u0000",
  `a@${"b".repeat(253)}`,
  `${"a".repeat(65)}@b.c`,
  "a,b@c.d",
  "a;b@c.d",
  "<a>@c.d",
  "a@c.d>",
  "Anna <a@c.d>",
  '"a b"@c.d',
  "a(b)@c.d",
  "a@[b@c.d]",
  "a@c..d",
  "a\u202e@c.d",
  "a\u200b@c.d",
])("%j is refused as an e-mail address", async (email) => {
  expect(await send({ email })).toBeProblem(422, "invalid_request", complaintsAbout("/details/email"))
})

test.each([
  [null, "/details"],
  ["Anna", "/details"],
  [[], "/details"],
  [{ name: 1 }, "/details/name"],
  [{ name: ["Anna"] }, "/details/name"],
  [{ shipping_address: "Bahnhofstrasse 1" }, "/details/shipping_address"],
  [{ shipping_address: { country: "Switzerland" } }, "/details/shipping_address/country"],
  [{ shipping_address: { country: "ch" } }, "/details/shipping_address/country"],
  [{ shipping_address: { zip: "8001" } }, "/details/shipping_address/zip"],
  [{ answers: ["x"] }, "/details/answers"],
  [{ answers: { constructor: "x" } }, "/details/answers/constructor"],
])("%j is refused", async (details, pointer) => {
  const answer = await send(details)
  expect(answer.status).toBe(422)
  const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer)
  expect(pointers).toContain(pointer)
})

test.each(['{"answers": {"__proto__": "x"}}', '{"__proto__": {"name": "x"}}'])(
  "%s is refused",
  async (details) => {
    const answer = await send(JSON.parse(details))
    expect([400, 422]).toContain(answer.status)
  },
)

test("ten megabytes are refused before they are read, and the server goes on", async () => {
  const { order_id } = await order(app, (await hold(app, productId)).hold_id)
  const answer = await app.send("PUT", `/api/orders/${order_id}/details`, {
    json: { name: "x".repeat(10_000_000) },
  })
  expect(answer).toBeProblem(413, "body_too_large")
  expect((await send({ name: "Anna" })).status).toBe(201)
})
