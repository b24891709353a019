import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { chown, readFile, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { accountForNewCluster } from "../../src/embedded/account.ts"
import { temporaryDirectory } from "./directory.ts"
import { freePort } from "./free-port.ts"

const PGBOUNCER = "/usr/sbin/pgbouncer"

/** Whether to skip the tests with PgBouncer. On CI its absence is an error instead. */
export function leavesOutPgbouncer(): boolean {
  if (existsSync(PGBOUNCER)) return false
  if (process.env["CI"] === "true") throw new Error("not installed: pgbouncer")
  console.log("Skipped the tests with PgBouncer: not installed.")
  return true
}

export interface Pooler extends AsyncDisposable {
  /** The URL of the database behind it. */
  readonly url: string
}

/** Starts PgBouncer on loopback before the server of `url`, which listens on a socket and trusts `postgres`. */
export async function startPgbouncer(
  url: string,
  settings: Readonly<Record<string, string>>,
): Promise<Pooler> {
  const socket = new URL(url).searchParams.get("host") ?? ""
  const port = await freePort()
  const account = await accountForNewCluster()
  const directory = await temporaryDirectory()
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "any",
    logfile: join(directory.path, "log"),
    ...settings,
  }
  const file = join(directory.path, "pgbouncer.ini")
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  await writeFile(
    file,
    `[databases]\npostgres = host=${socket} dbname=postgres user=postgres\n[pgbouncer]\n${lines.join("\n")}\n`,
  )
  if (account !== null) await chown(directory.path, account.uid, account.gid)
  const child = spawn(PGBOUNCER, [file], { ...account, stdio: "ignore" })
  const kill = () => void child.kill("SIGKILL")
  // A test that runs out of time never disposes of it.
  process.once("exit", kill)
  const deadline = performance.now() + 10_000
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`PgBouncer did not start: ${await readFile(all.logfile, "utf8").catch(String)}`)
    await sleep(50)
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      process.removeListener("exit", kill)
      if (child.exitCode === null && child.signalCode === null) {
        kill()
        await once(child, "exit")
      }
      await directory[Symbol.asyncDispose]()
    },
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1")
  const isOpen = await once(socket, "connect").then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}
