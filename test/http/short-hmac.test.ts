import { createHmac } from "node:crypto"
import fc from "fast-check"
import { expect, test } from "vitest"
import { shortHmac } from "../../src/http/access/short-hmac.ts"

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})

test("it is HMAC-SHA256, whatever the key's length", () => {
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

test("a longer text than was promised is a fault, not another text's signature", () => {
  expect(() => shortHmac("key", 4)("12345")).toThrow("more than 4 characters")
})
