import type { ServerResponse } from "node:http"
import { expect, test } from "vitest"
import { checkChallenge } from "../../src/cli/doctor-challenge.ts"
import { CHALLENGE_SECRET, startVerifier } from "../support/challenge-verifier.ts"

const none = { challenge: null, publicUrl: null, redis: null }
const altcha = { ...none, challenge: { kind: "altcha" } } as const

test("nothing is said of a challenge that is not set", async () => {
  expect(await checkChallenge(none)).toEqual([])
})

test("ALTCHA needs pages with HTTPS, or on this machine", async () => {
  expect(await checkChallenge({ ...altcha, publicUrl: "http://shop.example" })).toEqual([
    expect.objectContaining({
      ok: false,
      found: expect.stringContaining("only on pages with HTTPS") as unknown,
    }),
  ])
  for (const publicUrl of [null, "https://shop.example", "http://127.0.0.1:8000", "http://[::1]:8000"]) {
    expect(await checkChallenge({ ...altcha, publicUrl })).toEqual([
      { check: "challenge", ok: true, found: expect.stringContaining("by each host") as unknown },
    ])
  }
})

interface Said {
  readonly ok: boolean
  readonly weak?: true
  readonly found: RegExp
}

test.each<[string, string, ((response: ServerResponse) => void) | null, Said]>([
  ["knows the secret", CHALLENGE_SECRET, null, { ok: true, found: /takes CHALLENGE_SECRET/ }],
  [
    "refuses the secret",
    "another",
    (response) => void response.end('{"success":false,"error-codes":["invalid-input-secret"]}'),
    { ok: false, found: /refuses CHALLENGE_SECRET; codes are mailed without it/ },
  ],
  ["is down", "another", (response) => void response.destroy(), { ok: false, found: /gives no verdict/ }],
  [
    "takes whatever is sent",
    "another",
    (response) => void response.end('{"success":true}'),
    { ok: true, weak: true, found: /takes any token/ },
  ],
])("of a service that %s, it says so", async (_, secret, behaviour, { found, ...expected }) => {
  await using verifier = await startVerifier()
  verifier.behave(behaviour)
  const challenge = {
    kind: "siteverify",
    capEndpoint: null,
    verifyUrl: verifier.url,
    secret,
    siteKey: "k",
    script: verifier.script,
  } as const
  expect(await checkChallenge({ ...none, challenge })).toEqual([
    { check: "challenge", ...expected, found: expect.stringMatching(found) as unknown },
  ])
})
