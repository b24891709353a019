import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { MAILBOX_PREFIX, signCustomer } from "../../src/http/access/customer-token.ts"
import { createMailboxKeys, mailboxName } from "../../src/http/access/mailbox-keys.ts"
import { createMailboxCodes, WRONG_TAKES_MS } from "../../src/http/access/mailbox-codes.ts"
import { removeOldCodes } from "../../src/store/upkeep/old-codes.ts"
import {
  askCode,
  codeIn,
  confirmCode,
  mailsTo,
  startCodeShop,
  wrongCode,
  type CodeShop,
} from "../support/mail-codes.ts"
import "../support/problem.ts"
import { startReceiver } from "../support/receiver.ts"
import { ADMIN_TOKEN, offer, startClosedApp } from "../support/shop.ts"
import { startTestApp } from "../support/app.ts"
import type { TestClient } from "../support/http.ts"

const SHOP_SECRET = "the-secret-of-the-shop-of-32-characters"
const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600

let shop: CodeShop
beforeAll(async () => {
  shop = await startCodeShop({ customerSecrets: [SHOP_SECRET] })
})
afterAll(() => shop[Symbol.asyncDispose]())

let last = 0
const newAddress = () => `buyer${(last += 1)}@example.com`

/** Confirms an address as its buyer does, and returns the token. */
async function tokenFor(email: string, of: CodeShop = shop): Promise<string> {
  const before = mailsTo(of.mails, email).length
  expect((await askCode(of.app, email)).status).toBe(202)
  const answer = await confirmCode(of.app, email, await of.codeFor(email, before + 1))
  expect(answer.status).toBe(200)
  return answer.body.customer_token
}

const holdWith = (client: TestClient, product_id: number, token: string | null, more: object = {}) =>
  client.post(
    "/api/holds",
    { product_id, qty: 1, ...more },
    token === null ? {} : { headers: { "customer-token": token } },
  )

const emailProduct = (settings: object = {}) =>
  offer(shop.app, { customer: "email", ...settings }, ADMIN_TOKEN)
const rows = async <Row extends object>(sql: string, values: unknown[] = [], of = shop) =>
  (await of.app.app.engine.database.views.query<Row>(sql, values)).rows

