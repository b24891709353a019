import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts"
import { isUnlocked, tryLock, waitForLock, type FileLock } from "./file-lock.ts"
import type { Home } from "./home.ts"
import { READY_LIMIT_MS } from "./postmaster.ts"

/*
 * Three locks. `start` is held while a process finds, starts or stops a server, and while it takes or checks the
 * other two. `owner` is held by one `serve` for its lifetime. `guest` is shared by all guests, each for its lifetime.
 */

/** Runs `work` while no other process starts or stops a server here. */
export async function underStartLock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(lockPath(home, "start"), 2 * READY_LIMIT_MS)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/**
 * Makes this process the owner of the data directory until it ends or releases the returned lock. Throws if another
 * running process is the owner. Call it under the start lock.
 */
export async function claimAsOwner(home: Home): Promise<FileLock> {
  const lock = await tryLock(lockPath(home, "owner"), "exclusive")
  if (lock !== null) {
    await writeFile(ownerNote(home), `${process.pid}\n`)
    return lock
  }
  const pid = (await readFile(ownerNote(home), "utf8").catch(() => "unknown")).trim()
  throw new EmbeddedPostgresError(
    `The data directory ${home.dataDirectory} is in use by another doorbuster (process id ${pid})`,
    2,
  )
}

/** Joins the guests of the directory. Call it under the start lock. */
export async function claimAsGuest(home: Home): Promise<FileLock> {
  const lock = await tryLock(lockPath(home, "guest"), "shared")
  if (lock !== null) return lock
  throw new Error(`${lockPath(home, "guest")} is locked although this process holds the start lock`)
}

/** True if a living process has claimed the directory. Call it under the start lock. */
export async function isClaimed(home: Home): Promise<boolean> {
  return !((await isUnlocked(lockPath(home, "owner"))) && (await isUnlocked(lockPath(home, "guest"))))
}

function lockPath(home: Home, name: "start" | "owner" | "guest"): string {
  return join(home.directory, `${name}.lock`)
}

/** Holds the owner's process id, only for the error message; the lock decides. */
function ownerNote(home: Home): string {
  return join(home.directory, "owner.pid")
}
