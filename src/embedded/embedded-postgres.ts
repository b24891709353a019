import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { prepareBinaries } from "./binaries.ts"
import { createCluster, createSocketDirectory, readPassword } from "./cluster.ts"
import { openDatabase } from "./connection.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"
import { openHome, type Home } from "./home.ts"
import { keepRunning } from "./keep-running.ts"
import { claimAsGuest, claimAsOwner, isClaimed, underStartLock } from "./ownership.ts"
import { locatePlatformPackage } from "./platform-package.ts"
import { READY_LIMIT_MS, startPostmaster, stopPostmaster } from "./postmaster.ts"
import { findPostmaster, removeLeftovers } from "./postmaster-file.ts"

export { EmbeddedPostgresError }

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connection string of the database `doorbuster`, for its superuser. It contains a password and must not be logged. */
  readonly url: string
  /** True if the server was already running, after a killed process or for another command. */
  readonly adopted: boolean
  /**
   * An owner's stop shuts the server down and waits until it is gone. A guest's does so only if no other
   * process uses the server. If the server was running unused before the guest came, the guest leaves it running.
   * Calling it again returns the same promise.
   */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** For example `.doorbuster`. It is created if it is missing, with the directories above it. */
  dataDirectory: string
  /** `owner`: the one `serve` of this directory. `guest`: any other command, beside it or alone. */
  role: "owner" | "guest"
  log?: (line: string) => void
  /**
   * An owner starts the server again when it ends by itself, such as on a full disk. Called with a line for the log when it has
   * ended, does not start, and runs again.
   */
  onOutage?: (line: string) => void
  /** The directory of the platform package, for tests; found by its name if not given. */
  packageDirectory?: string
}

/** How long to wait for a running server that does not accept connections. */
const UNREACHABLE_LIMIT_MS = 10_000
const RETRY_MS = 20

/** SQLSTATE of a server that is starting up or shutting down. */
const CANNOT_CONNECT_NOW = "57P03"

/**
 * Starts PostgreSQL on the data directory, or connects to the server that runs there already. Never starts a second one.
 *
 * Installs no signal handlers: without `stop()` the server outlives this process, and the next start adopts it.
 * Throws an {@link EmbeddedPostgresError} if the directory has a living owner, the binaries are missing or PostgreSQL
 * fails.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const packageDirectory = options.packageDirectory ?? locatePlatformPackage()
  try {
    const home = await openHome(options.dataDirectory, options.log ?? (() => undefined))
    return await underStartLock(home, async () => claimAndStart(home, packageDirectory, options))
  } catch (error) {
    throw directoryError(error, options.dataDirectory)
  }
}

/** Turns an error of the file system into a message about the data directory. Returns any other error unchanged. */
function directoryError(error: unknown, dataDirectory: string): unknown {
  const code = codeOf(error) ?? ""
  const reason = error instanceof Error ? error.message : ""
  if (["EACCES", "EPERM", "EROFS"].includes(code)) {
    const line = `DOORBUSTER_DATA_DIR is "${dataDirectory}", which this user may not write to (${reason}); choose another directory, or change its owner or mode`
    return new EmbeddedPostgresError(line, 2, { cause: error })
  }
  if (!["EINVAL", "ENOSPC", "EDQUOT"].includes(code)) return error
  return new EmbeddedPostgresError(`Cannot use the data directory ${dataDirectory}: ${reason}`, 1, {
    cause: error,
  })
}

/** Call it under the start lock. */
async function claimAndStart(
  home: Home,
  packageDirectory: string,
  { role, log = () => undefined, onOutage = log }: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  const wasClaimed = await isClaimed(home)
  const claim = role === "owner" ? await claimAsOwner(home) : await claimAsGuest(home)
  try {
    const native = await prepareBinaries(packageDirectory, home.directory, home.account)
    const { url, adopted } = await ensureServer(home, native, log)
    const startAgain = () =>
      underStartLock(home, async () => {
        if (stopped !== undefined) return
        await ensureServer(home, native, () => undefined, Number(new URL(url).port))
      })
    const isRunning = async () => ["running", "unsure"].includes((await findPostmaster(home.cluster)).state)
    const keeper = role === "owner" ? keepRunning({ isRunning, start: startAgain, say: onOutage }) : null
    const leaveRunning = role === "guest" && adopted && !wasClaimed
    const stopOnce = async () => {
      claim.release()
      if (leaveRunning || (role === "guest" && (await isClaimed(home)))) return
      await stopPostmaster(home, native)
      log("PostgreSQL has stopped")
    }
    let stopped: Promise<void> | undefined
    const stop = async () => {
      stopped ??= (async () => {
        await keeper?.stop()
        await underStartLock(home, stopOnce)
      })()
      return stopped
    }
    return { url, adopted, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    claim.release()
    throw error
  }
}

/** `port`: where a server listens that needs one, because its sockets' path is too long; 0: any that is free. */
async function ensureServer(
  home: Home,
  native: string,
  log: (line: string) => void,
  port = 0,
): Promise<{ url: string; adopted: boolean }> {
  const url = await adopt(home)
  if (url !== null) {
    log(`PostgreSQL was already running on ${home.cluster}`)
    return { url, adopted: true }
  }
  await createCluster(home, native)
  await createSocketDirectory(home)
  const file = await startPostmaster(home, native, port)
  try {
    const url = await openDatabase(file, await readPassword(home), home.cluster)
    log(
      `PostgreSQL has started on ${home.cluster} (process id ${file.pid}, log ${join(home.dataDirectory, "postgres.log")})`,
    )
    return { url, adopted: false }
  } catch (error) {
    await stopPostmaster(home, native)
    throw error
  }
}

/** Returns the URL of the server that runs on the cluster, or null if none runs and one may be started. */
async function adopt(home: Home): Promise<string | null> {
  const start = performance.now()
  for (;;) {
    const found = await findPostmaster(home.cluster)
    if (found.state === "absent") return null
    if (found.state === "leftover") {
      await removeLeftovers(home)
      return null
    }
    try {
      return await openDatabase(found.file, await readPassword(home), home.cluster)
    } catch (error) {
      if (error instanceof EmbeddedPostgresError) throw error
      const limitMs = codeOf(error) === CANNOT_CONNECT_NOW ? READY_LIMIT_MS : UNREACHABLE_LIMIT_MS
      if (performance.now() - start > limitMs) throw unreachable(home, found.file.pid, error)
    }
    await sleep(RETRY_MS)
  }
}

function unreachable(home: Home, pid: number, cause: unknown): EmbeddedPostgresError {
  const reason = cause instanceof Error ? cause.message : "no answer"
  return new EmbeddedPostgresError(
    `Process ${pid} seems to be the PostgreSQL server of ${home.cluster} but cannot be reached (${reason}): stop it, or if it is another program, remove postmaster.pid from that directory`,
    1,
    { cause },
  )
}
