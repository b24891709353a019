import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { codeOf } from "./embedded-postgres-error.ts"
import type { Home } from "./home.ts"
import { isAlive, isPostmasterOf } from "./process-identity.ts"

/** The contents of `postmaster.pid`, which a running postmaster writes about itself. */
export interface PostmasterFile {
  pid: number
  port: number
  /** Empty if the postmaster listens on TCP only. */
  socketDirectory: string
  isReady: boolean
}

/**
 * Whether a server runs on the cluster.
 *
 * `leftover`: the file names a living process that is certainly not this cluster's server; the file keeps
 * PostgreSQL from starting. `unsure`: the process may be this cluster's server, so nothing may be removed or started.
 */
export type Postmaster =
  | { state: "absent" }
  | { state: "leftover" }
  | { state: "running"; file: PostmasterFile }
  | { state: "unsure"; file: PostmasterFile }

/** Reads `postmaster.pid` and checks the process that it names. Changes nothing. */
export async function findPostmaster(cluster: string): Promise<Postmaster> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null
    throw error
  })
  if (text === null) return { state: "absent" }
  const file = parsePostmasterFile(text)
  // A power failure can leave the file empty; a running server's file never is.
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
 * If a server runs here after all, PostgreSQL itself refuses to start a second one: its shared memory key depends on
 * the directory's inode.
 */
export async function removeLeftovers(home: Home): Promise<void> {
  await rm(join(home.cluster, "postmaster.pid"), { force: true })
  await rm(home.sockets, { recursive: true, force: true })
}
