import { afterEach, expect, test, vi } from "vitest"
import { dateText, readerZone } from "../../web/shared/dates.ts"

afterEach(() => vi.restoreAllMocks())

test("a browser with a time zone that it cannot format shows UTC", () => {
  const real = Intl.DateTimeFormat().resolvedOptions()
  const named = { ...real, timeZone: "Etc/Unknown" }
  vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValueOnce(named)

  expect(readerZone()).toBe("UTC")
  expect(dateText("2026-11-27T12:00:00.000Z", readerZone())).toContain("27 Nov")
})
