import { expect, test } from "vitest"
import { prettyLines } from "../../src/base/pretty-lines.ts"

const timestamp = "2026-11-27T12:00:00.123Z"
const line = (members: object) => `${JSON.stringify({ level: "info", timestamp, ...members })}\n`

test.each([
  [
    line({ metric: "hold.created", hold_id: 7, request_id: "a-1", msg: "Hold created." }),
    "12:00:00.123 INFO  Hold created. hold_id=7 request_id=a-1\n",
  ],
  [
    line({ level: "warn", err: { type: "Error", message: "no", stack: "Error: no\n  at x" }, msg: "Lost." }),
    "12:00:00.123 WARN  Lost.\n    Error: no\n      at x\n",
  ],
  [line({ settings: { stock: 1 }, msg: "Made." }), '12:00:00.123 INFO  Made. settings={"stock":1}\n'],
  // What a buyer has sent must not move the terminal's cursor or make up a line.
  [
    line({ reason: "a\n12:00 ERROR b\u001b[2J", msg: "Refused." }),
    '12:00:00.123 INFO  Refused. reason="a\\n12:00 ERROR b\\u001b[2J"\n',
  ],
  ["no JSON\n", "no JSON\n"],
])("%s is shown as %s", (json, shown) => {
  expect(prettyLines(json, false)).toBe(shown)
})

test("several lines of one write stay several lines, in colour on a terminal", () => {
  const text = prettyLines(line({ msg: "One." }) + line({ level: "error", msg: "Two." }), true)

  expect(text).toBe("12:00:00.123 INFO  One.\n12:00:00.123 \u001b[31mERROR\u001b[0m Two.\n")
})
