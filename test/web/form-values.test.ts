import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  readCurrency,
  readId,
  readPrice,
  readTime,
  readEndpoint,
  readUrl,
  readWhole,
  requiredValue,
  valueOrNull,
  type Reading,
} from "../../web/admin/form-values.ts"

/** `""` for an empty field, `"unreadable"`, or the value. */
function shortOf(reading: Reading<unknown>): unknown {
  if (reading.kind === "value") return reading.value
  return reading.kind === "empty" ? "" : "unreadable"
}

describe("a time in Berlin", () => {
  const before = process.env["TZ"]
  beforeAll(() => void (process.env["TZ"] = "Europe/Berlin"))
  afterAll(() => {
    if (before === undefined) delete process.env["TZ"]
    else process.env["TZ"] = before
  })

  test.each([
    ["", ""],
    ["2026-11-27T13:00", "2026-11-27T12:00:00.000Z"],
    ["2026-11-27T13:00:07", "2026-11-27T12:00:07.000Z"],
    ["2026-07-01T13:00", "2026-07-01T11:00:00.000Z"],
    ["1970-01-02T00:00", "1970-01-01T23:00:00.000Z"],
    ["9998-12-31T23:59", "9998-12-31T22:59:00.000Z"],
    // Years with too many or too few digits, which browsers accept.
    ["20266-11-27T13:00", "unreadable"],
    ["020266-11-27T13:00", "unreadable"],
    ["0026-11-27T13:00", "unreadable"],
    ["1969-12-31T13:00", "unreadable"],
    ["9999-01-01T00:00", "unreadable"],
    ["2026-13-01T13:00", "unreadable"],
    ["2026-02-30T13:00", "unreadable"],
    ["2026-11-27", "unreadable"],
    ["27 Nov 2026", "unreadable"],
    [" ", "unreadable"],
    // The clocks skip from 2:00 to 3:00.
    ["2026-03-29T02:30", "unreadable"],
    ["2026-03-29T03:30", "2026-03-29T01:30:00.000Z"],
  ])("%j is %j", (text, meaning) => {
    expect(shortOf(readTime(text))).toBe(meaning)
  })
})

test.each([
  ["", 0, ""],
  ["7", 0, 7],
  [" 7 ", 1, 7],
  ["0", 0, 0],
  ["0", 1, "unreadable"],
  ["-1", 0, "unreadable"],
  ["1.5", 0, "unreadable"],
  ["1e3", 0, "unreadable"],
  ["0x10", 0, "unreadable"],
  ["9007199254740993", 0, "unreadable"],
  ["seven", 0, "unreadable"],
])("the whole number %j, %i or more, is %j", (text, least, meaning) => {
  expect(shortOf(readWhole(text, least))).toBe(meaning)
})

test.each([
  ["", "EUR", ""],
  ["129.5", "EUR", 12_950],
  ["4990", "HUF", 4_990],
  ["49.90", "HUF", "unreadable"],
  ["1,29", "EUR", 129],
  ["1,299", "EUR", "unreadable"],
])("the price %j in %s is %j", (text, currency, meaning) => {
  expect(shortOf(readPrice(text, currency))).toBe(meaning)
})

test.each([
  ["", null, ""],
  [" eur ", null, "EUR"],
  ["euro", null, "unreadable"],
  ["HRK", null, "unreadable"],
  ["DEM", "BGN", "unreadable"],
  // A product may keep a currency that is not current.
  ["bgn", "BGN", "BGN"],
])("the currency %j, with %j before, is %j", (text, present, meaning) => {
  expect(shortOf(readCurrency(text, present))).toBe(meaning)
})

test.each([
  ["", ""],
  [" 17 ", 17],
  ["anna", "unreadable"],
  ["1e99", "unreadable"],
  ["-1", "unreadable"],
])("the id %j is %j", (text, meaning) => {
  expect(shortOf(readId(text))).toBe(meaning)
})

test.each([
  ["", ""],
  [" https://shop.example/a.avif ", "https://shop.example/a.avif"],
  ["http://127.0.0.1:9/hook", "http://127.0.0.1:9/hook"],
  ["shop.example", "unreadable"],
  ["javascript:alert(1)", "unreadable"],
])("the address %j is %j", (text, meaning) => {
  expect(shortOf(readUrl(text))).toBe(meaning)
})

test.each([
  ["", ""],
  [" me@shop.example ", "mailto:me@shop.example"],
  ["mailto:me@shop.example", "mailto:me@shop.example"],
  ["https://shop.example/@me", "https://shop.example/@me"],
  ["me@shop", "unreadable"],
  ["me@shop.example?bcc=you@shop.example", "unreadable"],
  ["shop.example", "unreadable"],
])("the endpoint %j is %j", (text, meaning) => {
  expect(shortOf(readEndpoint(text))).toBe(meaning)
})

test("an unreadable text becomes neither null nor a value", () => {
  const reading = readTime("20266-11-27T13:00")
  expect(() => valueOrNull(reading)).toThrow("Enter a date from 1970 to 9998 and a time. Nothing was saved.")
  expect(() => requiredValue(reading, "The time")).toThrow("Nothing was saved.")
  expect(() => requiredValue(readWhole("", 0), "The stock")).toThrow(
    "The stock is missing. Nothing was saved.",
  )
  expect(valueOrNull(readTime(""))).toBeNull()
})
