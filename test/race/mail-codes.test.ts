import { expect, test } from "vitest"
import { createMailboxCodes, type MailboxCodes } from "../../src/http/access/mailbox-codes.ts"
import { createMailboxKeys } from "../../src/http/access/mailbox-keys.ts"
import type { Engine } from "../../src/engine.ts"
import { createTestEngine } from "../support/database.ts"
import { wrongCode } from "../support/mail-codes.ts"

const keys = createMailboxKeys({ names: "names", secret: "secret" })
const EMAIL = "anna@example.com"
const CUSTOMER = keys.customerOf(EMAIL)

/** The codes of one server, whose keys are those of all others. */
function codesOf({ codes }: Engine, onResult: (result: string) => void = () => undefined): MailboxCodes {
  const onError = (error: unknown) => {
    throw error
  }
  return createMailboxCodes({ codes, keys, hasMail: true, onResult, onError })
}

async function openCode(engine: Engine): Promise<string> {
  await engine.codes.ask({ customerId: CUSTOMER, email: EMAIL, language: null })
  const [open] = await engine.codes.newest(1)
  if (open === undefined) throw new Error("no code is open")
  return keys.codeOf(open.customerId, open.seed)
}

test("200 simultaneous tries at two servers: five are judged, and not one more", async () => {
  await using engine = await createTestEngine()
  await using other = await createTestEngine({}, engine.url)
  await openCode(engine)

  const seeds = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? engine : other).codes.countTry(CUSTOMER)),
  )

  expect(seeds.filter((seed) => seed !== null)).toHaveLength(5)
  expect(await engine.codes.countTry(CUSTOMER)).toBeNull()
})

test("200 simultaneous guesses, the right one last: it is refused like all others", async () => {
  await using engine = await createTestEngine()
  const code = await openCode(engine)
  const codes = codesOf(engine)

  const wrong = Array.from({ length: 200 }, (_, index) => codes.confirm(EMAIL, wrongCode(code, index + 1)))
  const answers = await Promise.all([...wrong, codes.confirm(EMAIL, code)])

  expect(answers.every((answer) => answer === null)).toBe(true)
})

test("200 simultaneous entries of the right code at two servers: one gets the token", async () => {
  await using engine = await createTestEngine()
  await using other = await createTestEngine({}, engine.url)
  const code = await openCode(engine)
  const [one, two] = [codesOf(engine), codesOf(other)]

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : two).confirm(EMAIL, code)),
  )

  expect(answers.filter((answer) => answer !== null)).toHaveLength(1)
})

test("200 simultaneous requests for an address at two servers: five mails, and one code", async () => {
  await using engine = await createTestEngine()
  await using other = await createTestEngine({}, engine.url)

  const asked = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      (index % 2 === 0 ? engine : other).codes.ask({ customerId: CUSTOMER, email: EMAIL, language: null }),
    ),
  )

  expect(asked.filter((result) => result === "mail")).toHaveLength(5)
  expect(await engine.codes.newest(10)).toHaveLength(1)
})
