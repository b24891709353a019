import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { mutants } from "./mutants.ts"
import { isChosenBy, testCalls, type TestCall } from "./test-calls.ts"

// `npm run test:mutants` plants the bugs and runs their tests. These tests only compare the list with the files.

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  "can still be planted: %s",
  async (_, mutant) => {
    for (const { file, find } of mutant.edits) {
      const text = await readFile(new URL(`../../${file}`, import.meta.url), "utf8")
      expect(text.split(find)).toHaveLength(2)
    }
  },
)

test.each(mutants.map(({ name, caughtBy }) => [name, caughtBy] as const))(
  "names one test that must fail: %s",
  async (_, { file, test: words }) => {
    const calls = await callsIn(file)
    const chosen = words === undefined ? calls : calls.filter((call) => isChosenBy(words, call))
    expect(chosen.map(({ title }) => title)).toHaveLength(1)
  },
)

const known = new Map<string, Promise<TestCall[]>>()

/** The tests of a file. Each file is parsed once, because several bugs name it. */
function callsIn(file: string): Promise<TestCall[]> {
  const calls = known.get(file) ?? readFile(new URL(`../../${file}`, import.meta.url), "utf8").then(testCalls)
  known.set(file, calls)
  return calls
}

const sample = `
  const stale = [["is old"], [\`is \${size} bytes long\`]]
  describe("a file", () => {
    test("is read", () => {})
    test.skipIf(windows).each(stale)("that %s is removed", () => {})
  })
  test("a directory is read", { timeout: 9 }, () => {})
`

test.each([
  ["is read", ["a file > is read", "a directory is read"]],
  ["a file > is read", ["a file > is read"]],
  ["a file is read", []],
  ["that is old is removed", ["a file > that %s is removed"]],
  ["bytes long", ["a file > that %s is removed"]],
  ["read (twice)", []],
  ["is written", []],
])("the words %j choose %j", (words, titles) => {
  const chosen = testCalls(sample).filter((call) => isChosenBy(words, call))
  expect(chosen.map(({ title }) => title)).toEqual(titles)
})
