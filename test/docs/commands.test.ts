import { spawnSync } from "node:child_process"
import { isDeepStrictEqual } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createProgram } from "../../src/cli/program.ts"
import { freePort } from "../support/free-port.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { startServerProcess, type ServerProcess } from "../support/server-process.ts"
import { filesLike, readProject, root, runShell } from "./markdown.ts"

/**
 * Whatever README, docs/start and the guide to variants tell a reader to type is typed here, in their order, at a server
 * as it is at first, and the answers that they show are compared. `…` in an answer stands for what the page leaves out.
 */
interface Block {
  readonly commands: readonly string[]
  /** The answers that the page shows right below them; null: none. */
  readonly shown: string | null
}

function blocksOf(page: string): Block[] {
  const blocks = page.matchAll(/^```sh\n(.*?)^```\n(?:\n^```\n(.*?)^```)?/gms)
  return [...blocks].map(([, content = "", shown]) => {
    const joined = content
      .replaceAll(/\\\n\s*/g, "")
      .replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll(/\n\s*/g, ""))
    const commands = joined.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    return { commands, shown: shown ?? null }
  })
}

/** The lines of an answer, without times, tokens and names that differ from run to run. */
function linesOf(text: string): string[] {
  const masked = text
    .replaceAll(/\n /g, "")
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g, '"TIME"')
    .replaceAll(/"dbt1\.[^"]+"/g, '"TOKEN"')
    .replaceAll(/(p50|p99) [\d.,…]+ ms/g, "$1 TIME")
  return masked.trim().split("\n")
}

const isAbridged = (line: string) => line.startsWith("{") && line.includes("…")

function contentOf(line: string): unknown {
  return line.startsWith("{") && !isAbridged(line) ? JSON.parse(line) : line.trim()
}

/** What a page shows, line by line. */
const shownContent = (shown: string) => linesOf(shown).map(contentOf)

/** What was answered, line by line. A line that fits what the page shows of it in part is written as there. */
function answeredContent(answer: string, shown: string): unknown[] {
  const expected = linesOf(shown)
  return linesOf(answer).map((line, index) => {
    const other = expected[index] ?? ""
    return contentOf(isAbridged(other) && patternOf(other).test(line) ? other : line)
  })
}

/** A pattern of the answers that have all that is shown, in this order. */
function patternOf(abridged: string): RegExp {
  const pieces = abridged.split("…").map((piece) => piece.replaceAll(/[.*+?^$()|[\]\\{}]/g, "\\$&"))
  return new RegExp(`^${pieces.join(".*")}$`)
}

const isRefusal = (shown: string | null) => shown?.startsWith('{"type":"urn:doorbuster:problem:') ?? false

const pages = ["README.md", "docs/start/quickstart.md", "docs/start/first-sale.md", "docs/guides/variants.md"]

/** `npm ci` and `npm start` come before these tests and as the server of each page; production has a test below. */
const isOfProduction = (command: string) => /^(?:export |HOST=)/.test(command)
const isElsewhere = (command: string) => /^npm (?:ci|start)$/.test(command) || isOfProduction(command)

