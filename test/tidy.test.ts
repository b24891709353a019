import { readdir, readFile } from "node:fs/promises"
import { dirname, join, normalize } from "node:path"
import { expect, test } from "vitest"

/** What every room of routes may import of http. */
const belowRoutes = ["http/services", "http/live", "http/access", "http/transport", "http/wire"] as const

/**
 * The tree tells the story only while imports run one way:
 * http | worker | cli → lanes → store → wire → domain, and payments → domain.
 *
 * For each room of src/, the rooms its files may import from (its own always). A room may lie in a room
 * (`store/batch`): its files belong to the innermost one, and whoever may import from the outer room may import
 * from it. `app`, `engine` and `seed` are the composition roots; what anyone may use is listed under `*`.
 */
const allowed: Record<string, readonly string[]> = {
  base: [],
  "base/http-client": ["client"],
  domain: [],
  wire: ["domain"],
  store: ["domain"],
  "store/batch": ["store/.", "domain", "wire"],
  "store/reads": ["store/.", "domain", "wire"],
  "store/queues": ["store/.", "store/reads", "domain"],
  "store/upkeep": ["store/.", "store/batch", "domain"],
  payments: ["domain", "config/payment-page"],
  simulator: ["payments/standard-webhooks", "domain/money", "domain/shop", "site/language-choice"],
  mail: ["domain", "wire", "config/mail"],
  "access-way": ["config", "engine", "http/access", "http/services"],
  "mail-way": ["mail", "config", "engine", "http/access", "http/services", "limits", "worker"],
  lanes: ["store", "domain"],
  limits: ["config/redis"],
  "limits-way": ["limits", "config/redis", "events/redis-events"],
  "schema-way": ["store"],
  "readiness-way": ["engine", "http/services", "metrics", "store"],
  worker: ["lanes", "payments", "store", "domain", "wire", "events", "mail"],
  site: ["web"],
  // Within http: server → routes → services → live, access → transport → wire. The rooms of routes do not know each other.
  http: ["http/routes", ...belowRoutes, "events"],
  "http/services": [
    "http/live",
    "http/access",
    "http/transport",
    "http/wire",
    "lanes",
    "site",
    "payments",
    "simulator",
    "mail",
    "events",
    "limits",
    "metrics",
    "store/reads",
    "store/batch/ids",
    "store/replication",
  ],
  "http/wire": ["wire", "domain", "lanes", "store/reads"],
  "http/transport": ["http/wire", "metrics", "store/errors"],
  "http/access": [
    "http/transport",
    "http/wire",
    "wire/fields",
    "domain",
    "events",
    "limits",
    "store/reads",
    "store/batch/ids",
  ],
  "http/live": ["http/wire", "domain", "store/reads"],
  "http/routes/buyers": [...belowRoutes, "wire", "domain", "lanes", "payments", "site", "web", "store/reads"],
  "http/routes/admin": [...belowRoutes, "wire", "domain", "metrics", "payments", "store/reads"],
  "http/routes/providers": [...belowRoutes, "wire", "domain", "events", "payments", "mail", "store/reads"],
  "http/routes/system": [...belowRoutes, "wire"],
  embedded: [],
  events: [
    "lanes",
    "limits/redis-counts",
    "domain",
    "store/errors",
    "store/history",
    "store/reads/views",
    "metrics",
    "base/log",
  ],
  metrics: [],
  engine: ["lanes", "store", "domain", "events"],
  seed: ["engine", "domain"],
  processes: ["config", "limits/counts", "store/pool", "base/stop-steps"],
  proof: [
    "client",
    "simulator",
    "base/http-client",
    "embedded",
    "domain/money",
    "store/connection",
    "store/pool",
    "store/tx",
    "store/upkeep/verify",
    "store/errors",
  ],
  app: [
    "base/stop-steps",
    "metrics",
    "base/listening-sockets",
    "site",
    "http",
    "payments",
    "simulator",
    "worker",
    "lanes",
    "store",
    "engine",
    "seed",
    "config",
    "access-way",
    "limits",
    "limits-way",
    "mail-way",
    "readiness-way",
    "schema-way",
    "tracing-way",
  ],
  cli: [
    "tracing-way",
    "app",
    "limits",
    "limits-way",
    "mail-way",
    "schema-way",
    "readiness-way",
    "mail/smtp",
    "http/access/owner-token",
    "http/access/challenge",
    "http/access/customer-token",
    "http/access/mailbox-keys",
    "http/access/operator-access",
    "base/stop-steps",
    "base/standard-streams",
    "base/listening-sockets",
    "client",
    "base/http-client",
    "proof",
    "engine",
    "seed",
    "worker",
    "payments",
    "simulator",
    "processes",
    "site",
    "store",
    "embedded",
    "config",
    "base/log",
    "domain",
    "events",
  ],
  main: ["cli"],
  config: [],
  tracing: ["config/tracing"],
  "tracing-way": ["tracing", "config/tracing"],
  "*": [
    "base/tracing",
    "base/version",
    "base/local-names",
    "base/html",
    "base/shop-words",
    "base/prose-text",
    "base/accent",
    "base/price-direction",
    "base/command-errors",
    "base/package-root",
    "client/src/currencies",
    "client/src/languages",
    "client/src/words",
    "base/database-url",
  ],
}

