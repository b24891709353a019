import { expect, test } from "vitest"
import { BadOption, readOptions } from "../../bench/options.ts"

test("without options everything is measured, as thoroughly as it is meant", () => {
  expect(readOptions([])).toMatchObject({
    quick: false,
    json: false,
    only: null,
    servers: null,
    rounds: null,
  })
})

test("trials and servers are chosen by name", () => {
  const options = readOptions([
    "--only",
    "holds,drop",
    "--servers",
    "echo",
    "--rounds",
    "3",
    "--seconds",
    "0.5",
  ])
  expect(options).toMatchObject({ only: ["holds", "drop"], servers: ["echo"], rounds: 3, seconds: 0.5 })
})

test.each([
  [["--only", "hold"], '--only holds "hold" and may hold only holds, refusals'],
  [["--servers", "redis"], '--servers holds "redis"'],
  [["--rounds", "0"], '--rounds holds "0"'],
  [["--seconds", "x"], '--seconds holds "x"'],
  [["--fast"], "--fast"],
  [["holds"], "holds"],
])("%j is refused with a line that says why", (argv, message) => {
  expect(() => readOptions(argv)).toThrow(BadOption)
  expect(() => readOptions(argv)).toThrow(message)
})