describe("a buyer confirms a mailbox", () => {
  test("with the code of the mail, and can then hold units of a product for confirmed mailboxes", async () => {
    const product = await emailProduct({ max_per_customer: 1 })
    const email = newAddress()
    const answer = await askCode(shop.app, email)
    expect([answer.status, answer.body]).toEqual([202, { status: "accepted" }])
    const confirmed = await confirmCode(shop.app, email, await shop.codeFor(email))

    expect(confirmed).toMatchObject({
      status: 200,
      headers: { "cache-control": "no-store" },
      body: { customer_token: expect.stringMatching(/^dbc1\./), expires_at: expect.any(String) },
    })
    const days = (Date.parse(confirmed.body.expires_at) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(7, 2)
    const token = confirmed.body.customer_token
    expect(await holdWith(shop.app, product.id, token)).toMatchObject({
      status: 201,
      body: { customer_id: expect.stringMatching(/^mailbox:[\w-]{22}$/) },
    })
    expect(await holdWith(shop.app, product.id, token)).toBeProblem(409, "customer_limit_reached", {
      units_left: 0,
    })
  })

  test("and all spellings of one mailbox are one customer, with one limit", async () => {
    const product = await emailProduct({ max_per_customer: 1 })
    expect((await holdWith(shop.app, product.id, await tokenFor("anna.lee@example.com"))).status).toBe(201)
    for (const email of ["Anna.Lee@EXAMPLE.com", "anna.lee+drop@example.com"]) {
      expect(await holdWith(shop.app, product.id, await tokenFor(email))).toBeProblem(
        409,
        "customer_limit_reached",
        { units_left: 0 },
      )
    }
    // Dots mean something where the provider does not say otherwise.
    expect((await holdWith(shop.app, product.id, await tokenFor("annalee@example.com"))).status).toBe(201)
  })

  test("in the language of the page, by a mail that names nobody and cannot be answered with another", async () => {
    const email = newAddress()
    await askCode(shop.app, email, { language: "de" })
    const code = await shop.codeFor(email)
    const [received] = mailsTo(shop.mails, email)
    expect(received?.mail.subject).toBe(`${code} ist Ihr Code – Lamp Shop`)
    expect(received?.mail.text).toContain("Er gilt 10 Minuten und einmal.")
    expect(received?.mail.html).toContain(`<p class="code" dir="ltr">${code}</p>`)
  })

  test("once: a code that was used is not valid again", async () => {
    const email = newAddress()
    await tokenFor(email)
    expect(await confirmCode(shop.app, email, await shop.codeFor(email))).toBeProblem(
      422,
      "mail_code_invalid",
    )
  })

  test("with five tries: then the right code is refused too, and a new request makes another", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    const code = await shop.codeFor(email)
    for (let by = 1; by <= 5; by += 1) {
      expect(await confirmCode(shop.app, email, wrongCode(code, by))).toBeProblem(422, "mail_code_invalid")
    }
    expect(await confirmCode(shop.app, email, code)).toBeProblem(422, "mail_code_invalid")
    await askCode(shop.app, email)
    await expect.poll(() => mailsTo(shop.mails, email).length).toBe(2)
    const next = await shop.codeFor(email)
    expect(next).not.toBe(code)
    expect((await confirmCode(shop.app, email, next)).status).toBe(200)
  })

  test("asked again, the open code is mailed again with new time, and the tries stay", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    const code = await shop.codeFor(email)
    const { customerId, endsAt } = await rowOf(email)
    for (let by = 1; by <= 4; by += 1) await confirmCode(shop.app, email, wrongCode(code, by))
    await askCode(shop.app, email)
    await expect.poll(() => mailsTo(shop.mails, email).map(codeIn)).toEqual([code, code])
    expect((await rowOf(email)).endsAt).toBeGreaterThan(endsAt)
    expect((await rows("select tries from mail_codes where mailbox = $1", [customerId]))[0]).toEqual({
      tries: 4,
    })
    expect(await confirmCode(shop.app, email, wrongCode(code, 5))).toBeProblem(422, "mail_code_invalid")
    expect(await confirmCode(shop.app, email, code)).toBeProblem(422, "mail_code_invalid")
  })

  test("within ten minutes", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    const code = await shop.codeFor(email)
    const { customerId, endsAt } = await rowOf(email)
    expect(endsAt - Date.now()).toBeGreaterThan(590_000)
    expect(endsAt - Date.now()).toBeLessThanOrEqual(600_500)
    await rows("update mail_codes set ends_at = clock_timestamp() where mailbox = $1", [customerId])
    expect(await confirmCode(shop.app, email, code)).toBeProblem(422, "mail_code_invalid")
  })

  test("as somebody else's code does not help", async () => {
    const [mine, other] = [newAddress(), newAddress()]
    await askCode(shop.app, mine)
    await askCode(shop.app, other)
    const [myCode, otherCode] = [await shop.codeFor(mine), await shop.codeFor(other)]
    expect(myCode).not.toBe(otherCode)
    expect(await confirmCode(shop.app, other, myCode)).toBeProblem(422, "mail_code_invalid")
  })
})

async function rowOf(email: string) {
  const [row] = await rows<{ customerId: string; endsAt: number }>(
    `select mailbox as "customerId", (extract(epoch from ends_at) * 1000)::bigint as "endsAt"
       from mail_codes where email = $1`,
    [email],
  )
  if (row === undefined) throw new Error(`there is no code of ${email}`)
  return row
}

