import { expect, test } from "vitest"
import { createProgram } from "../../src/cli/program.ts"
import { settingGroups } from "../../src/config/meanings.ts"
import { schema } from "../../src/config/schema.ts"
import { problemAdvice } from "../../src/http/wire/problem-advice.ts"
import { problems } from "../../src/http/wire/problems.ts"
import { createMetrics } from "../../src/metrics/metrics.ts"
import { filesLike, prose, readProject } from "./markdown.ts"

/** A text that people read, and where it stands. */
interface PublicText {
  readonly place: string
  readonly text: string
}

/** The phrases of `banned-phrases.txt`, by the part they stand in. */
async function bannedPhrases(): Promise<ReadonlyMap<string, readonly string[]>> {
  const parts = new Map<string, string[]>()
  let part: string[] = []
  for (const line of (await readProject("test/docs/banned-phrases.txt")).split("\n")) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1]
    if (name !== undefined) parts.set(name, (part = []))
    else if (line !== "" && !line.startsWith("#")) part.push(line)
  }
  return parts
}

/** Where a phrase stands that must not. */
function findings(texts: readonly PublicText[], phrases: readonly string[]): string[] {
  return phrases.flatMap((phrase) => {
    const pattern = new RegExp(`(?<!\\w)${phrase.replaceAll(/[.*+?^$()|[\]\\{}]/g, "\\$&")}(?!\\w)`, "i")
    return texts
      .filter(({ text }) => pattern.test(text.replaceAll(/\s+/g, " ")))
      .map(({ place }) => `${place}: "${phrase}"`)
  })
}

/** Summaries and descriptions of OpenAPI, wherever they stand. */
function described(value: unknown, place: string): PublicText[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === "string" && ["summary", "description"].includes(name)
      ? [{ place: `${place} ${name}`, text: member }]
      : described(member, name.startsWith("/") ? name : `${place} ${name}`),
  )
}

async function publicStrings(): Promise<PublicText[]> {
  const metrics = await createMetrics().registry.getMetricsAsJSON()
  const own = metrics.filter(({ name }) => /^(?:doorbuster|http)_/.test(name))
  const settings = Object.values(settingGroups).flatMap((group) => Object.entries(group))
  const properties: Record<string, { description: string }> = schema.properties
  return [
    ...Object.entries(problems).map(([code, { title }]) => ({ place: `title of ${code}`, text: title })),
    ...Object.entries(problemAdvice).map(([code, text]) => ({ place: `advice of ${code}`, text })),
    ...own.map(({ name, help }) => ({ place: name, text: help })),
    ...settings.map(([name, { meaning }]) => ({ place: name, text: meaning })),
    ...Object.entries(properties).map(([name, { description }]) => ({ place: name, text: description })),
    ...createProgram().commands.map((command) => ({
      place: command.name(),
      text: command.helpInformation(),
    })),
    ...described(JSON.parse(await readProject("openapi.json")), "openapi.json"),
  ]
}

async function pagesLike(...patterns: string[]): Promise<PublicText[]> {
  const paths = (await Promise.all(patterns.map(filesLike))).flat()
  return Promise.all(paths.map(async (place) => ({ place, text: prose(await readProject(place)) })))
}

const phrases = await bannedPhrases()
const strings = await publicStrings()

test("no public text has a phrase that is banned everywhere", async () => {
  const pages = await pagesLike("*.md", "{docs,client,examples}/**/*.md")

  expect(strings.length).toBeGreaterThan(250)
  expect(findings([...strings, ...pages], phrases.get("everywhere") ?? [])).toEqual([])
})

test("no title, summary or help has a word that is banned in strings", () => {
  expect(findings(strings, phrases.get("strings") ?? [])).toEqual([])
})

test("no page that readers meet first has a phrase that is banned in guides", async () => {
  const pages = await pagesLike(
    "README.md",
    "SECURITY.md",
    "docs/README.md",
    "docs/{start,guides,reference,operate}/**/*.md",
  )

  expect(pages.length).toBeGreaterThan(30)
  expect(findings(pages, phrases.get("guides") ?? [])).toEqual([])
})

test("a phrase is found over a line's end, and not within a word", () => {
  const texts = [
    { place: "a", text: "There is Nothing\n  at this address." },
    { place: "b", text: "nothing at this addressee" },
  ]

  expect(findings(texts, ["nothing at this address"])).toEqual(['a: "nothing at this address"'])
})
