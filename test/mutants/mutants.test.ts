import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { mutants } from "./mutants.ts"

// `npm run test:mutants` plants the bugs and runs their tests. This test only checks that each can still be planted.
test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  "can still be planted: %s",
  async (_, mutant) => {
    for (const { file, find } of mutant.edits) {
      const text = await readFile(new URL(`../../${file}`, import.meta.url), "utf8")
      expect(text.split(find)).toHaveLength(2)
    }
    const tests = await readFile(new URL(`../../${mutant.caughtBy.file}`, import.meta.url), "utf8")
    expect(tests).toContain(mutant.caughtBy.test ?? "")
  },
)
