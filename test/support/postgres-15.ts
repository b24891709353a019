import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { once } from "node:events"
import { chmod, chown, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { accountForNewCluster } from "../../src/embedded/account.ts"

/** Where Debian and its derivatives install PostgreSQL 15, the oldest version that is supported. */
const POSTGRES_15 = "/usr/lib/postgresql/15/bin"

/** Whether to skip the tests with PostgreSQL 15. On CI a missing one is an error instead. */
export function leavesOutPostgres15(): boolean {
  if (existsSync(POSTGRES_15)) return false
  if (process.env["CI"] === "true") {
    throw new Error(`PostgreSQL 15 is not installed in ${POSTGRES_15}: install the package postgresql-15`)
  }
  console.log(`Skipped the tests with PostgreSQL 15: it is not installed in ${POSTGRES_15}.`)
  return true
}

/** A server of the installed PostgreSQL 15 in a temporary directory. */
export interface OldServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts it on a socket of its own, as an unprivileged account if the tests run as root. `settings` are passed to it,
 * such as `ssl=off`; all others are Debian's defaults, except `fsync`.
 */
export async function startPostgres15(...settings: readonly string[]): Promise<OldServer> {
  const account = await accountForNewCluster()
  const directory = await mkdtemp(join(tmpdir(), "doorbuster-pg15-"))
  await chmod(directory, 0o700)
  if (account !== null) await chown(directory, account.uid, account.gid)
  const data = join(directory, "data")

  async function run(program: string, ...parameters: string[]): Promise<void> {
    const child = spawn(join(POSTGRES_15, program), parameters, {
      ...account,
      cwd: directory,
      stdio: "ignore",
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
    })
    const [code] = await once(child, "exit")
    if (code !== 0) throw new Error(`${program} of PostgreSQL 15 ended with ${String(code)}`)
  }

  await run(
    "initdb",
    `--pgdata=${data}`,
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-sync",
  )
  const own = ["listen_addresses=", `unix_socket_directories=${directory}`, "fsync=off", ...settings]
  await run(
    "pg_ctl",
    "start",
    "--wait",
    `--pgdata=${data}`,
    `--log=${directory}/log`,
    `--options=${own.map((setting) => `-c ${setting}`).join(" ")}`,
  )
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`,
    async [Symbol.asyncDispose]() {
      await run("pg_ctl", "stop", "--wait", "--mode=immediate", `--pgdata=${data}`)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
