import { readdir } from "node:fs/promises"
import { existsSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import pg from "pg"
import { expect, test } from "vitest"
import { version } from "../../src/base/version.ts"
import { startTestApp } from "../support/app.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { startServerProcess } from "../support/server-process.ts"

async function ask(url: string, text: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

test("seed offers product 1, once; --fresh starts over with other units", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url }

  const first = await runCommand(["seed", "--stock", "10"], environment)
  const again = await runCommand(["seed", "--stock", "20", "--json"], environment)
  const fresh = await runCommand(["seed", "--fresh"], environment)
  await ask(
    database.url,
    `insert into orders values (1, 1, 1, null, 1, 1, 1, 'EUR', 'cancelled', 'buyer', now(), null, now(), now())`,
  )
  const careful = await runCommand(["seed", "--fresh"], environment)
  const meant = await runCommand(["seed", "--fresh", "--yes"], environment)

  expect(first).toMatchObject({ status: 0, stdout: "Product 1 is on sale with 10 units.\n" })
  expect(JSON.parse(again.stdout)).toEqual({ product_id: 1, created: false })
  expect(fresh.stdout).toBe("Product 1 is on sale with 100 units.\n")
  expect(careful).toMatchObject({
    status: 2,
    stderr: "--fresh would remove 1 orders and 0 payments; add --yes to confirm\n",
  })
  expect(meant).toMatchObject({ status: 0 })
  expect(await ask(database.url, "select id, name, price_minor, stock from products")).toEqual([
    { id: "1", name: "Flash Sale Product", price_minor: "9999", stock: 100 },
  ])
})

test("migrate brings a schema up to date, and migrate status lists the migrations", async () => {
  await using database = await createTestDatabase()
  await ask(database.url, "drop schema public cascade; create schema public")
  const environment = { DATABASE_URL: database.url }
  const files = await readdir(new URL("../../migrations/", import.meta.url))
  const names = files.map((file) => file.replace(/\.sql$/, "")).sort()

  const before = await runCommand(["migrate", "status"], environment)
  const migrated = await runCommand(["migrate"], environment)
  const after = await runCommand(["migrate", "status", "--json"], environment)
  const again = await runCommand(["migrate", "--json"], environment)

  expect(before).toMatchObject({ status: 1, stdout: names.map((name) => `${name}  missing\n`).join("") })
  expect(migrated).toMatchObject({ status: 0, stdout: `Applied: ${names.join(", ")}\n` })
  expect(JSON.parse(after.stdout)).toEqual({
    migrations: names.map((name) => ({ name, executed_at: expect.stringMatching(/^\d{4}-/) })),
    unknown_migrations: [],
    migrated_by: version,
    may_run: true,
  })
  expect(JSON.parse(again.stdout)).toEqual({ applied: [] })
})

test.each([
  [
    "newer",
    "insert into kysely_migration values ('9999_from_the_future', now()::text)",
    /newer than this program/,
  ],
  ["older", "delete from kysely_migration where name = '0008_origin_of_ids'", /older than this program/],
])(
  "commands refuse a schema that is %s than this program, with one line, and do not change it",
  async (_, change, line) => {
    await using database = await createTestDatabase()
    await ask(database.url, change)
    const before = await ask(database.url, "select name from kysely_migration order by name")

    for (const args of [["verify"], ["holds:release-expired"], ["seed"], ["seed", "--fresh"]]) {
      const { status, stdout, stderr } = await runCommand(args, { DATABASE_URL: database.url })
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" })
      expect(stderr).toMatch(line)
      expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    }

    expect(await ask(database.url, "select name from kysely_migration order by name")).toEqual(before)
  },
)

test("seed --sizes offers a shoe in sizes beside product 1, once", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url }

  const first = await runCommand(["seed", "--sizes"], environment)
  const again = await runCommand(["seed", "--sizes", "--json"], environment)

  expect(first).toMatchObject({
    status: 0,
    stdout: "Product 1 is on sale with 100 units.\nProduct 2, a shoe in three sizes, is on sale.\n",
  })
  expect(JSON.parse(again.stdout)).toEqual({
    product_id: 1,
    created: false,
    sizes: { product_id: 2, created: false },
  })
  expect(await ask(database.url, "select id, name, stock from products order by id")).toEqual([
    { id: "1", name: "Flash Sale Product", stock: 100 },
    { id: "2", name: "Flash Sale Shoe", stock: 23 },
  ])
  expect(
    await ask(database.url, "select name, sku, options, price_minor, stock from variants order by position"),
  ).toEqual([
    { name: "41", sku: "SHOE-41", options: { size: "41" }, price_minor: null, stock: 10 },
    { name: "42", sku: "SHOE-42", options: { size: "42" }, price_minor: null, stock: 3 },
    { name: "43", sku: "SHOE-43", options: { size: "43" }, price_minor: "13900", stock: 10 },
  ])
  expect(await differencesIn(database.url)).toEqual([])
})

