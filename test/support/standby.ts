import { once } from "node:events"
import { chown, open, readFile, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import pg from "pg"
import { accountOfCluster } from "../../src/embedded/account.ts"
import { executable, prepareBinaries } from "../../src/embedded/binaries.ts"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { locatePlatformPackage } from "../../src/embedded/platform-package.ts"
import { runProgram, spawnAs } from "../../src/embedded/run-program.ts"
import { temporaryDirectory } from "./directory.ts"

/** A primary PostgreSQL server and its standby. */
export interface Pair extends AsyncDisposable {
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** Makes the replication synchronous: COMMIT waits for the standby from now on. */
  makeSynchronous(): Promise<void>
  /** Makes it asynchronous again, as a cluster manager does when the standby is away. */
  makeAsynchronous(): Promise<void>
  /** Stops the replication: the standby receives no further changes. */
  stopStandbyListening(): Promise<void>
  /** Kills the primary with SIGKILL. */
  killPrimary(): Promise<void>
  /** Promotes the standby to primary. */
  promoteStandby(): Promise<void>
}

const NAME = "standby"

/** Starts a primary and a standby with streaming replication, which is asynchronous at first. */
export async function startPair(): Promise<Pair> {
  await using starting = new AsyncDisposableStack()
  const directory = starting.use(await temporaryDirectory())
  const home = join(directory.path, "primary")
  const primary = starting.use(await startEmbeddedPostgres({ dataDirectory: home, role: "owner" }))
  const admin = new pg.Client({ connectionString: primary.url })
  admin.on("error", () => undefined)
  await admin.connect()
  starting.defer(() => admin.end())

  const cluster = join(directory.path, "standby")
  await copyCluster(admin, join(home, "cluster"), cluster)
  await followPrimary(primary.url, cluster)
  const standby = await startStandby(cluster, directory.path)
  starting.defer(() => standby.stop())
  const standbyUrl = urlAt(primary.url, directory.path)
  await until(async () => (await senderOf(admin)) !== null).catch(async (error: unknown) => {
    throw new Error(await readFile(join(cluster, "standby.log"), "utf8"), { cause: error })
  })

  const stack = starting.move()
  return {
    primaryUrl: primary.url,
    standbyUrl,
    async makeSynchronous() {
      await admin.query(`alter system set synchronous_standby_names = '${NAME}'`)
      await admin.query("select pg_reload_conf()")
      await until(async () => (await senderOf(admin))?.sync_state === "sync")
    },
    async makeAsynchronous() {
      await admin.query("alter system reset synchronous_standby_names")
      await admin.query("select pg_reload_conf()")
    },
    async stopStandbyListening() {
      const client = new pg.Client({ connectionString: standbyUrl })
      await client.connect()
      // With a wrong address of the primary the standby receives no changes.
      await client.query("alter system set primary_conninfo = 'host=/nowhere'")
      await client.query("select pg_reload_conf()")
      await client.end()
      await until(async () => (await senderOf(admin)) === null)
    },
    async killPrimary() {
      const [pid] = (await readFile(join(home, "cluster", "postmaster.pid"), "utf8")).split("\n")
      process.kill(Number(pid), "SIGKILL")
    },
    async promoteStandby() {
      const client = new pg.Client({ connectionString: standbyUrl })
      await client.connect()
      await client.query("select pg_promote(true, 30)")
      await client.end()
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Makes a base backup with SQL functions, because the embedded package lacks pg_basebackup. */
async function copyCluster(admin: pg.Client, from: string, to: string): Promise<void> {
  await admin.query("select pg_create_physical_replication_slot($1, true)", [NAME])
  await admin.query("select pg_backup_start('copy', true)")
  const { exitCode, output } = await runProgram(null, "/bin/cp", ["-a", from, to], "/")
  // The backup does not need files that were deleted while it was made.
  if (exitCode !== 0 && !/No such file/.test(output)) throw new Error(output)
  const { rows } = await admin.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)")
  await give(to, "backup_label", rows[0]?.labelfile ?? "")
  for (const name of ["postmaster.pid", "postmaster.opts"]) await rm(join(to, name), { force: true })
  await rm(join(to, "pg_replslot", NAME), { recursive: true, force: true })
}

/** Writes a file with the owner of the cluster's directory. */
async function give(cluster: string, name: string, text: string): Promise<void> {
  const { uid, gid } = await stat(cluster)
  await writeFile(join(cluster, name), text)
  await chown(join(cluster, name), uid, gid)
}

async function followPrimary(url: string, cluster: string): Promise<void> {
  const { username, password, port, searchParams } = new URL(url)
  const conninfo = `host=${searchParams.get("host")} port=${port} user=${username} password=${password} application_name=${NAME}`
  await give(cluster, "standby.signal", "")
  await give(
    cluster,
    "postgresql.auto.conf",
    `primary_conninfo = '${conninfo}'\nprimary_slot_name = '${NAME}'\nwal_retrieve_retry_interval = 100\n`,
  )
}

async function startStandby(cluster: string, sockets: string) {
  const account = (await accountOfCluster(cluster)) ?? null
  const native = await prepareBinaries(locatePlatformPackage(), sockets, account)
  // The socket is in the cluster's directory, where its account may write.
  const settings = [
    "listen_addresses=",
    `unix_socket_directories="${cluster}"`,
    "port=5432",
    "max_connections=200",
  ]
  const log = await open(join(cluster, "standby.log"), "a")
  const parameters = ["-D", cluster, ...settings.flatMap((setting) => ["-c", setting])]
  const child = spawnAs(account, executable(native, "postgres"), parameters, {
    cwd: cluster,
    stdio: ["ignore", log.fd, log.fd],
  })
  await log.close()
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, "exit")
      child.kill("SIGINT")
      await ended
    },
  }
}

function urlAt(url: string, directory: string): string {
  const own = new URL(url)
  own.searchParams.set("host", join(directory, "standby"))
  return own.href
}

async function senderOf(admin: pg.Client): Promise<{ sync_state: string } | null> {
  const { rows } = await admin.query<{ sync_state: string }>(
    "select sync_state from pg_stat_replication where application_name = $1 and state = 'streaming'",
    [NAME],
  )
  return rows[0] ?? null
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error("the standby did not reach the expected state in time")
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
