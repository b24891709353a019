import type pg from "pg"
import { expect, test } from "vitest"
import { clockFinding } from "../../src/cli/doctor-clock.ts"
import { readClockSkew } from "../../src/store/reads/clock-skew.ts"

test.each([
  [0, true, undefined, "agrees with the database's"],
  [-1.9, true, undefined, "agrees with the database's"],
  [2, true, true, "2.0 s ahead of the database's: sessions end early or late; run an NTP client"],
  [-299, true, true, "299.0 s behind the database's: sessions end early or late; run an NTP client"],
  [300, false, undefined, "300.0 s ahead of the database's: payment webhooks are refused; run an NTP client"],
])("a clock that is %d s ahead: ok %s, weak %s, %s", (seconds, ok, weak, found) => {
  expect(clockFinding(seconds)).toEqual({ check: "clock", ok, ...(weak && { weak }), found })
})

test.each([-13 * 3_600, 0, 42])("a database whose clock is %d s ahead is noticed", async (ahead) => {
  const query = async () => ({ rows: [{ ms: Date.now() + ahead * 1_000 }] })
  const pool = { connect: async () => ({ query, release: () => undefined }) } as unknown as pg.Pool

  expect(await readClockSkew(pool)).toBeCloseTo(-ahead, 1)
})