test("seed creates the schema in an empty database", async () => {
  await using database = await createTestDatabase()
  await ask(database.url, "drop schema public cascade; create schema public")

  expect(await runCommand(["seed"], { DATABASE_URL: database.url })).toMatchObject({ status: 0 })
  expect(await runCommand(["verify"], { DATABASE_URL: database.url })).toMatchObject({ status: 0 })
})

test("holds:release-expired ends due holds once, and prints how many units are available again", async () => {
  await using app = await startTestApp({ config: { holdTtlSeconds: 1 } })
  await app.post("/api/holds", { product_id: 1, qty: 3 })
  await app.post("/api/holds", { product_id: 1, qty: 2 })
  await expect
    .poll(() => ask(app.databaseUrl, "select count(*)::int as due from holds where expires_at <= now()"), {
      timeout: 10_000,
    })
    .toEqual([{ due: 2 }])
  const environment = { DATABASE_URL: app.databaseUrl }

  const first = await runCommand(["holds:release-expired"], environment)
  const again = await runCommand(["holds:release-expired", "--json"], environment)

  expect(first).toMatchObject({
    status: 0,
    stdout: "Released 2 expired holds; 5 units are available again.\n",
  })
  expect(JSON.parse(again.stdout)).toEqual({ holds: 0, orders: 0, units: 0 })
  expect((await app.get("/api/products/1")).body.available_stock).toBe(100)
})

test("verify passes on a sound database and lists the differences in another", async () => {
  await using app = await startTestApp()
  await app.post("/api/holds", { product_id: 1, qty: 3 })
  const environment = { DATABASE_URL: app.databaseUrl }

  const sound = await runCommand(["verify"], environment)
  await ask(app.databaseUrl, "update products set held = 4")
  const wrong = await runCommand(["verify"], environment)
  const wire = await runCommand(["verify", "--json"], environment)

  expect(sound).toMatchObject({
    status: 0,
    stdout: "Everything agrees: 1 products, 1 holds, 0 orders, 0 payment events.\n",
  })
  expect(wrong.status).toBe(1)
  expect(wrong.stdout).toMatch(
    /^I2 {2}product 1: held is 4, but its active holds have 3 and its unpaid orders 0 units\n/,
  )
  expect(wrong.stdout).toMatch(/^ {6}hold 1 is active: 3 units, until \d{4}-\d\d-\d\dT[\d:]+Z$/m)
  expect(JSON.parse(wire.stdout)).toMatchObject({
    ok: false,
    violations: [
      { invariant: "I2", product_id: 1, rows: [expect.stringMatching(/^hold 1 is active: 3 units/)] },
    ],
  })
})

test.each([["verify"], ["doctor"], ["migrate", "status"], ["holds:release-expired"], ["seed", "--fresh"]])(
  "%s %s does not make an empty database to be content with",
  async (...args) => {
    await using directory = await temporaryDirectory()
    const data = `${directory.path}/elsewhere`

    const result = await runCommand(args, { DOORBUSTER_DATA_DIR: data })

    expect(result).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`There is no data directory ${data}`),
    })
    expect(existsSync(data)).toBe(false)
  },
)

