import { readdir, readFile } from "node:fs/promises"
import { expect, test } from "vitest"

// The driver prepares a statement once for each connection by its name, and refuses another text under the same name. A lazily
// shared connection would find that only in a sale.
test("no two statements have the same name", async () => {
  const directory = new URL("../../src/store/", import.meta.url)
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith(".ts"))
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, directory), "utf8")))
  const names = texts.flatMap((text) =>
    Array.from(text.matchAll(/^\s*name: "([a-z0-9-]+)",$/gm), ([, name]) => name),
  )

  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