describe.each(pages)("%s", (path) => {
  let database: TestDatabase
  let server: ServerProcess

  beforeAll(async () => {
    database = await createTestDatabase()
    server = await startServerProcess({ DATABASE_URL: database.url })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  test("whatever it says to type does what it says", async () => {
    const typed = blocksOf(await readProject(path)).filter(({ commands }) => !commands.some(isElsewhere))
    expect(typed.length).toBeGreaterThan(1)

    for (const { commands, shown } of typed) {
      const answers: string[] = []
      for (const command of commands) answers.push(await type(command, isRefusal(shown)))
      const answer = answers.join("")
      expect(answeredContent(answer, shown ?? answer)).toEqual(shownContent(shown ?? answer))
    }
  })

  /** Types it at the server of this page. Fails where the command does, or where the server refuses unexpectedly. */
  async function type(command: string, mayRefuse: boolean): Promise<string> {
    const there = command
      .replaceAll("http://127.0.0.1:8000", server.url)
      .replace(/^curl /, mayRefuse ? "curl -sS " : "curl -sS --fail-with-body ")
    const answer = await runShell(there, { DATABASE_URL: database.url })
    return `${answer.trim()}\n`
  }
})

test("an answer that a page shows in part must have these parts in their order", () => {
  const answer = '{"id":2,"at":"2026-11-21T09:10:43.304Z","lines":[{"qty":1}]}\n'
  const fits = (shown: string) => isDeepStrictEqual(answeredContent(answer, shown), shownContent(shown))

  expect(fits('{"id":2,…,\n "lines":[{"qty":1}]}\n')).toBe(true)
  for (const other of ['{"id":3,…}', '{"id":2,…,"lines":[]}', '{"lines":…,"id":2…}', '{…"qty":1']) {
    expect([other, fits(other)]).toEqual([other, false])
  }
})

test("npm start is the server, and npm ci would find what it needs", async () => {
  const { scripts } = JSON.parse(await readProject("package.json")) as { scripts: Record<string, string> }
  const { status, stderr } = spawnSync("npm", ["ci", "--dry-run", "--ignore-scripts", "--offline"], {
    cwd: root,
    encoding: "utf8",
  })

  expect(scripts["start"]).toBe("node bin/doorbuster.mjs serve")
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" })
})

test("the lines of production put nothing on sale, doctor finds nothing bad, and a closed server starts", async () => {
  await using database = await createTestDatabase()
  const blocks = blocksOf(await readProject("README.md"))
    .map(({ commands }) => commands)
    .filter((commands) => commands.some(isOfProduction))
  const [first = [], then = []] = blocks
  expect(blocks).toHaveLength(2)
  expect(first[0]).toMatch(/^export DATABASE_URL=postgresql:/)
  expect(first[3]).toBe("export PROCESSES=auto")
  expect(then).toEqual(["kill $! && wait", "HOST=0.0.0.0 node bin/doorbuster.mjs serve"])

  const port = await freePort()
  // Two processes, because the database of tests may not have connections for every core.
  const typed = [...first.slice(1), then[0]].join("\n").replace("=auto", "=2").replaceAll(":8000", `:${port}`)
  const script = `trap 'kill $! 2>/dev/null || true' EXIT\n${typed}\necho "$ADMIN_TOKEN $PAYMENT_WEBHOOK_SECRET"`
  const printed = await runShell(script, { DATABASE_URL: database.url, PORT: `${port}` })
  const [ADMIN_TOKEN = "", PAYMENT_WEBHOOK_SECRET = ""] = printed.trim().split("\n").at(-1)?.split(" ") ?? []
  const settings = { DATABASE_URL: database.url, ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET }
  await using server = await startServerProcess({ ...settings, HOST: "127.0.0.1", PROCESSES: "2" })

  expect(printed).toContain("demonstration product: not on sale")
  expect(printed).not.toContain("BAD")
  expect((await server.get("/readyz")).status).toBe(200)
  expect((await server.get("/api/admin/money")).status).toBe(401)
  expect((await server.get("/api/products")).body.data).toEqual([])
})

test("every command that a page names is there", async () => {
  const { scripts } = JSON.parse(await readProject("package.json")) as { scripts: Record<string, string> }
  const { commands } = createProgram()
  const names = new Set(commands.flatMap((command) => [command.name(), command.alias()]))
  const unknown: string[] = []
  for (const path of await filesLike("{*,docs/**/*,test/*,examples/*,.github/**/*}.md")) {
    if (path === "CHANGELOG.md") continue
    const text = await readProject(path)
    for (const [, name = ""] of text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)) {
      if (scripts[name] === undefined) unknown.push(`${path}: npm run ${name}`)
    }
    for (const [, name = ""] of text.matchAll(/bin\/doorbuster\.mjs ([a-z][\w:-]*)/g)) {
      if (!names.has(name)) unknown.push(`${path}: ${name}`)
    }
  }

  expect(unknown).toEqual([])
})
