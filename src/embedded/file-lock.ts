import { access, constants, writeFile } from "node:fs/promises"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"

/** A lock that this process holds until it releases it or ends; a killed process releases it too. */
export interface FileLock extends Disposable {
  release(): void
}

export type LockMode = "exclusive" | "shared"

const RETRY_MS = 20

/** A lock lasts as long as its connection, which must not be garbage-collected while the lock is held. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock at `path` at once, or returns null if a living process (this one included) holds it.
 *
 * Node has no file locks of its own, but SQLite has: a transaction on an empty database file takes the kernel's lock
 * on every platform. A file with the holder's process id was rejected: two processes could replace a dead holder's file
 * at the same moment, and a reused process id looks like a living holder.
 *
 * Never open `path` by other means: closing any descriptor of the file releases this process's lock (POSIX).
 */
export async function tryLock(path: string, mode: LockMode): Promise<FileLock | null> {
  await createEmpty(path)
  // SQLite would only report "unable to open", or open the file for reading.
  await access(path, constants.R_OK | constants.W_OK)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    if (mode === "exclusive") {
      database.exec("begin exclusive")
    } else {
      database.exec("begin")
      database.prepare("select count(*) from sqlite_schema").get()
    }
  } catch (error) {
    database.close()
    if (isBusy(error)) return null
    throw error
  }
  held.add(database)
  const release = () => {
    if (held.delete(database)) database.close()
  }
  return { release, [Symbol.dispose]: release }
}

/** Waits for the exclusive lock at `path`; throws if it is not free within `limitMs`. */
export async function waitForLock(path: string, limitMs: number): Promise<FileLock> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const lock = await tryLock(path, "exclusive")
    if (lock !== null) return lock
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Another process has been starting or stopping PostgreSQL for over ${limitMs / 1000} s (lock ${path})`,
        1,
      )
    }
    await sleep(RETRY_MS)
  }
}

/** True if no process holds the lock at `path`. Only reliable if the caller keeps others from taking it meanwhile. */
export async function isUnlocked(path: string): Promise<boolean> {
  using lock = await tryLock(path, "exclusive")
  return lock !== null
}

/** Creates the file so that other users cannot read it: a reader could hold a shared lock for ever. */
async function createEmpty(path: string): Promise<void> {
  await writeFile(path, "", { flag: "wx", mode: 0o600 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error
  })
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY
}