describe("an attacker", () => {
  test("learns of no address whether it has had a code: the answers are the same", async () => {
    const [known, unknown] = [newAddress(), newAddress()]
    await askCode(shop.app, known)
    const code = await shop.codeFor(known)
    const names = ({ headers }: { headers: object }) => Object.keys(headers).sort()

    const [wrong, none] = [
      await confirmCode(shop.app, known, wrongCode(code)),
      await confirmCode(shop.app, unknown, code),
    ]
    const { request_id: _, ...wrongBody } = wrong.body
    const { request_id: __, ...noneBody } = none.body
    expect([none.status, noneBody, names(none)]).toEqual([wrong.status, wrongBody, names(wrong)])
  })

  test("learns nothing from the time of a wrong code: each takes as long as the longest", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    const code = await shop.codeFor(email)
    for (const [address, given] of [
      [email, wrongCode(code)],
      [newAddress(), code],
    ] as const) {
      const from = performance.now()
      await confirmCode(shop.app, address, given)
      expect(performance.now() - from).toBeGreaterThanOrEqual(WRONG_TAKES_MS - 2)
    }
  })

  test("gets the answer to a request before it is looked up, whose time would tell", async () => {
    const lock = await shop.app.app.engine.database.lookups.connect()
    await lock.query("begin; lock table mail_codes in access exclusive mode")
    const email = newAddress()
    expect((await askCode(shop.app, email)).status).toBe(202)
    await lock.query("rollback")
    lock.release()
    expect(await shop.codeFor(email)).toMatch(/^\d{6}$/)
  })

  test("has at most five mails sent to an address in an hour, whatever its spelling", async () => {
    const spellings = Array.from({ length: 9 }, (_, index) => `victim+${index}@example.com`)
    for (const email of spellings) expect((await askCode(shop.app, email)).status).toBe(202)
    await shop.app.app.engine.database.views.query("select 1")
    await expect
      .poll(() => spellings.flatMap((email) => mailsTo(shop.mails, email)).length)
      .toBeGreaterThan(0)
    const [row] = await expectRow("victim")
    expect(row).toEqual({ mails: 5 })

    await rows(
      "update mail_codes set counted_from = counted_from - interval '1 hour' where email like 'victim%'",
    )
    await askCode(shop.app, "victim@example.com")
    expect(await shop.codeFor("victim@example.com")).toMatch(/^\d{6}$/)
  })

  async function expectRow(name: string) {
    const read = () => rows<{ mails: number }>(`select mails from mail_codes where email like '${name}%'`)
    await expect.poll(async () => (await read())[0]?.mails).toBe(5)
    return read()
  }

  test("has no more mails sent to all addresses than MAIL_CODES_PER_HOUR", async () => {
    await using small = await startCodeShop({ mailCodesPerHour: 3 })
    for (let index = 0; index < 8; index += 1) {
      expect((await askCode(small.app, newAddress())).status).toBe(202)
    }
    await expect.poll(() => small.app.log.some(({ metric }) => metric === "mail_code.limited")).toBe(true)
    await small.mails.has(3)
    expect(small.mails.received).toHaveLength(3)
    const metrics = String((await small.app.get("/metrics")).body)
    expect(metrics).toContain('doorbuster_mail_codes_total{result="limited_in_all"} 5')
    expect(small.app.log.filter(({ metric }) => metric === "mail_code.limited")).toHaveLength(1)
  })

  test("of one network is told to wait, whatever address it asks for", async () => {
    await using one = await startCodeShop({}, false)
    const statuses = []
    for (let index = 0; index < 61; index += 1) statuses.push((await askCode(one.app, newAddress())).status)
    expect(statuses).toEqual([...Array<number>(60).fill(202), 429])
    const waits = await askCode(one.app, newAddress())
    expect(waits).toBeProblem(429, "rate_limited")
    expect(Number(waits.headers["retry-after"])).toBeGreaterThan(500)
  })

  test("may try 120 codes from one network in ten minutes", async () => {
    await using one = await startCodeShop({}, false)
    const answers = await Promise.all(
      Array.from({ length: 125 }, () => confirmCode(one.app, newAddress(), "000000")),
    )
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
  })
})

