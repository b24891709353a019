import type { ChildProcess } from "node:child_process"
import { createServer } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { executable } from "./binaries.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"
import type { Home } from "./home.ts"
import { findPostmaster, type PostmasterFile } from "./postmaster-file.ts"
import { runProgram, spawnAs } from "./run-program.ts"
import { openLog, sizeOf, tailOf } from "./server-log.ts"

const POLL_MS = 10

/** Crash recovery replays at most a few gigabytes of log, which takes less time than this. */
export const READY_LIMIT_MS = 5 * 60_000

/** A fast shutdown ends the sessions and writes one checkpoint, which takes less time than this. */
const STOP_LIMIT_MS = 60_000

/** PostgreSQL refuses to start until the sessions of a killed server have ended, which takes them a moment. */
const RETRY_LIMIT_MS = 15_000
const PASSING_FAILURES = /pre-existing shared memory block|could not create any TCP\/IP sockets/

/** Every Unix allows at least 103 bytes for a socket's path (Linux: 107). */
const LONGEST_SOCKET_PATH = 103

const SETTINGS = {
  max_connections: "200",
  shared_buffers: "128MB",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  unix_socket_permissions: "0700",
  // The defaults, stated explicitly because a paid order must survive a crash.
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
}

/**
 * Starts the server on the cluster and returns when it accepts connections. Call it under the start lock. `port`: the one that it
 * had before, if it listens on one; 0: any that is free.
 */
export async function startPostmaster(home: Home, native: string, port: number): Promise<PostmasterFile> {
  const deadline = performance.now() + RETRY_LIMIT_MS
  for (;;) {
    const outcome = await tryStart(home, native, port)
    if ("file" in outcome) return outcome.file
    if (!PASSING_FAILURES.test(outcome.failure) || performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL did not start; the end of ${home.log}:\n${outcome.failure}`,
        1,
      )
    }
    await sleep(POLL_MS * 10)
  }
}

/** Shuts this cluster's server down in fast mode (ends the sessions, keeps the data) and waits until it is gone. */
export async function stopPostmaster(home: Home, native: string): Promise<void> {
  const found = await findPostmaster(home.cluster)
  if (found.state === "running") interrupt(found.file.pid)
  if (found.state === "unsure") {
    // Only the connection has shown whose server this is, as on Windows. PostgreSQL's own tool needs no signals there.
    const parameters = ["stop", "--mode=fast", `--pgdata=${home.cluster}`]
    await runProgram(home.account, executable(native, "pg_ctl"), parameters, home.directory)
  }
  await waitUntilGone(home)
}

/** Ignores that the process has just ended by itself. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, "SIGINT")
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error
  }
}

async function waitUntilGone(home: Home): Promise<void> {
  const deadline = performance.now() + STOP_LIMIT_MS
  while (["running", "unsure"].includes((await findPostmaster(home.cluster)).state)) {
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL did not stop within ${STOP_LIMIT_MS / 1000} s; see ${home.log}`,
        1,
      )
    }
    await sleep(POLL_MS)
  }
}

async function tryStart(
  home: Home,
  native: string,
  port: number,
): Promise<{ file: PostmasterFile } | { failure: string }> {
  const log = await openLog(home.log)
  const offset = await sizeOf(home.log)
  // In a session of its own: a terminal's Ctrl-C must reach only Node, which finishes its requests before it stops PostgreSQL.
  const child = spawnAs(home.account, executable(native, "postgres"), await parameters(home, port), {
    cwd: home.cluster,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  })
  child.unref()
  const ended = endOf(child)
  await log.close()
  const deadline = performance.now() + READY_LIMIT_MS
  for (;;) {
    const found = await findPostmaster(home.cluster)
    if (found.state !== "absent" && found.state !== "leftover" && found.file.pid === child.pid) {
      if (found.file.isReady) return { file: found.file }
    }
    if (ended.reason !== null) return { failure: (await tailOf(home.log, offset)) || ended.reason }
    if (performance.now() > deadline) {
      child.kill("SIGINT")
      return { failure: `not ready after ${READY_LIMIT_MS / 1000} s\n${await tailOf(home.log, offset)}` }
    }
    await sleep(POLL_MS)
  }
}

function endOf(child: ChildProcess): { reason: string | null } {
  const end: { reason: string | null } = { reason: null }
  child.once("error", (error) => (end.reason = error.message))
  child.once("exit", (code, signal) => (end.reason ??= `postgres ended with ${code ?? signal}`))
  return end
}

async function parameters(home: Home, port: number): Promise<string[]> {
  const socketPath = `${home.sockets}/.s.PGSQL.5432`
  const isTcp = process.platform === "win32" || Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH
  const listening = isTcp
    ? { listen_addresses: "127.0.0.1", unix_socket_directories: "", port: `${port || (await freePort())}` }
    : { listen_addresses: "", unix_socket_directories: quoted(home.sockets), port: "5432" }
  const settings = Object.entries({ ...SETTINGS, ...listening })
  return ["-D", home.cluster, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])]
}

/** Quotes the path, because the setting is a comma-separated list. */
function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

async function freePort(): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  server.listen(0, "127.0.0.1", resolve)
  await promise
  const address = server.address()
  server.close()
  return typeof address === "object" && address !== null ? address.port : 0
}
