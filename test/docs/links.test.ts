import { existsSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { anchorsIn, brokenLinks, filesLike, readProject, root } from "./markdown.ts"

const pages = await filesLike("**/*.md")

test("there are pages to look at", () => {
  expect(pages).toContain("docs/operate/runbooks/money-inbox.md")
  expect(pages.length).toBeGreaterThan(60)
})

test.each(pages)("every link of %s leads somewhere", async (path) => {
  expect(await brokenLinks(path, await readProject(path))).toEqual([])
})

test("a link that leads nowhere is found, and so is a heading that is not there", async () => {
  const text = "[one](missing.md) [two](README.md#production-in-six-lines) [three](README.md#try-it)"

  expect(await brokenLinks("README.md", text)).toEqual([
    "README.md: missing.md is not there",
    "README.md: README.md#production-in-six-lines: no such heading",
  ])
})

test("headings have the names that GitHub gives them", () => {
  const text = "# A `b_c`, d\n\n## [E](f.md): G & H\n\n```\n# no heading\n```\n"

  expect([...anchorsIn(text)]).toEqual(["a-b_c-d", "e-g--h"])
})

// Comments, tests and scripts cite pages; a page that moves must not leave them behind.
test("every page that code cites is there", async () => {
  const files = await filesLike(
    "{src,test,web,client,bench,scripts,migrations,bin,examples}/**/*.{ts,tsx,sql,mjs,js,css}",
  )
  const cited: string[] = []
  for (const file of files) {
    for (const [path] of (await readProject(file)).matchAll(/\bdocs\/[\w./-]+\.(?:md|svg|txt)\b/g)) {
      const asWritten = file.startsWith("test/docs/") ? [path, `test/${path}`] : [path]
      if (!asWritten.some((name) => existsSync(join(root, name)))) cited.push(`${file}: ${path}`)
    }
  }

  expect(files.length).toBeGreaterThan(400)
  expect(cited).toEqual([])
})

// The other way round: a source that moves must not leave its mention behind.
test("every file that a page names is there", async () => {
  const named: string[] = []
  for (const path of pages.filter((page) => page !== "CHANGELOG.md")) {
    const files = (await readProject(path)).matchAll(
      /`((?:src|test|web|client|bench|scripts|migrations|examples)\/[\w./-]+)`/g,
    )
    for (const [, file = ""] of files) if (!existsSync(join(root, file))) named.push(`${path}: ${file}`)
  }

  expect(named).toEqual([])
})

test("the door leads to every page", async () => {
  const doors = [
    "README.md",
    "docs/README.md",
    "docs/operate/README.md",
    "docs/adr/README.md",
    "test/README.md",
  ]
  const text = (await Promise.all(doors.map(readProject))).join("\n")
  const unreached = pages.filter(
    (path) =>
      path.startsWith("docs/") && !doors.includes(path) && !text.includes(path.split("/").pop() ?? ""),
  )

  expect(unreached).toEqual([])
})
