import { spawnSync } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { temporaryDirectory } from "../support/directory.ts"
import { freePort } from "../support/free-port.ts"
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

/**
 * The unit with the program of this clone, and without the hand-over of secrets, for which a systemd in namespaces may lack
 * the rights: here the files themselves are read.
 */
const unitHere = unit
  .replace(/^ExecStart=\S+ \S+/m, "ExecStart=/opt/node /opt/clone/bin/doorbuster.mjs")
  .replace(/^LoadCredential=.*\n/gm, "")
  .replaceAll("%d", "/etc/doorbuster")

/** A systemd that knows the unit, with settings and secrets in /etc/doorbuster. */
async function startMachine(settings: string) {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryDirectory())
  const etc = join(path, "etc")
  await mkdir(etc)
  const files = {
    settings,
    DATABASE_URL: "postgresql://doorbuster@127.0.0.1:1/doorbuster",
    ADMIN_TOKEN,
    PAYMENT_WEBHOOK_SECRET: `whsec_${closed.paymentWebhookSecret.toString("base64")}`,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(etc, name), text)
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
  return { ...systemd, etc, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

describe.skipIf(leavesOutSystemd())("a machine with systemd", { timeout: 120_000 }, () => {
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
