import { writeFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { badge, badges, envExample, referencePages, writtenPage } from "../../scripts/reference.ts"
import { settingGroups } from "../../src/config/meanings.ts"
import { readConfig } from "../../src/config/read-config.ts"
import { schema } from "../../src/config/schema.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { filesLike, readProject } from "./markdown.ts"

// Where these fail: `npm run reference`, and commit what it writes.
test.each(referencePages)("the table of $path is what the code says", async (page) => {
  expect(await writtenPage(page)).toBe(await readProject(page.path))
})

test.each(Object.entries(badges))("%s is what the code says", async (path, texts) => {
  expect(await readProject(path)).toBe(badge(texts))
})

test(".env.example is what the code says", async () => {
  expect(await readProject(".env.example")).toBe(envExample())
})

test(".env.example has every setting once, as a comment, with its default", async () => {
  const names = [...envExample().matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1] ?? "")
  await using copied = await temporaryDirectory()
  await using uncommented = await temporaryDirectory()
  await writeFile(`${copied.path}/.env`, envExample())
  await writeFile(`${uncommented.path}/.env`, envExample().replaceAll(/^#(?=[A-Z_]+=)/gm, ""))
  const defaults = readConfig({ directory: `${copied.path}/none`, environment: {} })

  expect(names.sort()).toEqual(Object.keys(schema.properties).sort())
  for (const { path } of [copied, uncommented]) {
    expect(readConfig({ directory: path, environment: {} })).toEqual(defaults)
  }
})

test("every setting has a meaning, and every meaning a setting", () => {
  const named = Object.values(settingGroups).flatMap((settings) => Object.keys(settings))

  expect(named.sort()).toEqual(Object.keys(schema.properties).sort())
})

// Names such as refund.due are made of a status.
test("the page of log events has every event of the code, and no other", async () => {
  const sources = await Promise.all((await filesLike("src/events{.ts,/*.ts}")).map(readProject))
  const source = sources.join("\n")
  const written = [...source.matchAll(/"([a-z]+\.[a-z_]+)"/g)].map((match) => match[1] ?? "")
  const made = new Set([...source.matchAll(/`(refund|dispute)\.\$\{/g)].map((match) => match[1]))
  const page = await readProject("docs/reference/log-events.md")
  const cells = [...page.matchAll(/^\| ((?:`[a-z]+\.[a-z_]+`(?:, )?)+) \|/gm)].map((match) => match[1] ?? "")
  const shown = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""))

  expect(written.length).toBeGreaterThan(15)
  expect(written.filter((name) => !shown.includes(name))).toEqual([])
  expect(shown.filter((name) => !written.includes(name) && !made.has(name.split(".")[0]))).toEqual([])
})

test("the README is one screen and names no host of packages", async () => {
  expect((await readProject("README.md")).split("\n").length).toBeLessThanOrEqual(151)
  expect(await readProject("package-lock.json")).not.toContain(`"resolved"`)
})
