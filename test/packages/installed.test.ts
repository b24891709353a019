import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { temporaryDirectory, type TemporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
import { createClient } from "../support/http.ts"
import { npm, packServer } from "../support/npm.ts"
import { startServerProcess } from "../support/server-process.ts"

// The way of somebody who has no clone: install the package in an empty directory, and start it.

/** Seconds of a processor until a server listens that finds its database as it left it. Busy cores need twice as much. */
const START_CPU_SECONDS = 7

const packed = await temporaryDirectory()
const directory: TemporaryDirectory = await temporaryDirectory()
const isInstalled = await install()
const program = join(directory.path, "node_modules/doorbuster/bin/doorbuster.mjs")

/** False if the registry cannot be reached and npm's cache lacks a package. On CI that is an error. */
async function install(): Promise<boolean> {
  const { filename } = await packServer(packed.path)
  try {
    await npm(
      directory.path,
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      join(packed.path, filename),
    )
    return true
  } catch (error) {
    const isOffline = /\b(?:ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b/.test(String(error))
    if (!isOffline || process.env["CI"] === "true") throw error
    console.log(
      "Skipped the tests of the installed package: npm can neither reach its registry nor install from its cache.",
    )
    return false
  }
}

afterAll(async () => {
  await directory[Symbol.asyncDispose]()
  await packed[Symbol.asyncDispose]()
})

describe.skipIf(!isInstalled)("the package, installed in an empty directory", () => {
  let server: ChildProcess
  let url = ""
  let output = ""

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = spawn("npx", ["doorbuster", "serve", "--port", String(port)], {
      cwd: directory.path,
      env: { PATH: pathWithoutProject(), HOME: process.env["HOME"] },
      stdio: ["ignore", "pipe", "pipe"],
    })
    server.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text))
    server.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text))
    while (!output.includes('"msg":"Listening."')) {
      if (server.exitCode !== null) throw new Error(`npx ended with ${server.exitCode}:\n${output}`)
      await sleep(50)
    }
  })

  afterAll(() => void (server.exitCode === null && server.kill("SIGKILL")))

  test("sells a unit, with a database that it made itself", async () => {
    const client = createClient(url)
    const hold = await client.post("/api/holds", { product_id: 1, qty: 1 })
    const order = await client.post("/api/orders", { hold_id: 1 })
    const paid = await client.post("/api/payments/webhook", {
      idempotency_key: "k",
      order_id: 1,
      status: "success",
    })
    client.close()

    expect([hold.status, order.status]).toEqual([201, 201])
    expect(paid.body).toMatchObject({ order_id: 1, status: "paid" })
  })

  test.each([
    ["/", /<title>.*Flash Sale/s],
    ["/admin", /<html/],
    ["/embed.js", /doorbuster-buy/],
    ["/docs/", /createApiReference/],
    ["/openapi.json", /"openapi":"3\.1/],
  ])("shows %s", async (path, content) => {
    const answer = await fetch(new URL(path, url))

    expect(answer.status).toBe(200)
    expect(await answer.text()).toMatch(content)
  })

  test("gives programs of the directory the client, with its types", async () => {
    const script = `import { createClient } from "doorbuster/client"
      import { createAdminClient } from "doorbuster/client/admin"
      const product = await createClient({ baseUrl: "${url}" }).products.get(1)
      const shop = createAdminClient({ baseUrl: "${url}", adminToken: null })
      console.log(product.sold_stock, (await shop.products.get(1)).sold_stock)`
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: directory.path,
      encoding: "utf8",
    })

    expect([stdout, stderr]).toEqual(["1 1\n", ""])
    expect(existsSync(join(directory.path, "node_modules/doorbuster/client/dist/index.d.ts"))).toBe(true)
  })

  test("stops on SIGTERM to npx, and its database with it", async () => {
    const cluster = join(directory.path, ".doorbuster/cluster")
    const ended = once(server, "exit")
    server.kill("SIGTERM")
    await ended
    await expect.poll(() => output, { timeout: 30_000 }).toContain('"msg":"Stopped."')
    await expect.poll(() => existsSync(join(cluster, "postmaster.pid")), { timeout: 10_000 }).toBe(false)
  })

  test(`starts again within ${START_CPU_SECONDS} seconds of a processor`, async () => {
    await using again = await startServerProcess(
      { DOORBUSTER_DATA_DIR: join(directory.path, ".doorbuster") },
      ["serve"],
      program,
    )
    const used = await cpuSeconds(again.child.pid ?? 0)
    console.log(`The installed package listens after ${used} seconds of a processor.`)

    expect((await again.get("/api/products/1")).body).toMatchObject({ sold_stock: 1 })
    expect(used).toBeLessThan(START_CPU_SECONDS)
    expect(await again.end("SIGTERM")).toBe(0)
  })

  test("says that the benchmark is not part of it", async () => {
    const { status, stderr } = await runCommand(["bench"], {}, undefined, directory.path, program)

    expect(status).toBe(1)
    expect(stderr).toMatch(/^The benchmark is not part of the package/)
  })
})

/** Directories of this project would lend `npx` a newer Node than the machine has. */
function pathWithoutProject(): string {
  return (process.env["PATH"] ?? "")
    .split(":")
    .filter((entry) => !entry.includes("node_modules"))
    .join(":")
}

/** Seconds of a processor that the process has used; 0 where the system has no /proc. */
async function cpuSeconds(pid: number): Promise<number> {
  if (process.platform !== "linux") return 0
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