describe("who a product is sold to", () => {
  test("email: only the token of a mailbox is accepted, and the refusal names it", async () => {
    const product = await emailProduct()
    const signed = signCustomer(SHOP_SECRET, { customerId: "anna", groups: [], endsAt: inAnHour() })
    const needs = { needs: "email" }
    expect(await holdWith(shop.app, product.id, null)).toBeProblem(401, "customer_token_required", needs)
    expect(await holdWith(shop.app, product.id, signed)).toBeProblem(401, "customer_token_required", needs)
    expect(await holdWith(shop.app, product.id, null, { customer_id: "anna" })).toBeProblem(
      422,
      "invalid_request",
      { errors: [{ pointer: "/customer_id", detail: "must come in a Customer-Token" }] },
    )
    const byShop = { product_id: product.id, qty: 1, customer_id: "anna" }
    expect((await shop.app.post("/api/holds", byShop, { token: ADMIN_TOKEN })).status).toBe(201)
  })

  test("signed: a mailbox is not an account of the shop", async () => {
    const product = await offer(shop.app, { customer: "signed" }, ADMIN_TOKEN)
    expect(await holdWith(shop.app, product.id, await tokenFor(newAddress()))).toBeProblem(
      401,
      "customer_token_required",
      { needs: "signed" },
    )
  })

  test("any and named: the token names the customer", async () => {
    const token = await tokenFor(newAddress())
    for (const customer of ["any", "named"]) {
      const product = await offer(shop.app, { customer }, ADMIN_TOKEN)
      expect((await holdWith(shop.app, product.id, token)).body.customer_id).toMatch(/^mailbox:/)
    }
  })

  test("HOLDS_NEED=signed takes tokens of the shop's server only", async () => {
    await using strict = await startCodeShop({ customerSecrets: [SHOP_SECRET], holdsNeed: "signed" })
    const product = await offer(strict.app, { customer: "email" }, ADMIN_TOKEN)
    expect(await holdWith(strict.app, product.id, await tokenFor(newAddress(), strict))).toBeProblem(
      401,
      "customer_token_required",
      { needs: "signed" },
    )
  })

  test("unpaid units of a mailbox count for its network, because anybody can have many mailboxes", async () => {
    const holdBounds = { maxPerHold: 10, unpaid: 2, lapsed: Infinity }
    await using bound = await startCodeShop({ holdBounds })
    const product = await offer(bound.app, { customer: "email" }, ADMIN_TOKEN)
    const holds = []
    for (let index = 0; index < 3; index += 1) {
      holds.push((await holdWith(bound.app, product.id, await tokenFor(newAddress(), bound))).status)
    }
    expect(holds).toEqual([201, 201, 409])
  })
})

describe("the token", () => {
  const id = `${MAILBOX_PREFIX}${"x".repeat(22)}`

  test("cannot be signed by the shop, and the key of mailboxes signs no other customer", async () => {
    const product = await emailProduct()
    const forged = signCustomer(SHOP_SECRET, { customerId: id, groups: [], endsAt: inAnHour() })
    expect(await holdWith(shop.app, product.id, forged)).toBeProblem(401, "customer_token_invalid", {
      because: "signature",
    })
  })

  test("ends after its days, and a change in it is noticed", async () => {
    const product = await emailProduct()
    const token = await tokenFor(newAddress())
    const [, customer, ends] = token.split(".")
    const later = token.replace(`.${ends}.`, `.${Number(ends) + 1}.`)
    expect(await holdWith(shop.app, product.id, later)).toBeProblem(401, "customer_token_invalid", {
      because: "signature",
    })
    const other = token.replace(`.${customer}.`, `.${Buffer.from(id).toString("base64url")}.`)
    expect((await holdWith(shop.app, product.id, other)).status).toBe(401)
  })

  test("names the same customer on every server, after a restart, and whatever secrets change", async () => {
    await using first = await startCodeShop({
      tokenSecret: "a-token-secret-of-the-test",
      customerSecrets: [SHOP_SECRET],
    })
    const product = await offer(first.app, { customer: "email", max_per_customer: 1 }, ADMIN_TOKEN)
    const email = newAddress()
    const old = await tokenFor(email, first)
    expect((await holdWith(first.app, product.id, old)).status).toBe(201)

    await using second = await startClosedApp({
      databaseUrl: first.app.databaseUrl,
      config: {
        tokenSecret: "another-token-secret-of-the-test",
        mail: mailOf(first),
        publicUrl: "https://s.example",
      },
      worker: true,
    })
    // The token ends with the secret, as owner tokens do; the customer does not.
    expect(await holdWith(second, product.id, old)).toBeProblem(401, "customer_token_invalid", {
      because: "signature",
    })
    await first.app.app.stop({ quietMs: 0 })
    await askCode(second, email)
    await expect.poll(() => mailsTo(first.mails, email).length).toBe(2)
    const answer = await confirmCode(second, email, await first.codeFor(email))
    expect(await holdWith(second, product.id, answer.body.customer_token)).toBeProblem(
      409,
      "customer_limit_reached",
      { units_left: 0 },
    )
  })

  const mailOf = ({ mails }: CodeShop) => ({
    server: mails.settings,
    from: { name: "", address: "orders@shop.example" },
  })
})