test("doctor passes on a sound installation, and reports a database that cannot be reached", async () => {
  await using database = await createTestDatabase()

  const sound = await runCommand(["doctor", "--json"], { DATABASE_URL: database.url })
  const away = await runCommand(["doctor"], { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" })

  expect(sound.status).toBe(0)
  expect(JSON.parse(sound.stdout)).toMatchObject({ ok: true })
  expect(away.status).toBe(1)
  expect(away.stdout).toMatch(/^BAD {2}database: The database cannot be reached: .*127\.0\.0\.1:1/m)
})

test("doctor warns of an admin token that can be guessed, and passes", async () => {
  await using database = await createTestDatabase()
  const environment = {
    DATABASE_URL: database.url,
    ADMIN_TOKEN: "x",
    PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
  }

  const told = await runCommand(["doctor"], environment)
  const forPrograms = await runCommand(["doctor", "--json"], environment)

  expect(told.status).toBe(0)
  expect(told.stdout).toMatch(/^!! {3}mode: closed; ADMIN_TOKEN has fewer than 16 characters/m)
  expect(told.stdout).toMatch(/^ok {3}fsync: /m)
  const { ok, findings } = JSON.parse(forPrograms.stdout)
  expect(ok).toBe(true)
  expect(findings).toContainEqual(expect.objectContaining({ check: "mode", ok: true, weak: true }))
})

// One line, the right exit status, and no stack trace.
test.each([
  [["nonsense"], {}, 2, /unknown command 'nonsense'/],
  [["race", "--stock", "many"], {}, 2, /'many' is invalid/],
  [["race", "--url", "ftp://x"], {}, 2, /must be an http\(s\) URL/],
  [
    ["race", "--url", "http://127.0.0.1:1"],
    {},
    1,
    /^http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
  ],
  [["migrate", "down"], {}, 2, /^migrate takes the argument "status" only, not "down"\n$/],
  [["serve", "--port", "99999"], {}, 2, /^PORT is "99999" but must be a port/],
  [["serve", "--host", "0.0.0.0"], {}, 2, /^HOST is "0\.0\.0\.0" but must be a loopback/],
  [["serve"], { ADMIN_TOKEN: "secret" }, 2, /^PAYMENT_WEBHOOK_SECRET is not set/],
  [["serve"], { TRUST_PROXY: "10.0.0.0/99" }, 2, /^TRUST_PROXY is "10\.0\.0\.0\/99" but must be/],
  [
    ["verify"],
    { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" },
    1,
    /^The database cannot be reached: /,
  ],
] as const)("%j with %j ends with %i", async (args, environment, status, words) => {
  const result = await runCommand(args, environment)

  expect(result.stderr).toMatch(words)
  expect(result.stderr).not.toMatch(/\n\s+at /)
  expect(result.status).toBe(status)
})

test("serve on a taken port says so in one line and ends with 2", async () => {
  await using database = await createTestDatabase()
  const squatter = createServer().listen(0, "127.0.0.1")
  await expect.poll(() => squatter.listening).toBe(true)
  const { port } = squatter.address() as AddressInfo

  const result = await runCommand(["serve", "--port", String(port)], { DATABASE_URL: database.url })
  squatter.close()

  expect(result).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Port \d+ on 127\.0\.0\.1 is taken/),
  })
  expect(result.stdout).not.toMatch(/connection was lost/)
})

test("race against a closed server asks for the admin token, and uses it", async () => {
  const config = { adminToken: "the-admin", paymentWebhookSecret: Buffer.from("a key of some length") }
  await using app = await startTestApp({ config })

  const without = await runCommand(["race", "--url", app.url])
  const withToken = await runCommand(["race", "--url", app.url], {
    ADMIN_TOKEN: "the-admin",
    PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
  })

  expect(without).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/requires its admin token: set ADMIN_TOKEN\n$/),
  })
  expect(withToken).toMatchObject({ status: 0, stdout: expect.stringContaining("Verdict: PASS") })
})

test.each([
  [{}, (url: string) => url],
  [{ PUBLIC_URL: "https://drops.example" }, () => "https://drops.example"],
])(
  "in closed mode with %o, serve prints the address of its control room and nothing to try",
  async (more, seen) => {
    await using data = await temporaryDirectory()
    const environment = {
      DOORBUSTER_DATA_DIR: data.path,
      ADMIN_TOKEN: "a-token-of-more-than-sixteen-characters",
      PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
      ...more,
    }
    await using server = await startServerProcess(environment)
    await expect.poll(() => server.output()).toContain("Its control room is")
    expect(server.output()).toContain(
      `\n  Its control room is ${seen(server.url)}/admin, and asks for ADMIN_TOKEN\n`,
    )
    expect(server.output()).not.toMatch(/curl|a-token-of-more/)
  },
)

test("serve prints its mode, its address, and four commands to try, the last one for a payment at its simulator", async () => {
  await using data = await temporaryDirectory()
  await using server = await startServerProcess({ DOORBUSTER_DATA_DIR: data.path })
  await expect.poll(() => server.output().match(/^ {4}curl /gm)?.length).toBe(4)

  const [first = ""] = server.output().split("\n")
  expect(JSON.parse(first)).toMatchObject({ level: "warn", msg: expect.stringMatching(/^Open mode/) })
  expect(server.output()).toContain(`Doorbuster sells at ${server.url}`)
  expect(server.output()).toContain(`Its control room is ${server.url}/admin\n`)
  expect((await server.get("/admin")).status).toBe(200)
  expect((await server.get("/api/products/1")).body).toMatchObject({ id: 1, stock: 100, price: "99.99" })
  const words = /curl -X POST (\S+)\/simulator\/payments .* -d '(.*)'/.exec(server.output()) ?? []
  expect(words[1]).toBe(server.url)
  const payment = await server.post("/simulator/payments", undefined, { raw: words[2] ?? "" })
  expect(payment).toMatchObject({
    status: 201,
    body: { pay_url: expect.stringContaining(`${server.url}/simulator/`) },
  })
  // Other commands run at the same time, on the same embedded database.
  expect(await runCommand(["verify"], { DOORBUSTER_DATA_DIR: data.path })).toMatchObject({ status: 0 })
  expect(await server.end("SIGTERM")).toBe(0)
  expect(server.output()).toContain('"msg":"Stopped."')
})
