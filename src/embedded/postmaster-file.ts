import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { codeOf } from "./embedded-postgres-error.ts"
import type { Home } from "./home.ts"
import { isAlive, isPostmasterOf } from "./process-identity.ts"

/** What a running postmaster says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  pid: number
  port: number
  /** Empty when it listens on TCP only. */
  socketDirectory: string
  isReady: boolean
}

/**
 * What is known about a server on the cluster.
 *
 * `leftover`: the file names a living process that is certainly not this cluster's server, which keeps
 * PostgreSQL from starting. `unsure`: it may be, so nothing may be removed and nothing started.
 */
export type Postmaster =
  | { state: "absent" }
  | { state: "leftover" }
  | { state: "running"; file: PostmasterFile }
  | { state: "unsure"; file: PostmasterFile }

/** Looks at `postmaster.pid` and at the process it names. Changes nothing. */
export async function findPostmaster(cluster: string): Promise<Postmaster> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null
    throw error
  })
  if (text === null) return { state: "absent" }
  const file = parsePostmasterFile(text)
  // A power cut can leave the file empty; no running server has such a file.
  if (file === null) return { state: "leftover" }
  if (!isAlive(file.pid)) return { state: "absent" }
  const isOurs = await isPostmasterOf(file.pid, cluster)
  if (isOurs === null) return { state: "unsure", file }
  return isOurs ? { state: "running", file } : { state: "leftover" }
}

/** Lines: pid, data directory, start time, port, socket directory, listen address, shared memory, status. */
function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split("\n").map((line) => line.trim())
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDirectory: lines[4] ?? "",
    isReady: lines[7] === "ready",
  }
}

/**
 * Removes the lock files that name a foreign process. Only in state `leftover`, under the start lock.
 *
 * Should a server run here after all, PostgreSQL's own shared memory key, made from the directory's inode, still
 * refuses a second one.
 */
export async function removeLeftovers(home: Home): Promise<void> {
  await rm(join(home.cluster, "postmaster.pid"), { force: true })
  await rm(home.sockets, { recursive: true, force: true })
}