/** Packages that only these rooms may touch. */
const packages: Record<string, readonly string[]> = {
  pg: ["store", "embedded", "cli", "proof"],
  fastify: ["http", "base"],
  kysely: ["store"],
  commander: ["cli"],
  "env-schema": ["config"],
  ioredis: ["limits"],
  "@opentelemetry": ["tracing"],
  "rate-limiter-flexible": ["limits"],
}

/** What the benchmark shares with what it measures: the way in, the wire, a database to measure on, the lanes to sweep. */
const benchUses = [
  "base/html",
  "base/listening-sockets",
  "http/wire/payment-schemas",
  "wire/",
  "http/transport/security-headers",
  "embedded/embedded-postgres",
  "store/pool",
  "store/upkeep/verify",
  "store/upkeep/migrate",
  "store/batch/ids",
  "store/batch/product-store",
  "lanes/",
  "domain/product",
]

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
    return rooms === undefined || rooms.some((name) => room === name || room.startsWith(`${name}/`))
      ? []
      : [`${path} imports ${imported}: only ${rooms.join(", ")} may`]
  }
  if (!imported.endsWith(".ts")) return [`${path} imports ${imported} without .ts`]
  const target = normalize(join(dirname(path), imported))
  const rooms = [room, ...(allowed[room] ?? []), ...(allowed["*"] ?? [])]
  const isAllowed = rooms.some((name) =>
    // The room's own name, followed by a dot, means the files that lie in it but in none of its rooms.
    name.endsWith("/.") ? roomOf(target) === name.slice(0, -2) : isWithin(target, name, room),
  )
  return isAllowed ? [] : [`${path} imports ${target}: ${room} may import ${rooms.join(", ")}`]
}

/** True when `target` is the file or lies in the room `name`; of its own room, a file sees no rooms within. */
function isWithin(target: string, name: string, ownRoom: string): boolean {
  const beside = target.replace(/^\.\.\//, "")
  if (name === ownRoom) return roomOf(target) === name
  return beside === `${name}.ts` || beside.startsWith(`${name}/`)
}

/** The innermost room that is known. The client library is a room of its own, beside src/. */
function roomOf(path: string): string {
  const beside = path.replace(/^\.\.\//, "").replace(/\.ts$/, "")
  const rooms = Object.keys(allowed).filter((name) => beside === name || beside.startsWith(`${name}/`))
  return rooms.toSorted((one, other) => other.length - one.length)[0] ?? beside.split("/")[0] ?? ""
}

function wrongText({ path, text: whole }: Source): string[] {
  const lines = whole.split("\n")
  const text = lines.filter((line) => !/^\s*(?:\*|\/[/*])/.test(line)).join("\n")
  return [
    /process\.env/.test(text) && path !== "config/read-config.ts" ? `${path} reads the environment` : null,
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
    "store/reads/views.ts",
    'import { createLanes } from "../../lanes/lanes.ts"',
    "store/reads/views.ts imports lanes/lanes.ts",
  ],
  [
    "store/reads/views.ts",
    'import { createIds } from "../batch/ids.ts"',
    "store/reads/views.ts imports store/batch/ids.ts",
  ],
  ["store/pool.ts", 'import { createIds } from "./batch/ids.ts"', "store/pool.ts imports store/batch/ids.ts"],
  [
    "http/wire/product-texts.ts",
    'import { openDatabase } from "../../store/pool.ts"',
    "http/wire/product-texts.ts imports store/pool.ts",
  ],
  [
    "http/wire/paging.ts",
    'import { askerName } from "../access/idempotency-key.ts"',
    "http/wire/paging.ts imports http/access/idempotency-key.ts",
  ],
  [
    "http/access/admin-area.ts",
    'import type { Services } from "../services.ts"',
    "http/access/admin-area.ts imports http/services.ts",
  ],
  [
    "http/routes/providers/refund-updates.ts",
    'import { submitCommand } from "../admin/submit-command.ts"',
    "http/routes/providers/refund-updates.ts imports http/routes/admin/submit-command.ts",
  ],
  [
    "http/services.ts",
    'import { createServer } from "./server.ts"',
    "http/services.ts imports http/server.ts",
  ],
  ["lanes/lane.ts", 'import type { App } from "../app.ts"', "lanes/lane.ts imports app.ts"],
  [
    "http/wire/product-texts.ts",
    'import { createClient } from "../../../client/src/index.ts"',
    "http/wire/product-texts.ts imports ../client/src/index.ts",
  ],
  ["lanes/lane.ts", 'import pg from "pg"', "lanes/lane.ts imports pg"],
  ["payments/x.ts", 'export { a } from "../lanes/lane.ts"', "payments/x.ts imports lanes/lane.ts"],
  ["domain/hold.ts", 'import { a } from "./time"', "domain/hold.ts imports ./time without .ts"],
  ["store/x.ts", "const text = `\n  select *\n    from holds`", "store/x.ts selects *"],
  ["domain/x.ts", "const now = Date.now()", "domain/x.ts reads a clock"],
  ["http/x.ts", "const a = process.env.HOME", "http/x.ts reads the environment"],
  ["http/Server.ts", "", "http/Server.ts is not in kebab-case"],
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
