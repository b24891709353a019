import { spawnSync } from "node:child_process"
import { chmod, mkdir } from "node:fs/promises"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { temporaryDirectory } from "../support/directory.ts"

// If an ordinary user may not do something, a command prints one line, without a stack trace, and ends with 2. Tests
// that run as root switch to an ordinary user.

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))
const asNobody = [
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  "--inh-caps=-all",
  "--bounding-set=-all",
]
const isRoot = process.getuid?.() === 0
const canBecomeNobody =
  process.platform === "linux" &&
  (!isRoot || spawnSync("setpriv", [...asNobody, process.execPath, launcher, "--version"]).status === 0)

function run(args: readonly string[], environment: Record<string, string>) {
  const command = [process.execPath, launcher, ...args]
  const [program = "", ...rest] = isRoot ? ["setpriv", ...asNobody, ...command] : command
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/tmp", ...environment }
  const { status, stderr, stdout } = spawnSync(program, rest, { env, encoding: "utf8", cwd: "/tmp" })
  return { status, stderr, stdout }
}

const lowestFreePort = () => Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8"))

describe.skipIf(!canBecomeNobody)("an ordinary user", () => {
  const nowhere = { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" }

  test.skipIf(process.platform !== "linux" || lowestFreePort() <= 80).each([
    [["serve", "--port", "80"], nowhere],
    [["serve", "--port", "80", "--processes", "2"], nowhere],
    [["simulator", "--port", "80"], {}],
  ])("may not open port 80: %j", (args, environment) => {
    const { status, stderr } = run(args, environment)

    expect(stderr).toMatch(
      /^Port 80 on 127\.0\.0\.1 cannot be opened by this user: set PORT .*CAP_NET_BIND_SERVICE\n$/,
    )
    expect(status).toBe(2)
  })

  test.each([["serve"], ["verify"]])("may not write to the data directory: %s", async (command) => {
    await using directory = await temporaryDirectory()
    const data = join(directory.path, "data")
    await mkdir(data)
    await chmod(data, 0o555)
    const { status, stderr } = run([command], { DOORBUSTER_DATA_DIR: data, PORT: "0" })

    expect(stderr).toMatch(
      /^DOORBUSTER_DATA_DIR is ".*\/data", which this user may not write to \(EACCES.*\n$/,
    )
    expect(status).toBe(2)
  })

  test("may not make the data directory", async () => {
    await using directory = await temporaryDirectory()
    await chmod(directory.path, 0o555)
    const { status, stderr } = run(["serve"], {
      DOORBUSTER_DATA_DIR: join(directory.path, "data"),
      PORT: "0",
    })

    expect(stderr).toMatch(/^DOORBUSTER_DATA_DIR is ".*", where no directory can be created \(EACCES\)\n$/)
    expect(status).toBe(2)
  })
})

test("an address of another machine is refused before the database is asked", () => {
  const { status, stderr } = run(["serve", "--host", "192.0.2.7"], {
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    ADMIN_TOKEN: "a-token-of-some-length",
    PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
  })

  expect(stderr).toBe('HOST is "192.0.2.7" but must be an address or name of this machine\n')
  expect(status).toBe(2)
})