describe("the shop mails the codes itself", () => {
  const endpoint = (url: string, types: readonly string[] | null) =>
    shop.app.post("/api/admin/webhooks", { url, types }, { token: ADMIN_TOKEN })

  test("when an endpoint names the event: it gets the code, and no mail is sent; others get nothing", async () => {
    await using own = await startCodeShop({ webhookAllowPrivate: true })
    await using receiver = await startReceiver()
    await using curious = await startReceiver()
    for (const [url, types] of [
      [receiver.url, ["customer.code_requested"]],
      [curious.url, null],
    ] as const) {
      expect((await own.app.post("/api/admin/webhooks", { url, types }, { token: ADMIN_TOKEN })).status).toBe(
        201,
      )
    }
    const email = newAddress()
    expect((await askCode(own.app, email, { language: "fr" })).status).toBe(202)
    const [message] = await receiver.has(1)
    expect(message?.event).toMatchObject({
      type: "customer.code_requested",
      data: {
        customer_id: expect.stringMatching(/^mailbox:/),
        email,
        language: "fr",
        code: expect.stringMatching(/^\d{6}$/),
        expires_at: expect.any(String),
      },
    })
    expect((await confirmCode(own.app, email, message?.event.data.code)).status).toBe(200)
    expect(own.mails.received).toEqual([])
    expect(curious.received).toEqual([])
  })

  test("and neither the address nor the code can be read in what is stored of the event, or sent again later", async () => {
    await using own = await startCodeShop({ webhookAllowPrivate: true })
    await using receiver = await startReceiver()
    const made = await own.app.post(
      "/api/admin/webhooks",
      { url: receiver.url, types: ["customer.code_requested"] },
      { token: ADMIN_TOKEN },
    )
    const email = newAddress()
    await askCode(own.app, email)
    const [message] = await receiver.has(1)
    const stored = JSON.stringify(await rows("select * from outbox", [], own))
    expect(stored).toContain("customer.code_requested")
    for (const secret of [email, message?.event.data.code]) expect(stored).not.toContain(secret)

    await confirmCode(own.app, email, message?.event.data.code)
    const { endpoint_id } = made.body
    const path = `/api/admin/webhooks/${endpoint_id}/deliveries`
    const replay = await own.app.post(`${path}/${message?.id}/replay`, undefined, { token: ADMIN_TOKEN })
    expect(replay).toMatchObject({ status: 200 })
    await expect
      .poll(async () => (await own.app.get(path, { token: ADMIN_TOKEN })).body.data[0])
      .toMatchObject({ status: "failed", last_error: "the code has ended" })
    expect(receiver.received).toHaveLength(1)
  })

  test("a mailbox of the shop cannot be such an endpoint", async () => {
    expect(await endpoint("mailto:desk@shop.example", ["customer.code_requested"])).toBeProblem(
      422,
      "invalid_request",
    )
  })
})

describe("what is kept", () => {
  test("is neither the code nor a digest of it alone: two codes of one address differ, and no table has them", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    const code = await shop.codeFor(email)
    const [row] = await rows<object>("select * from mail_codes where email = $1", [email])
    expect(JSON.stringify(row)).not.toContain(code)
    const log = JSON.stringify(shop.app.log)
    expect(log).not.toContain(email)
    expect(log).not.toContain(`"${code}"`)
  })

  test("is erased with the buyer, by the address in any spelling or by the customer", async () => {
    for (const how of ["email", "customer_id"] as const) {
      const email = newAddress()
      await askCode(shop.app, email)
      const code = await shop.codeFor(email)
      const { customerId } = await rowOf(email)
      const who = how === "email" ? { email: email.toUpperCase() } : { customer_id: customerId }
      expect((await shop.app.post("/api/admin/erase", who, { token: ADMIN_TOKEN })).status).toBe(200)
      expect(await rows("select mailbox from mail_codes where mailbox = $1", [customerId])).toEqual([])
      expect(await confirmCode(shop.app, email, code)).toBeProblem(422, "mail_code_invalid")
    }
  })

  test("ends by itself an hour after the first mail, and not before", async () => {
    const email = newAddress()
    await askCode(shop.app, email)
    await shop.codeFor(email)
    const { upkeep } = shop.app.app.engine.database
    await rows("update mail_codes set ends_at = clock_timestamp() where email = $1", [email])
    await removeOldCodes(upkeep)
    expect(await rows("select 1 from mail_codes where email = $1", [email])).toHaveLength(1)
    await rows(
      "update mail_codes set counted_from = clock_timestamp() - interval '61 minutes' where email = $1",
      [email],
    )
    await removeOldCodes(upkeep)
    expect(await rows("select 1 from mail_codes where email = $1", [email])).toEqual([])
  })
})

