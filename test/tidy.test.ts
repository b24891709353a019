import { readdir, readFile } from "node:fs/promises"
import { dirname, join, normalize } from "node:path"
import { expect, test } from "vitest"

/**
 * The tree tells the story only while imports run one way:
 * http | worker | cli → lanes → store → domain, and payments → domain.
 *
 * For each room of src/, the rooms its files may import from (its own always). `app`, `engine` and
 * `seed` are the composition roots; the files at the top that anyone may use are listed under `*`.
 */
const allowed: Record<string, readonly string[]> = {
  domain: [],
  store: ["domain"],
  payments: ["domain"],
  simulator: ["payments/standard-webhooks", "domain/money"],
  lanes: ["store", "domain"],
  worker: ["lanes", "payments", "store", "domain", "events"],
  pages: ["web"],
  http: [
    "lanes",
    "pages",
    "web",
    "payments",
    "simulator",
    "domain",
    "events",
    "metrics",
    "store/views",
    "store/product-memory",
    "store/product-watch",
    "store/lookups",
    "store/inbox",
    "store/lists",
    "store/admin-actions",
    "store/money-views",
    "store/webhook-endpoints",
    "store/webhook-deliveries",
    "store/ids",
    "store/errors",
  ],
  embedded: [],
  events: ["lanes", "domain", "store/views", "metrics", "log"],
  metrics: [],
  history: [],
  engine: ["lanes", "store", "domain", "events"],
  seed: ["engine", "domain"],
  processes: ["config", "store/pool"],
  listeners: [],
  "http-client": ["client"],
  rehearsal: [
    "simulator",
    "http-client",
    "embedded",
    "domain/money",
    "store/pool",
    "store/tx",
    "store/verify",
    "store/errors",
  ],
  app: [
    "metrics",
    "listeners",
    "pages",
    "http",
    "payments",
    "simulator",
    "worker",
    "lanes",
    "store",
    "engine",
    "seed",
    "config",
  ],
  cli: [
    "app",
    "listeners",
    "client",
    "http-client",
    "rehearsal",
    "engine",
    "seed",
    "worker",
    "payments",
    "simulator",
    "processes",
    "store",
    "embedded",
    "config",
    "log",
    "domain",
    "events",
  ],
  main: ["cli"],
  config: ["config-addresses", "config-error", "config-stripe"],
  "config-stripe": ["config-addresses", "config-error"],
  "config-error": [],
  "config-addresses": [],
  "config-meanings": [],
  log: [],
  version: [],
  "local-names": [],
  html: [],
  "package-root": [],
  "*": ["version", "local-names", "html", "package-root"],
}

/** Packages that only these rooms may touch. */
const packages: Record<string, readonly string[]> = {
  pg: ["store", "embedded", "cli", "rehearsal"],
  fastify: ["http", "listeners"],
  kysely: ["store"],
  commander: ["cli"],
  "env-schema": ["config"],
}

/** What the benchmark shares with what it measures: the way in, the wire, a database to measure on, the lanes to sweep. */
const benchUses = [
  "html",
  "listeners",
  "http/schemas",
  "http/security-headers",
  "embedded/embedded-postgres",
  "store/pool",
  "store/verify",
  "store/migrate",
  "store/ids",
  "store/product-store",
  "lanes/",
  "domain/product",
]

const LONGEST_FILE = 400

interface Source {
  /** Below src/, such as `store/pool.ts`. */
  readonly path: string
  readonly text: string
}

/** What is wrong with the sources, a line each. */
function untidy(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => [
    ...importsOf(source).flatMap((imported) => wrongImport(source.path, imported)),
    ...wrongText(source),
  ])
}

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/^(?:import|export)\s(?:[^"]*?\sfrom\s)?"([^"]+)"/gms)].flatMap(
    (match) => match[1] ?? [],
  )
}

function wrongImport(path: string, imported: string): string[] {
  const room = roomOf(path)
  if (!imported.startsWith(".")) {
    const rooms = packages[imported.split("/")[0] ?? ""]
    return rooms === undefined || rooms.includes(room)
      ? []
      : [`${path} imports ${imported}: only ${rooms.join(", ")} may`]
  }
  if (!imported.endsWith(".ts")) return [`${path} imports ${imported} without .ts`]
  const target = normalize(join(dirname(path), imported))
  const rooms = [room, ...(allowed[room] ?? []), ...(allowed["*"] ?? [])]
  const isAllowed = rooms.some((name) => roomOf(target) === name || target === `${name}.ts`)
  return isAllowed ? [] : [`${path} imports ${target}: ${room} may import ${rooms.join(", ")}`]
}

/** The client library is a room of its own, beside src/. */
function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/")
  return (first === ".." ? second : first).replace(/\.ts$/, "")
}

