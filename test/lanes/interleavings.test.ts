import { beforeAll, expect, test } from "vitest"
import { playSchedule, type Promised } from "./schedule.ts"

/*
 * Lanes, groups and batches over a database whose every step is drawn by a seed: who comes, who gets
 * a lock, what fails, which connection dies on the way of COMMIT, and when a process does.
 */

/** Seeded schedules in all; DOORBUSTER_SCHEDULES asks for more. */
const SCHEDULES = Number(process.env["DOORBUSTER_SCHEDULES"] ?? 20_000)
/** The first seed; the others follow it. */
const SEED = Number(process.env["DOORBUSTER_SCHEDULE_SEED"] ?? Date.now() % 2 ** 31)
/** After so many schedules with complaints it is known what is wrong. */
const ENOUGH = 50
const TIMEOUT_MS = 120_000 + SCHEDULES * 10

/** The first schedule in which each promise was broken. */
const broken = new Map<Promised, string>()
/** What has happened how often, over all schedules. */
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
  ["answered", "nobody waits for ever, and nobody is answered twice"],
  ["durable", "what is acknowledged is in the database (I5)"],
  ["once", "what is asked once is done once at most, also when nobody heard of it"],
  ["order", "commands of a lane happen, and are answered, in the order they came"],
  ["neighbours", "a bad command fails alone"],
  ["honest", "refusals have their reason"],
  ["bounds", "queue, batch, group and wait have their bounds"],
])(`${SCHEDULES} schedules from seed ${SEED} on keep the promise %s: %s`, (promise) => {
  expect(broken.get(promise) ?? "kept").toBe("kept")
})

test.runIf(SCHEDULES >= 1_000)("all of it has happened, often", () => {
  const often = [
    "a hold is given",
    "a hold is released",
    "the first answer again",
    "hold_not_found",
    "overloaded",
    "unavailable",
    "a fault",
    "a guard",
    "a passing error",
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
