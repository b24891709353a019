import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, chown, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { accountForNewCluster } from "../../src/embedded/account.ts"

/** Where Debian and its kin put the oldest PostgreSQL that we support. */
export const POSTGRES_15 = "/usr/lib/postgresql/15/bin"

/** A server of this machine's PostgreSQL 15 on a directory that is thrown away. */
export interface OldServer extends AsyncDisposable {
  readonly url: string
}

/** Starts it on a socket of its own, as an unprivileged account when we are root. */
export async function startPostgres15(): Promise<OldServer> {
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
  const settings = `-c listen_addresses= -c unix_socket_directories=${directory} -c fsync=off`
  await run(
    "pg_ctl",
    "start",
    "--wait",
    `--pgdata=${data}`,
    `--log=${directory}/log`,
    `--options=${settings}`,
  )
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`,
    async [Symbol.asyncDispose]() {
      await run("pg_ctl", "stop", "--wait", "--mode=immediate", `--pgdata=${data}`)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