describe("a server without a way to send", () => {
  test("says so, and says the same for every address", async () => {
    await using without = await startClosedApp()
    expect(await askCode(without, newAddress())).toBeProblem(409, "mail_codes_off")
  })

  test("in open mode shows the code where its mails are read", async () => {
    await using open = await startTestApp()
    await askCode(open, "ada@example.com")
    const page = async () => String((await open.get("/simulator/mail")).body)
    await expect.poll(page).toContain("is the code of ada@example.com")
    const code = /<strong>(\d{6})<\/strong>/.exec(await page())?.[1] ?? ""
    expect((await confirmCode(open, "ada@example.com", code)).status).toBe(200)
  })
})

test("a mail that the server does not take is tried again while the code is valid", async () => {
  await using own = await startCodeShop()
  let tries = 0
  own.mails.behave({ recipient: () => ((tries += 1) < 2 ? "451 4.3.0 later" : null) })
  const email = newAddress()
  await askCode(own.app, email)
  expect(await own.codeFor(email)).toMatch(/^\d{6}$/)
  const metrics = String((await own.app.get("/metrics")).body)
  expect(metrics).toContain('doorbuster_mail_codes_total{result="again"} 1')
})

test("a mail that the server refuses for good is logged without the address", async () => {
  await using own = await startCodeShop()
  own.mails.behave({ recipient: (to) => `550 5.1.1 <${to}> unknown` })
  const email = newAddress()
  await askCode(own.app, email)
  await expect.poll(() => own.app.log.find(({ metric }) => metric === "mail_code.failed")).toBeDefined()
  expect(JSON.stringify(own.app.log)).not.toContain(email)
})

test("a flood of requests is bounded in memory: those beyond are refused", async () => {
  const stuck = new Promise<never>(() => undefined)
  const codes = createMailboxCodes({
    keys: createMailboxKeys({ names: "n", secret: "s" }),
    codes: {
      areForShop: async () => false,
      ask: () => stuck,
      countTry: async () => null,
      use: async () => false,
      forget: async () => undefined,
    },
    hasMail: true,
    onResult: () => undefined,
    onError: () => undefined,
  })
  const taken = Array.from({ length: 6_000 }, () => codes.ask({ email: "a@example.com", language: null }))
  expect(taken.filter(Boolean)).toHaveLength(5_004)
})

describe("the name of a mailbox", () => {
  test.each([
    ["Anna@Example.COM", "anna@example.com"],
    [" anna@example.com ", "anna@example.com"],
    ["anna+tag@example.com", "anna@example.com"],
    ["anna+a+b@example.com", "anna@example.com"],
    ["+tag@example.com", "+tag@example.com"],
    ["a.n.n.a@example.com", "a.n.n.a@example.com"],
    ["a.n.n.a+x@gmail.com", "anna@gmail.com"],
    ["anna@googlemail.com", "anna@gmail.com"],
    ["anna@münchen.example", "anna@xn--mnchen-3ya.example"],
    ["anna@xn--mnchen-3ya.example", "anna@xn--mnchen-3ya.example"],
    ["anna@example.com.", "anna@example.com"],
    // Composed and decomposed.
    ["zo\u0065\u0308@example.com", "zo\u00EB@example.com"],
    ["ZO\u00CB@example.com", "zo\u00EB@example.com"],
  ])("%s is %s", (given, name) => {
    expect(mailboxName(given)).toBe(name)
  })

  test("makes a customer that does not tell it, and codes that are spread evenly", () => {
    const keys = createMailboxKeys({ names: "one", secret: "s" })
    const other = createMailboxKeys({ names: "other", secret: "s" })
    expect(keys.customerOf("a@example.com")).not.toBe(other.customerOf("a@example.com"))
    expect(keys.customerOf("a@example.com")).toBe(
      createMailboxKeys({ names: "one", secret: "t" }).customerOf("A@example.com"),
    )
    const codes = Array.from({ length: 2_000 }, (_, seed) => keys.codeOf("mailbox:a", String(seed)))
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true)
    expect(new Set(codes).size).toBeGreaterThan(1_980)
    expect(codes.filter((code) => code.startsWith("0")).length).toBeGreaterThan(100)
  })
})