function wrongText({ path, text: whole }: Source): string[] {
  const lines = whole.split("\n")
  const text = lines.filter((line) => !/^\s*(?:\*|\/[/*])/.test(line)).join("\n")
  return [
    lines.length > LONGEST_FILE ? `${path} has ${lines.length} lines: is it one thing?` : null,
    /process\.env/.test(text) && path !== "config.ts" ? `${path} reads the environment` : null,
    /\bselect \*(?! from unnest|\n\s+from unnest)/.test(text) ? `${path} selects *` : null,
    /Date\.now\(\)|Math\.random\(\)|performance\.now\(\)/.test(text) && path.startsWith("domain/")
      ? `${path} reads a clock or a die`
      : null,
    /\b(?:TODO|FIXME|XXX)\b/.test(whole) ? `${path} leaves something for later` : null,
    !/^[a-z0-9/.-]+$/.test(path) ? `${path} is not in kebab-case` : null,
  ].filter((line) => line !== null)
}

async function readSources(): Promise<Source[]> {
  const root = new URL("../src/", import.meta.url)
  const paths = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(".ts"))
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(new URL(path, root), "utf8") })))
}

test("the sources are tidy", async () => {
  const sources = await readSources()
  expect(sources.length).toBeGreaterThan(50)
  expect(untidy(sources)).toEqual([])
})

test.each([
  [
    "domain/hold.ts",
    'import { openDatabase } from "../store/pool.ts"',
    "domain/hold.ts imports store/pool.ts",
  ],
  [
    "store/views.ts",
    'import { createLanes } from "../lanes/lanes.ts"',
    "store/views.ts imports lanes/lanes.ts",
  ],
  ["http/wire.ts", 'import { openDatabase } from "../store/pool.ts"', "http/wire.ts imports store/pool.ts"],
  ["lanes/lane.ts", 'import type { App } from "../app.ts"', "lanes/lane.ts imports app.ts"],
  [
    "http/wire.ts",
    'import { createClient } from "../../client/src/index.ts"',
    "http/wire.ts imports ../client/src/index.ts",
  ],
  ["lanes/lane.ts", 'import pg from "pg"', "lanes/lane.ts imports pg"],
  ["payments/x.ts", 'export { a } from "../lanes/lane.ts"', "payments/x.ts imports lanes/lane.ts"],
  ["domain/hold.ts", 'import { a } from "./time"', "domain/hold.ts imports ./time without .ts"],
  ["store/x.ts", "const text = `\n  select *\n    from holds`", "store/x.ts selects *"],
  ["domain/x.ts", "const now = Date.now()", "domain/x.ts reads a clock"],
  ["http/x.ts", "const a = process.env.HOME", "http/x.ts reads the environment"],
  ["http/Server.ts", "", "http/Server.ts is not in kebab-case"],
  ["http/x.ts", "\n".repeat(500), "http/x.ts has 501 lines"],
])("untidiness is found in %s (%#)", (path, text, complaint) => {
  expect(untidy([{ path, text }]).join("\n")).toContain(complaint)
})

test("the benchmark measures from outside, and nothing depends on it", async () => {
  const root = new URL("../bench/", import.meta.url)
  const paths = (await readdir(root, { recursive: true })).filter((path) => path.endsWith(".ts"))
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, root), "utf8")))
  const used = texts.flatMap((text) =>
    importsOf({ path: "", text }).flatMap((name) => name.split("/src/")[1] ?? []),
  )
  expect(used.length).toBeGreaterThan(5)
  expect(used.filter((name) => !benchUses.some((allowed) => name.startsWith(allowed)))).toEqual([])

  const sources = await readSources()
  const dependent = sources.filter((source) => importsOf(source).some((name) => name.includes("/bench/")))
  expect(dependent.map(({ path }) => path)).toEqual([])
})
