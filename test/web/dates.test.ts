import { afterEach, expect, test, vi } from "vitest"
import { clockText, dateText, readerZone } from "../../web/shared/dates.ts"

afterEach(() => vi.restoreAllMocks())

test("a browser with a time zone that it cannot format shows UTC", () => {
  const real = Intl.DateTimeFormat().resolvedOptions()
  const named = { ...real, timeZone: "Etc/Unknown" }
  vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValueOnce(named)

  expect(readerZone()).toBe("UTC")
  expect(dateText("2026-11-27T12:00:00.000Z", readerZone())).toContain("27 Nov")
})

test("the clock has two digits for the hour in every language, so that it does not move at ten", () => {
  for (const locale of ["en-GB", "de", "fr", "es", "ja", "ar-u-nu-latn"])
    expect(clockText(Date.parse("2026-11-27T00:26:40Z"), "UTC", locale)).toBe("00:26:40")
})
