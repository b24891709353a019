import { createHmac } from "node:crypto"
import fc from "fast-check"
import { expect, test } from "vitest"
import { shortHmac } from "../../src/http/access/short-hmac.ts"

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})

test("equals HMAC-SHA256 for keys of every length", () => {
  const keys = fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 60, maxLength: 70 }))
  fc.assert(
    fc.property(keys, fc.array(ascii, { minLength: 1 }), (key, texts) => {
      const sign = shortHmac(key, 100)
      for (const text of texts.map((text) => text.slice(0, 100))) {
        expect(sign(text)).toBe(createHmac("sha256", key).update(text).digest("base64url"))
      }
    }),
  )
})

test("throws for a text that is longer than allowed", () => {
  expect(() => shortHmac("key", 4)("12345")).toThrow("more than 4 characters")
})
