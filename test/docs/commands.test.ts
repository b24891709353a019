import { spawnSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createProgram } from "../../src/cli/program.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { startServerProcess, type ServerProcess } from "../support/server-process.ts"
import { filesLike, readProject, root, runShell } from "./markdown.ts"

/**
 * Whatever README and docs/start tell a reader to type is typed here, in their order, at a server as it is at first,
 * and the answers that they show are compared.
 */
interface Block {
  readonly commands: readonly string[]
  /** The answers that the page shows right below them; null: none. */
  readonly shown: string | null
}

function blocksOf(page: string): Block[] {
  const blocks = page.matchAll(/^```sh\n(.*?)^```\n(?:\n^```\n(.*?)^```)?/gms)
  return [...blocks].map(([, content = "", shown]) => {
    const lines = content.replaceAll(/\\\n\s*/g, "").split("\n")
    return { commands: lines.filter((line) => line !== "" && !line.startsWith("#")), shown: shown ?? null }
  })
}

/** Times, tokens and names that differ from run to run. */
function alike(text: string): unknown {
  const masked = text
    .replaceAll(/\n /g, "")
    .replaceAll(/"\d{4}-\d{2}-\d{2}T[\d:.]+Z"/g, '"TIME"')
    .replaceAll(/"dbt1\.[^"]+"/g, '"TOKEN"')
    .replaceAll(/(p50|p99) [\d.,…]+ ms/g, "$1 TIME")
  const lines = masked.trim().split("\n")
  return lines.map((line) => (line.startsWith("{") ? JSON.parse(line) : line.trim()))
}

const pages = ["README.md", "docs/start/quickstart.md", "docs/start/first-sale.md"]

/** `npm ci` and `npm start` come before these tests and as the server of each page; production has a test below. */
const isOfProduction = (command: string) => /^(?:export |HOST=)|doorbuster\.mjs doctor/.test(command)
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
      for (const command of commands) answers.push(await type(command))
      const answer = answers.join("")
      expect(alike(answer)).toEqual(alike(shown ?? answer))
    }
  })

  /** Types it at the server of this page. Fails where the command does, or where the server refuses. */
  async function type(command: string): Promise<string> {
    const there = command
      .replaceAll("http://127.0.0.1:8000", server.url)
      .replace(/^curl /, "curl -sS --fail-with-body ")
    const answer = await runShell(there, { DATABASE_URL: database.url })
    return `${answer.trim()}\n`
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

test("the five lines of production start a closed server, and doctor finds nothing bad", async () => {
  await using database = await createTestDatabase()
  const commands = blocksOf(await readProject("README.md"))
    .flatMap((block) => block.commands)
    .filter(isOfProduction)
  expect(commands).toHaveLength(5)
  const settings = commands.filter((command) => command.startsWith("export ")).slice(1)
  const shown = await runShell(`${settings.join("\n")}\necho "$ADMIN_TOKEN $PAYMENT_WEBHOOK_SECRET"`)
  const [ADMIN_TOKEN = "", PAYMENT_WEBHOOK_SECRET = ""] = shown.trim().split(" ")
  const environment = { DATABASE_URL: database.url, ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET }

  const found = await runShell(commands[3] ?? "", environment)
  await using server = await startServerProcess({ ...environment, HOST: "127.0.0.1" }, [
    "serve",
    "--processes",
    "auto",
  ])

  expect(commands[0]).toMatch(/^export DATABASE_URL=postgresql:/)
  expect(commands[4]).toBe("HOST=0.0.0.0 PORT=8000 node bin/doorbuster.mjs serve --processes auto")
  expect(found).not.toContain("BAD")
  expect((await server.get("/readyz")).status).toBe(200)
  expect((await server.get("/api/admin/money")).status).toBe(401)
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
