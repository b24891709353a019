import addressparser from "nodemailer/lib/addressparser"
import fc from "fast-check"
import { expect, test } from "vitest"
import { isEmailAddress } from "../../src/domain/email-address.ts"

test.each([
  ["ada@example.com", true],
  ["ada+shop@sub.example.com", true],
  ["zoë@exämple.com", true],
  ["аda@exаmple.com", true],
  ["ada@example.com\nBcc: eve@example.com", false],
  ["ada@example.com, eve@example.com", false],
  ["Ada <ada@example.com>", false],
  ["ada@example.com eve@example.com", false],
  ["ada@@example.com", false],
  ["@example.com", false],
  ["ada@", false],
  ["ada@example", false],
  ["ada@localhost", false],
  ["ada@example.", false],
  ["ada@.example", false],
  ["ada@example..com", false],
  ['"a b"@example.com', false],
  ["ada\u0000@example.com", false],
  ["ada\ud800@example.com", false],
  ["ada,eve@example.com", false],
  ["<ada>@example.com", false],
  ["ada(at home)@example.com", false],
  ["ada@[eve@example.com]", false],
  ["friends:ada@example.com;", false],
  ["用户@例え.jp", true],
  ["ada@xn--e1awd7f.com", true],
  ["ada@example。com", false],
  ["ada@example．com", false],
  ["ada@example｡com", false],
  // Where a web address would end or be decoded: the name would be that of another domain.
  ["ada@example.com/x.evil.example", false],
  ["ada@example.com?x.evil.example", false],
  ["ada@example.com#x.evil.example", false],
  ["ada@ex%61mple.com", false],
  [".ada@example.com", true],
  ["ada\u202e@example.com", false],
  [`${"a".repeat(65)}@example.com`, false],
  [`a@${"b".repeat(260)}.com`, false],
])("%j is an address: %s", (address, isAddress) => {
  expect(isEmailAddress(address)).toBe(isAddress)
})

// The parser of nodemailer is how the mailer would read a text for its headers.
test("every address that is taken is read by the mailer as exactly this address", () => {
  const special = fc.constantFrom(
    ...Array.from(",;:<>()[]\\\"'@. \t\r\n\0=?%!{}|~#\u00a0\u200b\u202e\u2028\ufeffaéя用.@"),
  )
  const part = fc.string({
    unit: fc.oneof(special, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
    minLength: 1,
  })
  const text = fc.oneof(
    part,
    fc.tuple(part, part).map((parts) => parts.join("@")),
    fc.emailAddress(),
  )
  let taken = 0
  fc.assert(
    fc.property(text, (address) => {
      if (!isEmailAddress(address)) return
      taken += 1
      expect(addressparser(address)).toEqual([{ address, name: "" }])
    }),
    { numRuns: 20_000 },
  )
  expect(taken).toBeGreaterThan(2_000)
})
