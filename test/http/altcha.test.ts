import { solveChallenge } from "altcha-lib"
import { deriveKey } from "altcha-lib/algorithms/pbkdf2"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { challengeSettings } from "../../src/config/challenge.ts"
import { createAltcha, VALID_SECONDS, type IssuedChallenge } from "../../src/http/access/altcha.ts"
import { createLimits } from "../../src/limits/limits.ts"
import { createMemoryCounts } from "../../src/limits/memory-counts.ts"
import { askCode, startCodeShop, type CodeShop } from "../support/mail-codes.ts"
import "../support/problem.ts"
import { ADMIN_TOKEN, offer } from "../support/shop.ts"

const SECRET = "the secret of the installation"

type Json = Readonly<Record<string, unknown>>

/** What a browser makes of a challenge. */
async function solutionOf(challenge: IssuedChallenge) {
  const solution = await solveChallenge({ challenge, deriveKey })
  if (solution === null) throw new Error("the challenge was not solved in time")
  return { challenge, solution }
}

const tokenOf = (solved: unknown) => Buffer.from(JSON.stringify(solved)).toString("base64")

async function issued(altcha: ReturnType<typeof createAltcha>): Promise<IssuedChallenge> {
  const challenge = await altcha.issue()
  if (challenge === null) throw new Error("no challenge was made")
  return challenge
}

describe("a challenge of the server itself", { timeout: 60_000 }, () => {
  const altcha = createAltcha(SECRET, createLimits(null))
  let solved: Awaited<ReturnType<typeof solutionOf>>
  beforeAll(async () => {
    solved = await solutionOf(await issued(altcha))
  }, 60_000)
  afterEach(() => void vi.useRealTimers())

  const withParameters = (change: Json) => ({
    ...solved,
    challenge: { ...solved.challenge, parameters: { ...solved.challenge.parameters, ...change } },
  })
  const withSolution = (change: Json) => ({ ...solved, solution: { ...solved.solution, ...change } })

  test.each<[string, () => unknown]>([
    ["a later end", () => withParameters({ expiresAt: solved.challenge.parameters.expiresAt + 1 })],
    ["another nonce, as if it were not used yet", () => withParameters({ nonce: "00".repeat(16) })],
    ["less to do", () => withParameters({ cost: 1, keyPrefix: "00" })],
    ["an unknown algorithm", () => withParameters({ algorithm: "x" })],
    ["a nonce that is no whole bytes", () => withParameters({ nonce: "0" })],
    ["a key of no length", () => withParameters({ keyLength: 0 })],
    ["a negative cost", () => withParameters({ cost: -1 })],
    ["an unknown parameter", () => withParameters({ data: { free: true } })],
    [
      "another signature",
      () => ({ ...solved, challenge: { ...solved.challenge, signature: "00".repeat(32) } }),
    ],
    ["no signature", () => ({ ...solved, challenge: { parameters: solved.challenge.parameters } })],
  ])("is signed: one with %s is refused", async (_, forged) => {
    expect(await altcha.check(tokenOf(forged()))).toBe("failed")
  })

  test.each<[string, () => unknown]>([
    ["another key", () => withSolution({ derivedKey: "00".repeat(32) })],
    [
      "only the beginning of the key",
      () => withSolution({ derivedKey: solved.challenge.parameters.keyPrefix }),
    ],
    ["a key that is no hex", () => withSolution({ derivedKey: "zz" })],
    ["an empty key", () => withSolution({ derivedKey: "" })],
    ["a counter below zero", () => withSolution({ counter: -1 })],
    ["no solution", () => ({ challenge: solved.challenge })],
    ["null", () => null],
    ["a list", () => [solved]],
    ["a text", () => "solved"],
    [
      "the form of another version",
      () => ({ algorithm: "SHA-256", number: 1, salt: "a", challenge: "b", signature: "c" }),
    ],
    [
      "the form of its cloud service",
      () => ({ verificationData: "verified=true", verified: true, signature: "a", algorithm: "SHA-256" }),
    ],
    ["an option of the library", () => ({ ...solved, hmacAlgorithm: "x" })],
    ["an option of the library that is null", () => ({ ...solved, counterMode: null })],
    ["the form of a test", () => ({ challenge: null, solution: null, test: true })],
  ])("is solved: %s is refused", async (_, wrong) => {
    expect(await altcha.check(tokenOf(wrong()))).toBe("failed")
  })

  test.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["a text that is no Base64", "\u0000 <script>"],
    ["what is no JSON", Buffer.from("{").toString("base64")],
    ["JSON that is nested deeply", Buffer.from("[".repeat(5_000) + "]".repeat(5_000)).toString("base64")],
    ["__proto__", Buffer.from('{"__proto__":{"challenge":{}}}').toString("base64")],
  ])("is solved: %s is refused, too", async (_, token) => {
    expect(await altcha.check(token)).toBe("failed")
  })

  test("is refused from the key of another installation", async () => {
    const other = createAltcha("another secret", createLimits(null))
    expect(await other.check(tokenOf(solved))).toBe("failed")
  })

  test("has ended after ten minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    vi.setSystemTime((solved.challenge.parameters.expiresAt + 2) * 1_000)
    expect(await altcha.check(tokenOf(solved))).toBe("failed")
    vi.setSystemTime(0)
    const { parameters } = await issued(altcha)
    expect([VALID_SECONDS, parameters.expiresAt]).toEqual([600, 600])
  })

  test("is taken once, however it is spelled, by the processes that share their limits", async () => {
    const counts = createMemoryCounts()
    const processes = [1, 2].map(() => createAltcha(SECRET, createLimits(counts)))
    const spellings = [
      tokenOf(solved),
      ` ${tokenOf(solved)}\n`,
      tokenOf({ solution: { ...solved.solution, time: 5 }, challenge: solved.challenge }),
      tokenOf(withSolution({ counter: 1 })),
    ]
    const results = await Promise.all(
      processes.flatMap((process) =>
        spellings.flatMap((token) => [process.check(token), process.check(token)]),
      ),
    )
    expect(results.filter((result) => result === "solved")).toHaveLength(1)
    expect(results.filter((result) => result === "failed")).toHaveLength(15)
  })

  test("is made for fifty at one time and no more, and for others afterwards", async () => {
    const made = await Promise.all(Array.from({ length: 80 }, () => altcha.issue()))
    expect(made.filter((challenge) => challenge !== null)).toHaveLength(50)
    expect(await altcha.issue()).not.toBeNull()
  })
})

