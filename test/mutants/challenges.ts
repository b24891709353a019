import type { Mutant } from "./mutants.ts"

const altcha = "src/http/access/altcha.ts"
const service = "src/http/access/challenge.ts"
const own = "test/http/altcha.test.ts"
const widget = "web/storefront/altcha-widget.ts"
const mailbox = "test/e2e/mailbox.test.ts"
const others = "test/http/challenges.test.ts"

/** Bugs in the challenges before a code. */
export const challengeMutants: readonly Mutant[] = [
  {
    name: "challenges: a solution is taken twice",
    edits: [
      {
        file: altcha,
        find: '(await taken.take(solved.challenge.parameters.nonce)) === 0 ? "solved" : "failed"',
        replace: '(await taken.take(solved.challenge.parameters.nonce)) >= 0 ? "solved" : "failed"',
      },
    ],
    caughtBy: { file: own, test: "is taken once, however it is spelled" },
  },
  {
    name: "challenges: each spelling of a solution is another one",
    edits: [{ file: altcha, find: "take(solved.challenge.parameters.nonce)", replace: 'take(token ?? "")' }],
    caughtBy: { file: own, test: "is taken once, however it is spelled" },
  },
  {
    name: "challenges: an old challenge is taken",
    edits: [
      { file: altcha, find: "Date.now() / 1_000) + VALID_SECONDS", replace: "Date.now() / 1_000) + 86_400" },
      { file: altcha, find: "if (!result.verified)", replace: "if (!result.verified && !result.expired)" },
    ],
    caughtBy: { file: own, test: "has ended after ten minutes" },
  },
  {
    name: "challenges: the signature of a challenge is not looked at",
    edits: [
      {
        file: altcha,
        find: "if (!result.verified)",
        replace: "if (result.expired || result.invalidSolution === true)",
      },
    ],
    caughtBy: { file: own, test: "is signed: one with another nonce" },
  },
  {
    name: "challenges: what was computed is not looked at",
    edits: [
      {
        file: altcha,
        find: "if (!result.verified)",
        replace: "if (result.expired || result.invalidSignature === true)",
      },
    ],
    caughtBy: { file: own, test: "is solved: another key is refused" },
  },
  {
    name: "challenges: all installations sign with the same key",
    edits: [{ file: altcha, find: 'createHmac("sha256", secret)', replace: 'createHmac("sha256", "")' }],
    caughtBy: { file: own, test: "is refused from the key of another installation" },
  },
  {
    name: "challenges: any number is made at one time",
    edits: [{ file: altcha, find: "if (underWay >= AT_ONCE) return null", replace: "" }],
    caughtBy: { file: own, test: "is made for fifty at one time" },
  },
  {
    name: "challenges: a code is mailed without one",
    edits: [
      {
        file: "src/http/routes/buyers/confirm-mailbox.ts",
        find: 'if (result === "failed")',
        replace: 'if (result === "failed" && solved !== undefined)',
      },
    ],
    caughtBy: { file: others, test: "is missing: no code is mailed" },
  },
  {
    name: "challenges: a service that is down ends the sale",
    edits: [{ file: service, find: 'return "unknown"', replace: 'return "failed"' }],
    caughtBy: { file: others, test: "and the service is down" },
  },
  {
    name: "challenges: an answer that is no verdict turns the buyer away",
    edits: [
      {
        file: service,
        find: 'if (typeof success !== "boolean")',
        replace: 'if (typeof success !== "boolean") return false\n  if (typeof success !== "boolean")',
      },
    ],
    caughtBy: { file: others, test: "and the service answers with a text" },
  },
  {
    name: "challenges: a flood waits at a slow service",
    edits: [{ file: service, find: 'if (underWay >= AT_ONCE) return "busy"', replace: "" }],
    caughtBy: { file: others, test: "a flood at a slow service is bounded" },
  },
  {
    name: "challenges in the browser: one is solved on a page that is only looked at",
    edits: [{ file: widget, find: '"auto", "onfocus"', replace: '"auto", "onload"' }],
    caughtBy: { file: mailbox, test: "while the address is typed" },
  },
  {
    name: "challenges in the browser: a form that is sent early does not wait",
    edits: [{ file: widget, find: "if (solved !== null) return solved", replace: "return solved" }],
    caughtBy: { file: mailbox, test: "waits for the server's own challenge" },
  },
  {
    name: "challenges in the browser: the element does not say where one is shown",
    edits: [
      {
        file: "web/storefront/mailbox-form.tsx",
        find: 'answer.value === "challenge" && challenge !== null && isElsewhere(challenge)',
        replace: 'answer.value === "off" && challenge !== null && isElsewhere(challenge)',
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "where a code is mailed only after a challenge" },
  },
]
