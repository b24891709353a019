import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { chown, mkdir, open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { accountForNewCluster, type ServerAccount } from "../../src/embedded/account.ts"
import { temporaryDirectory } from "./directory.ts"
import { freePort } from "./free-port.ts"

const POSTGRES = "/usr/lib/postgresql/15/bin"
const deployed = (name: string) =>
  fileURLToPath(new URL(`../../deploy/high-availability/${name}`, import.meta.url))

/** Whether to skip the tests with Patroni. On CI a missing part is an error instead. */
export function leavesOutPatroni(): boolean {
  const parts = { patroni: "--version", etcd: "--version", haproxy: "-v" }
  const missing = Object.entries(parts).filter(([name, version]) => spawnSync(name, [version]).status !== 0)
  const names = missing.map(([name]) => name)
  if (!existsSync(POSTGRES)) names.push("PostgreSQL 15")
  if (names.length === 0) return false
  if (process.env["CI"] === "true") throw new Error(`not installed: ${names.join(", ")}`)
  console.log(`Skipped the tests with Patroni: not installed: ${names.join(", ")}.`)
  return true
}

/** Two PostgreSQL servers of a Patroni cluster, etcd, and HAProxy before them, all on loopback. */
export interface PatroniCluster extends AsyncDisposable {
  /** A URL that names both servers. */
  readonly urlOfBoth: string
  /** The URL of HAProxy, which leads to the leader. */
  readonly proxyUrl: string
  /** Waits until the cluster has a leader and a synchronous standby; returns the leader's name. */
  settled(): Promise<string>
  /** Hands the leadership to the other server, as `patronictl switchover` does. */
  switchOver(): Promise<void>
  /** Kills the leader's PostgreSQL and its Patroni with SIGKILL, as if the machine had died. */
  killLeader(): Promise<void>
}

interface Node {
  readonly name: string
  readonly port: number
  readonly restPort: number
  readonly data: string
  readonly patroni: ChildProcess
}

/** Starts a synchronous cluster with the files of `deploy/high-availability`. Takes about ten seconds. */
export async function startPatroni(): Promise<PatroniCluster> {
  await using starting = new AsyncDisposableStack()
  const directory = starting.use(await temporaryDirectory())
  const account = await accountForNewCluster()
  const programs: Programs = { account, directory: directory.path, started: [] }
  starting.defer(() => endAll(programs))

  const etcdUrl = await startEtcd(programs)
  const password = randomBytes(16).toString("hex")
  const nodes = [
    await startNode(programs, "db1", etcdUrl, password),
    await startNode(programs, "db2", etcdUrl, password),
  ] as const
  starting.defer(async () => {
    for (const node of nodes) await killNode(node)
  })
  const proxyPort = await startHaproxy(programs, nodes)
  const login = `postgresql://postgres:${password}@`
  const cluster = clusterOf(nodes)
  await cluster.settled().catch(async (error: unknown) => {
    throw new Error(await readFile(join(directory.path, "db1.log"), "utf8"), { cause: error })
  })
  const stack = starting.move()
  return {
    ...cluster,
    urlOfBoth: `${login}${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}/postgres?target_session_attrs=read-write`,
    proxyUrl: `${login}127.0.0.1:${proxyPort}/postgres`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

interface Member {
  readonly name: string
  readonly role: string
  readonly state: string
}

function clusterOf(nodes: readonly Node[]) {
  /** The name of the running server in each role, as the first node says that answers. */
  async function roles(): Promise<Map<string, string>> {
    for (const { restPort } of nodes) {
      const response = await fetch(`http://127.0.0.1:${restPort}/cluster`).catch(() => null)
      if (response === null) continue
      const { members } = (await response.json()) as { members: Member[] }
      const running = members.filter(({ state }) => state === "running" || state === "streaming")
      return new Map(running.map(({ name, role }) => [role, name]))
    }
    return new Map()
  }
  async function settled(): Promise<string> {
    for (const deadline = performance.now() + 60_000; performance.now() < deadline; await sleep(100)) {
      const found = await roles()
      const leader = found.get("leader")
      if (leader !== undefined && found.has("sync_standby")) return leader
    }
    throw new Error("the cluster has no leader with a synchronous standby")
  }
  async function leading(): Promise<Node> {
    const name = await settled()
    const node = nodes.find((each) => each.name === name)
    if (node === undefined) throw new Error(`no node is named ${name}`)
    return node
  }
  return {
    settled,
    async switchOver() {
      const leader = await leading()
      const response = await fetch(`http://127.0.0.1:${leader.restPort}/switchover`, {
        method: "POST",
        body: JSON.stringify({ leader: leader.name }),
      })
      if (!response.ok) throw new Error(`the switchover was refused: ${await response.text()}`)
    },
    killLeader: async () => killNode(await leading()),
  }
}

interface Programs {
  readonly account: ServerAccount
  readonly directory: string
  readonly started: ChildProcess[]
}

async function run(
  { account, directory, started }: Programs,
  name: string,
  command: readonly [string, ...string[]],
  environment: Record<string, string> = {},
): Promise<ChildProcess> {
  const log = await open(join(directory, `${name}.log`), "a")
  const [program, ...parameters] = command
  const child = spawn(program, parameters, {
    ...account,
    cwd: directory,
    stdio: ["ignore", log.fd, log.fd],
    env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", ...environment },
  })
  await log.close()
  started.push(child)
  // A test that runs out of time never disposes of it.
  process.once("exit", () => child.kill("SIGKILL"))
  return child
}

async function endAll({ started }: Programs): Promise<void> {
  for (const child of started.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
}

async function ownDirectory({ account, directory }: Programs, name: string): Promise<string> {
  const path = join(directory, name)
  await mkdir(path, { mode: 0o700 })
  if (account !== null) await chown(path, account.uid, account.gid)
  return path
}

/** Starts etcd; returns the host and port for its clients. */
async function startEtcd(programs: Programs): Promise<string> {
  const [clients, peers] = [await freePort(), await freePort()]
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`]
  const options = {
    "data-dir": await ownDirectory(programs, "etcd"),
    "listen-client-urls": clientUrl,
    "advertise-client-urls": clientUrl,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
  }
  await run(programs, "etcd", [
    "etcd",
    ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
  ])
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(50)) {
    const response = await fetch(`${clientUrl}/health`).catch(() => null)
    if (response?.ok === true) return `127.0.0.1:${clients}`
  }
  throw new Error("etcd did not start")
}

async function startNode(programs: Programs, name: string, etcd: string, password: string): Promise<Node> {
  const home = await ownDirectory(programs, name)
  const [port, restPort] = [await freePort(), await freePort()]
  const data = join(home, "data")
  const [address, rest] = [`127.0.0.1:${port}`, `127.0.0.1:${restPort}`]
  const patroni = await run(programs, name, ["patroni", deployed("patroni.yml")], {
    PATRONI_NAME: name,
    PATRONI_ETCD3_HOSTS: etcd,
    PATRONI_RESTAPI_LISTEN: rest,
    PATRONI_RESTAPI_CONNECT_ADDRESS: rest,
    PATRONI_POSTGRESQL_LISTEN: address,
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: address,
    PATRONI_POSTGRESQL_DATA_DIR: data,
    PATRONI_POSTGRESQL_BIN_DIR: POSTGRES,
    PATRONI_POSTGRESQL_PGPASS: join(home, "pgpass"),
    PATRONI_SUPERUSER_USERNAME: "postgres",
    PATRONI_SUPERUSER_PASSWORD: password,
    PATRONI_REPLICATION_USERNAME: "replicator",
    PATRONI_REPLICATION_PASSWORD: password,
  })
  return { name, port, restPort, data, patroni }
}

/** Kills Patroni first, so that it does not start PostgreSQL again. */
async function killNode({ patroni, data }: Node): Promise<void> {
  if (patroni.exitCode === null && patroni.signalCode === null) {
    const ended = once(patroni, "exit")
    patroni.kill("SIGKILL")
    await ended
  }
  const file = join(data, "postmaster.pid")
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0])
  if (pid === 0) return
  // Another program may have this number when the node is killed again at the end.
  await rm(file)
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has ended already.
  }
}

async function startHaproxy(programs: Programs, [one, other]: readonly [Node, Node]): Promise<number> {
  const port = await freePort()
  await run(programs, "haproxy", ["haproxy", "-f", deployed("haproxy.cfg"), "-db"], {
    DATABASE_LISTEN: `127.0.0.1:${port}`,
    DB1: `127.0.0.1:${one.port}`,
    DB2: `127.0.0.1:${other.port}`,
    PATRONI_PORT_1: String(one.restPort),
    PATRONI_PORT_2: String(other.restPort),
  })
  return port
}