describe("with CHALLENGE=altcha", { timeout: 60_000 }, () => {
  let shop: CodeShop
  beforeAll(async () => {
    shop = await startCodeShop({ challenge: { kind: "altcha" } })
  })
  afterAll(() => shop[Symbol.asyncDispose]())

  test("a code is mailed for a solved challenge, once", async () => {
    const { status, body, headers } = await shop.app.get("/api/customers/challenge")
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"])
    const challenge = tokenOf(await solutionOf(body as IssuedChallenge))
    expect((await askCode(shop.app, "ada@example.com", { challenge })).status).toBe(202)
    expect(await shop.codeFor("ada@example.com")).toMatch(/^\d{6}$/)
    expect(await askCode(shop.app, "ben@example.com", { challenge })).toBeProblem(422, "challenge_failed")
    expect(await askCode(shop.app, "ben@example.com")).toBeProblem(422, "challenge_failed")
    expect(shop.mails.received.filter(({ to }) => to.includes("ben@example.com"))).toEqual([])
    const metrics = String((await shop.app.get("/metrics")).body)
    expect(metrics).toContain('doorbuster_mail_codes_total{result="challenge_solved"} 1')
    expect(metrics).toContain('doorbuster_mail_codes_total{result="challenge_failed"} 2')
  })

  test("pages for confirmed mailboxes show it, and their policy allows nothing more than others'", async () => {
    const pageOf = async (customer: string) => {
      const { id } = await offer(shop.app, { customer }, ADMIN_TOKEN)
      return shop.app.get(`/p/${id}`)
    }
    const [asking, plain] = [await pageOf("email"), await pageOf("any")]
    expect(String(asking.body)).toContain('"challenge":"altcha"')
    expect(String(plain.body)).not.toContain("altcha")
    expect(asking.headers["content-security-policy"]).toBe(plain.headers["content-security-policy"])
  })

  test("a network gets 240 challenges in ten minutes", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9" }
    const proxied = { challenge: { kind: "altcha" }, trustProxy: "127.0.0.1", rateLimitPerMinute: 0 } as const
    await using shop = await startCodeShop(proxied, false)
    for (let index = 0; index < 240; index += 1) {
      expect((await shop.app.get("/api/customers/challenge", { headers })).status).toBe(200)
    }
    expect(await shop.app.get("/api/customers/challenge", { headers })).toBeProblem(429, "rate_limited")
    const other = { headers: { "x-forwarded-for": "203.0.113.10" } }
    expect((await shop.app.get("/api/customers/challenge", other)).status).toBe(200)
  })
})

test("without it no challenge is made", async () => {
  await using shop = await startCodeShop({}, false)
  expect(await shop.app.get("/api/customers/challenge")).toBeProblem(404, "route_not_found")
})

test("its setting needs no other, and takes none", () => {
  expect(challengeSettings({ CHALLENGE: "altcha" })).toEqual({ kind: "altcha" })
  expect(() =>
    challengeSettings({ CHALLENGE: "altcha", CHALLENGE_SECRET: "x", CHALLENGE_SITE_KEY: "y" }),
  ).toThrow("CHALLENGE=altcha needs no other setting: remove CHALLENGE_SECRET and CHALLENGE_SITE_KEY")
})
