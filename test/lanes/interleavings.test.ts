import { beforeAll, expect, test } from "vitest"
import { playSchedule, type Promised } from "./schedule.ts"

/*
 * Lanes, groups and batches over a database in memory. A seed decides every step: which command comes next, which
 * transaction gets a lock, which statement fails, which connection breaks during COMMIT, and when a process dies.
 */

/** The number of schedules; DOORBUSTER_SCHEDULES sets another. */
const SCHEDULES = Number(process.env["DOORBUSTER_SCHEDULES"] ?? 20_000)
/** The first seed; the others follow it. */
const SEED = Number(process.env["DOORBUSTER_SCHEDULE_SEED"] ?? Date.now() % 2 ** 31)
/** The run ends after this many schedules with complaints. More of them would add nothing. */
const ENOUGH = 50
const TIMEOUT_MS = 120_000 + SCHEDULES * 10

/** The first schedule in which each promise was broken. */
const broken = new Map<Promised, string>()
/** How often each kind of event has happened, over all schedules. */
const seen = new Map<string, number>()

beforeAll(async () => {
  let bad = 0
  for (let seed = SEED; seed < SEED + SCHEDULES && bad < ENOUGH; seed += 1) {
    const { complaints, story, counts } = await playSchedule(seed)
    for (const [what, count] of counts) seen.set(what, (seen.get(what) ?? 0) + count)
    if (complaints.length > 0) bad += 1
    for (const { promise, what } of complaints) {
      if (broken.has(promise)) continue
      broken.set(
        promise,
        `DOORBUSTER_SCHEDULE_SEED=${seed} DOORBUSTER_SCHEDULES=1\n${what}\n${story.join("\n")}`,
      )
    }
  }
}, TIMEOUT_MS)

test.each<[Promised, string]>([
  ["answered", "every command is answered, and none twice"],
  ["durable", "every acknowledged change is in the database (I5)"],
  ["once", "a command takes effect once at most, also when its answer was lost"],
  ["order", "commands of a lane take effect and are answered in the order they came"],
  ["neighbours", "a command at fault fails alone"],
  ["honest", "every refusal has its cause"],
  ["bounds", "queue, batch, group and waiting time stay within their limits"],
])(`${SCHEDULES} schedules from seed ${SEED} on keep the promise "%s": %s`, (promise) => {
  expect(broken.get(promise) ?? "kept").toBe("kept")
})

test.runIf(SCHEDULES >= 1_000)("every kind of event has happened often", () => {
  const often = [
    "a hold is granted",
    "a hold is released",
    "a repeated answer",
    "hold_not_found",
    "overloaded",
    "unavailable",
    "a fault",
    "a guard",
    "a transient error",
    "COMMIT is lost",
    "a transaction",
    "a group",
    "a process dies",
  ]
  expect(often.filter((what) => (seen.get(what) ?? 0) < SCHEDULES / 200)).toEqual([])
})

test("a seed plays the same schedule again", async () => {
  const [first, second, other] = [await playSchedule(7), await playSchedule(7), await playSchedule(8)]
  expect(second.story).toEqual(first.story)
  expect(other.story).not.toEqual(first.story)
})
