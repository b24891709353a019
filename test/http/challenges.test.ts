import type { ServerResponse } from "node:http"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { createChallenge, VERIFY_WITHIN_MS } from "../../src/http/access/challenge.ts"
import { challengePageHeaders } from "../../src/http/transport/page-headers.ts"
import { challengeSettings } from "../../src/config/challenge.ts"
import { CHALLENGE_SECRET as SECRET, startVerifier, type Verifier } from "../support/challenge-verifier.ts"
import { askCode, startCodeShop, type CodeShop } from "../support/mail-codes.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, offer } from "../support/shop.ts"

const SCRIPT = "https://challenges.example/api.js?render=explicit"

describe("a challenge before a code", () => {
  let verifier: Verifier
  let shop: CodeShop
  beforeAll(async () => {
    verifier = await startVerifier()
    const service = { verifyUrl: verifier.url, secret: SECRET, siteKey: "site-key-1", script: SCRIPT }
    const challenge = { kind: "siteverify", capEndpoint: null, ...service } as const
    shop = await startCodeShop({ challenge })
  })
  afterAll(async () => {
    await shop[Symbol.asyncDispose]()
    await verifier[Symbol.asyncDispose]()
  })
  beforeEach(() => verifier.behave(null))

  let last = 0
  const newAddress = () => `solver${(last += 1)}@example.com`

  test("is solved: the code is mailed, and the service is told neither the buyer's address nor network", async () => {
    const email = newAddress()
    expect((await askCode(shop.app, email, { challenge: "good" })).status).toBe(202)
    expect(await shop.codeFor(email)).toMatch(/^\d{6}$/)
    expect(verifier.asked.at(-1)).toEqual({ secret: SECRET, response: "good" })
  })

  test.each([
    ["wrong", { challenge: "bad" }],
    ["empty", { challenge: "" }],
    ["missing", {}],
    ["a text that could end a form", { challenge: "good&secret=x" }],
  ])("is %s: no code is mailed", async (_, more) => {
    const email = newAddress()
    expect(await askCode(shop.app, email, more)).toBeProblem(422, "challenge_failed")
    expect(shop.mails.received.filter(({ to }) => to.includes(email))).toEqual([])
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ["is down", (response) => void response.destroy()],
    ["fails", (response) => void response.writeHead(500).end("oops")],
    ["answers what is no JSON", (response) => void response.end("<html>")],
    ["answers without success", (response) => void response.end("{}")],
    ["answers null", (response) => void response.end("null")],
    ["answers with a text", (response) => void response.end('{"success":"true"}')],
    [
      "answers too much",
      (response) => void response.end(JSON.stringify({ success: false, x: "x".repeat(30_000) })),
    ],
    [
      "leads elsewhere",
      (response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    ],
    [
      "refuses our secret",
      (response) => void response.end('{"success":false,"error-codes":["invalid-input-secret"]}'),
    ],
  ])(
    "and the service %s: the code is mailed all the same, because the limits of mails bind",
    async (_, answer) => {
      verifier.behave(answer)
      const email = newAddress()
      expect((await askCode(shop.app, email, { challenge: "bad" })).status).toBe(202)
      expect(await shop.codeFor(email)).toMatch(/^\d{6}$/)
      expect(JSON.stringify(shop.app.log)).not.toContain(SECRET)
    },
  )

  test("and the service is away: the log says so once, and again after it was back", async () => {
    const said = () =>
      shop.app.log.filter(({ msg }) => String(msg).startsWith("The challenge's service")).length
    await askCode(shop.app, newAddress(), { challenge: "good" })
    const before = said()
    verifier.behave((response) => void response.destroy())
    for (let index = 0; index < 3; index += 1) await askCode(shop.app, newAddress(), { challenge: "good" })
    expect(said()).toBe(before + 1)
  })

  test("and the service hangs: the buyer waits three seconds and no more", async () => {
    verifier.behave(() => undefined)
    const from = performance.now()
    expect((await askCode(shop.app, newAddress(), { challenge: "good" })).status).toBe(202)
    const took = performance.now() - from
    expect(took).toBeGreaterThanOrEqual(VERIFY_WITHIN_MS - 50)
    expect(took).toBeLessThan(VERIFY_WITHIN_MS + 3_000)
    expect(String((await shop.app.get("/metrics")).body)).toMatch(
      /doorbuster_mail_codes_total\{result="challenge_unknown"\} [1-9]/,
    )
  })

  test("is never asked of a hold, nor of entering a code", async () => {
    const before = verifier.asked.length
    const { id } = await offer(shop.app, {}, ADMIN_TOKEN)
    expect((await shop.app.post("/api/holds", { product_id: id, qty: 1 })).status).toBe(201)
    await shop.app.post("/api/customers", { email: newAddress(), code: "123456" })
    expect(verifier.asked).toHaveLength(before)
  })

  test("is on the pages of products for confirmed mailboxes alone, and so is its origin in their policy", async () => {
    const policyOf = async (customer: string) => {
      const { id } = await offer(shop.app, { customer }, ADMIN_TOKEN)
      const { headers, body } = await shop.app.get(`/p/${id}`)
      return [String(headers["content-security-policy"]), String(body)] as const
    }
    const [policy, page] = await policyOf("email")
    expect(policy).toContain("script-src 'self' https://challenges.example;")
    expect(policy).toContain("frame-src https://challenges.example")
    expect(page).toContain('"siteKey":"site-key-1"')
    expect(page).not.toContain(SECRET)
    const [plainPolicy, plainPage] = await policyOf("any")
    expect(`${plainPolicy}${plainPage}`).not.toContain("challenges.example")
  })
})

test("of hCaptcha the policy has the whole domain, because its frames come from other hosts", () => {
  const policy = challengePageHeaders({ script: "https://js.hcaptcha.com/1/api.js", siteKey: "k" })[
    "content-security-policy"
  ]
  expect(policy).toContain("frame-src https://hcaptcha.com https://*.hcaptcha.com")
  expect(policy).toContain("script-src 'self' https://hcaptcha.com https://*.hcaptcha.com;")
})

test("a flood at a slow service is bounded: what is beyond is turned away, and gets no code", async () => {
  await using verifier = await startVerifier()
  verifier.behave(() => undefined)
  const challenge = createChallenge({ verifyUrl: verifier.url, secret: SECRET }, () => undefined)
  const from = performance.now()
  const first = Array.from({ length: 100 }, () => challenge.check("good"))
  expect(await challenge.check("good")).toBe("busy")
  expect(performance.now() - from).toBeLessThan(VERIFY_WITHIN_MS - 500)
  await Promise.all(first)
})

describe("its settings", () => {
  const all = {
    CHALLENGE_VERIFY_URL: "https://challenges.example/siteverify",
    CHALLENGE_SECRET: SECRET,
    CHALLENGE_SITE_KEY: "0x4AAA",
    CHALLENGE_SCRIPT: SCRIPT,
  }
  test("are all or none", () => {
    expect(challengeSettings({})).toBeNull()
    expect(challengeSettings(all)).toMatchObject({ siteKey: "0x4AAA", script: SCRIPT })
    expect(challengeSettings(all)).toMatchObject({ capEndpoint: null })
    const cap = { ...all, CHALLENGE_VERIFY_URL: "https://cap.example/0x4AAA/siteverify" }
    expect(challengeSettings(cap)).toMatchObject({ capEndpoint: "https://cap.example/0x4AAA/" })
    const { CHALLENGE_SECRET: _, ...rest } = all
    expect(() => challengeSettings(rest)).toThrow(
      "CHALLENGE_SECRET not set; a challenge needs all four CHALLENGE_ settings",
    )
  })

  test.each([
    ["CHALLENGE_VERIFY_URL", "http://challenges.example/siteverify"],
    ["CHALLENGE_VERIFY_URL", "siteverify"],
    ["CHALLENGE_VERIFY_URL", "https://user:secret@challenges.example/"],
    ["CHALLENGE_SCRIPT", "javascript:alert(1)"],
    ["CHALLENGE_SCRIPT", "https://challenges.example/a.js; script-src *"],
    ["CHALLENGE_SCRIPT", "https://challenges.example/a.js#x"],
    ["CHALLENGE_SCRIPT", "data:text/javascript,1"],
  ])("%s=%s is refused", (name, value) => {
    expect(() => challengeSettings({ ...all, [name]: value })).toThrow(`${name} is no such address`)
  })
})

test("what no service makes is no token, and an answer that blames the request is no pass", async () => {
  await using verifier = await startVerifier()
  const challenge = createChallenge({ verifyUrl: verifier.url, secret: SECRET }, () => undefined)
  for (const token of ["<script>", "good bad", "good\n", "'or 1=1", "", undefined]) {
    expect(await challenge.check(token)).toBe("failed")
  }
  expect(verifier.asked).toEqual([])
  verifier.behave((response) => response.writeHead(413).end("too large"))
  expect(await challenge.check("good")).toBe("failed")
})
