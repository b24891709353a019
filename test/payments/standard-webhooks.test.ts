import { createHmac } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { expect, test } from "vitest"
import { refuseSignature, type WebhookHeaders } from "../../src/payments/standard-webhooks.ts"

// The example of the Standard Webhooks specification.
const SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const KEY = Buffer.from(SECRET, "base64")
const BODY = '{"test": 2432232314}'
const SENT = 1_614_265_330
const example: WebhookHeaders = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: String(SENT),
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
const other = new Webhook(Buffer.alloc(24, 7).toString("base64")).sign("msg", new Date(SENT * 1000), BODY)

test("the specification's example is valid", () => {
  expect(refuseSignature(KEY, example, BODY, SENT)).toBeNull()
})

const VALID = /^valid$/

// One row per valid or invalid message; headers that are not given are those of the example.
test.each<[what: string, change: Partial<WebhookHeaders>, refusal: RegExp]>([
  ["nothing changed", {}, VALID],
  ["no id", { id: undefined }, /required/],
  ["no timestamp", { timestamp: undefined }, /required/],
  ["no signature", { signature: undefined }, /required/],
  ["another id", { id: "msg_other" }, /no signature/],
  ["an empty id", { id: "" }, /no signature/],
  ["another time", { timestamp: String(SENT + 1) }, /no signature/],
  ["a time with a leading zero", { timestamp: `0${SENT}` }, /no signature/],
  ["an empty time", { timestamp: "" }, /not a number/],
  ["a time of words", { timestamp: "yesterday" }, /not a number/],
  ["a negative time", { timestamp: `-${SENT}` }, /not a number/],
  ["a time with a fraction", { timestamp: `${SENT}.0` }, /not a number/],
  ["a time in exponents", { timestamp: "1.6e9" }, /not a number/],
  ["a time in hexadecimal", { timestamp: "0x60371fb2" }, /not a number/],
  ["a time with spaces", { timestamp: ` ${SENT}` }, /not a number/],
  ["a time that is infinite", { timestamp: "Infinity" }, /not a number/],
  ["a time in milliseconds", { timestamp: `${SENT}000` }, /not a number|away/],
  ["a signature by another key", { signature: other }, /no signature/],
  ["an empty signature", { signature: "" }, /no signature/],
  ["a version without a signature", { signature: "v1," }, /no signature/],
  ["a signature without a version", { signature: example.signature?.slice(3) }, /no signature/],
  ["another version", { signature: example.signature?.replace("v1,", "v1a,") }, /no signature/],
  ["another version's number", { signature: example.signature?.replace("v1,", "v2,") }, /no signature/],
  ["a cut signature", { signature: example.signature?.slice(0, -8) }, /no signature/],
  ["a longer signature", { signature: example.signature?.replace("=", "AAAA") }, /no signature/],
  ["a signature in hexadecimal", { signature: `v1,${hexadecimal()}` }, /no signature/],
  ["the right one last of several", { signature: `${other} v1a,abc ${example.signature}` }, VALID],
  ["the right one first of several", { signature: `${example.signature} ${other}` }, VALID],
  ["several spaces between them", { signature: `${other}   ${example.signature}` }, VALID],
  ["several wrong ones", { signature: `${other} ${other}` }, /no signature/],
])("with %s", (_, change, expected) => {
  const refusal = refuseSignature(KEY, { ...example, ...change }, BODY, SENT)

  expect(refusal ?? "valid").toMatch(expected)
})

function hexadecimal(): string {
  return createHmac("sha256", KEY).update(`${example.id}.${SENT}.${BODY}`).digest("hex")
}

// A message may be 300 seconds old or early, and no more.
test.each([
  [-301, false],
  [-300.5, false],
  [-300, true],
  [-1, true],
  [0, true],
  [300, true],
  [300.5, false],
  [301, false],
  [86_400, false],
])("received %d seconds after it was sent: %s", (seconds, isValid) => {
  expect(refuseSignature(KEY, example, BODY, SENT + seconds) === null).toBe(isValid)
})

test.each(["", " ", `${BODY} `, BODY.replace("2", "3"), BODY.toUpperCase()])(
  "the changed body %j is refused",
  (body) => {
    expect(refuseSignature(KEY, example, body, SENT)).toBe("no signature matches")
  },
)

test.each(["", "{}", "Zoë 🗝", "a.b.c", "\ufeff{}", "x".repeat(60_000)])(
  "a signature of the reference implementation is valid (%#)",
  (body) => {
    const signature = new Webhook(SECRET).sign("msg.1", new Date(SENT * 1000), body)

    expect(refuseSignature(KEY, { id: "msg.1", timestamp: String(SENT), signature }, body, SENT)).toBeNull()
  },
)

test("another key is refused", () => {
  expect(refuseSignature(Buffer.alloc(24), example, BODY, SENT)).toBe("no signature matches")
  expect(refuseSignature(Buffer.from(SECRET), example, BODY, SENT)).toBe("no signature matches")
})
