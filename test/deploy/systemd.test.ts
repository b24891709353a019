import { spawnSync } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
import { createClient, type TestClient } from "../support/http.ts"
import { ADMIN_TOKEN, closed } from "../support/shop.ts"
import { leavesOutSystemd, startSystemd } from "../support/systemd.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const unitFile = join(root, "deploy/systemd/doorbuster@.service")
const unit = await readFile(unitFile, "utf8")
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0
if (!hasAnalyze) {
  if (process.env["CI"] === "true") throw new Error("systemd is missing: install the package systemd")
  console.log("Skipped the check of the unit: systemd-analyze is not installed.")
}

describe.skipIf(!hasAnalyze)("deploy/systemd/doorbuster@.service", () => {
  test("is one that systemd takes without a word, and shuts the server in", async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, "doorbuster@8000.service")
    // The program has to exist for the check.
    await writeFile(
      file,
      unit.replace(/^ExecStart=\S+ \S+/m, `ExecStart=${process.execPath} ${root}bin/doorbuster.mjs`),
    )
    const verified = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" })
    expect([verified.status, verified.stderr]).toEqual([0, ""])
    // The exposure that systemd counts, in tenths: 100 without any of the restrictions.
    const parameters = ["security", "--offline=true", "--threshold=20", file]
    expect(spawnSync("systemd-analyze", parameters, { encoding: "utf8" }).status).toBe(0)
  })

  test("waits longer than a stop may take", () => {
    const seconds = /^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]
    expect(Number(seconds)).toBeGreaterThan(25)
  })
})

/** The unit with the program of this clone. */
const unitHere = unit.replace(/^ExecStart=\S+ \S+/m, "ExecStart=/opt/node /opt/clone/bin/doorbuster.mjs")

/** A systemd that knows the unit, with settings and secrets in /etc/doorbuster. */
async function startMachine(
  settings: string,
  databaseUrl = "postgresql://doorbuster@127.0.0.1:1/doorbuster",
) {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryDirectory())
  const etc = join(path, "etc")
  await mkdir(etc)
  const files = {
    settings,
    DATABASE_URL: databaseUrl,
    ADMIN_TOKEN,
    PAYMENT_WEBHOOK_SECRET: `whsec_${closed.paymentWebhookSecret.toString("base64")}`,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(etc, name), text, { mode: 0o600 })
  }
  const systemd = starting.use(
    await startSystemd(
      { "doorbuster@.service": unitHere },
      {
        "/opt/node": process.execPath,
        // Not below node_modules, where Node runs no TypeScript.
        "/opt/clone": root.slice(0, -1),
        "/etc/doorbuster": etc,
      },
    ),
  )
  const stack = starting.move()
  return { ...systemd, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

describe.skipIf(leavesOutSystemd())("a machine with systemd", { timeout: 120_000 }, () => {
  test("starts two servers with secrets that only root can read, starts a killed one again, and stops them in order", async () => {
    await using database = await createTestDatabase()
    // The database's socket is in a directory that the service's account may not enter.
    await using proxy = await startDatabaseProxy(database.url)
    await using machine = await startMachine("UNPAID_UNITS_PER_ADDRESS=0\n", proxy.url)
    const ports = [await freePort(), await freePort()] as const
    const [firstName, secondName] = ports.map((port) => `doorbuster@${port}`) as [string, string]
    const [first, second] = ports.map((port) => createClient(`http://127.0.0.1:${port}`)) as [
      TestClient,
      TestClient,
    ]
    const ready = () =>
      Promise.all(
        [first, second].map((client) =>
          client.get("/readyz").then(
            ({ status }) => status,
            () => null,
          ),
        ),
      )
    await machine.systemctl("start", firstName, secondName)
    await expect.poll(ready, { timeout: 30_000 }).toEqual([200, 200])

    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 3 }
    const { body: product } = await first.post("/api/admin/products", lamp, { token: ADMIN_TOKEN })
    const hold = (client: TestClient) => client.post("/api/holds", { product_id: product.id, qty: 1 })
    expect([(await hold(first)).status, (await hold(second)).status]).toEqual([201, 201])
    expect(Number(await machine.property(firstName, "UID"))).toBeGreaterThan(60_000)

    await machine.systemctl("kill", "--kill-who=main", "--signal=KILL", firstName)
    await expect.poll(() => machine.property(firstName, "NRestarts"), { timeout: 10_000 }).toBe("1")
    await expect.poll(ready, { timeout: 30_000 }).toEqual([200, 200])
    expect((await hold(first)).status).toBe(201)
    expect((await hold(second)).body.code).toBe("out_of_stock")

    await machine.systemctl("stop", firstName, secondName)
    for (const name of [firstName, secondName]) {
      expect(await machine.property(name, "Result")).toBe("success")
      expect(await machine.property(name, "ExecMainStatus")).toBe("0")
    }
    first.close()
    second.close()
    expect(await differencesIn(database.url)).toEqual([])
  })

  test("does not start a server again whose settings are wrong", async () => {
    await using machine = await startMachine("RATE_LIMIT_PER_MINUTE=many\n")
    const name = `doorbuster@${await freePort()}`
    await machine.systemctl("start", name)
    await expect.poll(() => machine.property(name, "ActiveState"), { timeout: 20_000 }).toBe("failed")
    expect(await machine.property(name, "ExecMainStatus")).toBe("2")
    expect(await machine.property(name, "NRestarts")).toBe("0")
  })

  test("starts a server again whose database is away", async () => {
    await using machine = await startMachine("")
    const name = `doorbuster@${await freePort()}`
    await machine.systemctl("start", name)
    const restarts = async () => Number(await machine.property(name, "NRestarts"))
    await expect.poll(restarts, { timeout: 40_000 }).toBeGreaterThan(1)
  })
})
