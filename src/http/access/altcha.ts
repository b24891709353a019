import { createHmac } from "node:crypto"
import { createChallenge as makeChallenge, randomInt, verifySolution } from "altcha-lib"
import { deriveKey } from "altcha-lib/algorithms/pbkdf2"
import { Type, type Static } from "typebox"
import { Compile } from "typebox/compile"
import type { Limits } from "../../limits/limits.ts"
import { AltchaChallenge } from "../wire/mailboxes.ts"
import type { Challenge } from "./challenge.ts"

/** A challenge of this server, as browsers get it. */
export type IssuedChallenge = Static<typeof AltchaChallenge>

/** Makes challenges, and checks what browsers have solved. */
export interface Altcha extends Challenge {
  /** Makes a challenge that is valid for {@link VALID_SECONDS}; null: too many are being made. Stores nothing. */
  issue(): Promise<IssuedChallenge | null>
}

/** How long a challenge can be answered: a buyer types an address meanwhile, and may be called away. */
export const VALID_SECONDS = 600
/** Clocks of several servers may differ by so much. */
const CLOCKS_DIFFER_SECONDS = 60
/**
 * One try of a solver: about a millisecond in a desktop browser. Nearly all of it is hashing, so that a program of its own is not
 * much faster than a browser.
 */
const ITERATIONS = 5_000
/** How many tries a solution takes: about a second and a half of one processor, and a quarter of that with four. */
const FEWEST_TRIES = 1_000
const MOST_TRIES = 2_000
/** Challenges that are being made at one time: each takes a millisecond of a thread. */
const AT_ONCE = 50

const Solved = Type.Object(
  {
    challenge: AltchaChallenge,
    // Solvers add for how long they have worked.
    solution: Type.Object({ counter: Type.Integer(), derivedKey: Type.String() }),
  },
  // The library has options, which are not the sender's to set.
  { additionalProperties: false },
)
const solvedShape = Compile(Solved)

/**
 * Makes and checks challenges of ALTCHA (proof of work, version 2). `secret`: the installation's, the same on all hosts, with
 * which challenges are signed. A solution is taken once: `limits` count it in all processes of the port, and over hosts where
 * Redis is set. Hosts without Redis count apart, so that each takes a solution once.
 */
export function createAltcha(secret: string, limits: Limits): Altcha {
  const keyFor = (use: string) => createHmac("sha256", secret).update(use).digest("base64url")
  const keys = {
    hmacSignatureSecret: keyFor("challenges"),
    hmacKeySignatureSecret: keyFor("solutions of challenges"),
  }
  // To push a solution out of what is remembered, a sender has to solve as many others as a limit has keys.
  const taken = limits.attempts({
    name: "solved challenges",
    most: 1,
    withinMs: (VALID_SECONDS + CLOCKS_DIFFER_SECONDS) * 1_000,
  })
  let underWay = 0
  return {
    async issue() {
      if (underWay >= AT_ONCE) return null
      underWay += 1
      try {
        const { parameters, signature = "" } = await makeChallenge({
          algorithm: "PBKDF2/SHA-256",
          cost: ITERATIONS,
          counter: randomInt(MOST_TRIES, FEWEST_TRIES),
          expiresAt: Math.floor(Date.now() / 1_000) + VALID_SECONDS,
          deriveKey,
          ...keys,
        })
        // Undefined members are no part of JSON; those that are left are the ones of the form.
        return { parameters, signature } as IssuedChallenge
      } finally {
        underWay -= 1
      }
    },

    async check(token) {
      const solved = token === undefined ? null : solvedIn(token)
      if (solved === null) return "failed"
      const { challenge, solution } = solved
      const result = await verifySolution({ challenge, solution, deriveKey, ...keys })
      if (!result.verified) return "failed"
      // The nonce is signed, and its spelling with it. Counted after the check: what is wrong is not remembered.
      return (await taken.take(solved.challenge.parameters.nonce)) === 0 ? "solved" : "failed"
    },
  }
}

/** What a token says, which is the Base64 of JSON; null: it is none. */
function solvedIn(token: string): Static<typeof Solved> | null {
  const value = jsonIn(Buffer.from(token, "base64").toString("utf8"))
  return solvedShape.Check(value) ? value : null
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
