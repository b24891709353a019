import { expect, test } from "vitest"
import { createLog, lineWriter } from "../../src/base/log.ts"

function recordingLog(level = "info") {
  const writes: string[] = []
  return { log: createLog(level, { write: (text) => void writes.push(text) }), writes }
}

test("lines written together are what the library would have written one by one, bindings included", () => {
  const { log, writes } = recordingLog()
  const child = log.child({ process: 2 })
  child.info({ metric: "hold.created", hold_id: 7 }, "Hold created.")
  lineWriter(child)("info", ['"metric":"hold.created","hold_id":7,"msg":"Hold created."'])

  const [one, other] = writes.map((text) => JSON.parse(text) as Record<string, unknown>)
  expect(Object.keys(other ?? {})).toEqual(Object.keys(one ?? {}))
  expect({ ...other, timestamp: null }).toEqual({ ...one, timestamp: null })
  expect(other?.["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test("a line has its own members, and none of the lines before", () => {
  const { log, writes } = recordingLog()
  log.warn({ err: new Error("gone") }, "A database connection was lost.")
  log.info({ expired_count: 1 }, "Expiry batch.")
  log.info("Working.")

  const [, batch, working] = writes.map((text) => Object.keys(JSON.parse(text) as object))
  expect(batch).toEqual(["level", "timestamp", "expired_count", "msg"])
  expect(working).toEqual(["level", "timestamp", "msg"])
})

test("no piece is longer than a pipe takes at once, and no line is cut", () => {
  const { log, writes } = recordingLog()
  const lines = Array.from({ length: 500 }, (_, index) => `"hold_id":${index},"msg":"Hold created."`)
  lineWriter(log)("info", lines)

  expect(writes.length).toBeGreaterThan(5)
  expect(Math.max(...writes.map((text) => text.length))).toBeLessThan(4_096)
  const told = writes
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { hold_id: number })
  expect(told.map((line) => line.hold_id)).toEqual(lines.map((_, index) => index))
})

test("a long line among short ones stands in a piece of its own", () => {
  const { log, writes } = recordingLog()
  const short = `"msg":"${"s".repeat(900)}"`
  lineWriter(log)("info", [short, short, `"msg":"${"l".repeat(3_500)}"`, short])
  expect(Math.max(...writes.map((text) => text.length))).toBeLessThanOrEqual(4_096)
  expect(writes.join("").trimEnd().split("\n")).toHaveLength(4)
})

test("a level that is not wanted is not written", () => {
  const { log, writes } = recordingLog("warn")
  lineWriter(log)("info", ['"msg":"Hold created."'])
  expect(writes).toEqual([])
})
