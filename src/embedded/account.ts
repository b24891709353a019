import { readFile, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"

/** The account that PostgreSQL runs as; null for the account of this process. */
export type ServerAccount = { uid: number; gid: number } | null

/** In order of preference. PostgreSQL refuses to run as root, so root starts it as one of these. */
const UNPRIVILEGED_ACCOUNTS = ["postgres", "nobody"]

/** Returns the account for a new cluster: this process's own, or for root an existing unprivileged one. */
export async function accountForNewCluster(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return null
  const passwd = await readFile("/etc/passwd", "utf8")
  for (const name of UNPRIVILEGED_ACCOUNTS) {
    const fields = passwd
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.split(":")
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
    if (uid > 0 && gid > 0) return { uid, gid }
  }
  throw new EmbeddedPostgresError(
    "PostgreSQL refuses to run as root, and this system has neither an account postgres nor an account nobody: run as an ordinary user, or set DATABASE_URL",
    2,
  )
}

/**
 * Returns the account that owns an existing cluster, or undefined if `cluster` does not exist.
 *
 * The account never changes, even if a better one appears later: PostgreSQL must own its directory.
 */
export async function accountOfCluster(cluster: string): Promise<ServerAccount | undefined> {
  const found = await stat(cluster).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined
    throw error
  })
  if (found === undefined) return undefined
  return process.getuid?.() === 0 ? { uid: found.uid, gid: found.gid } : null
}

/** True if `account` may enter `directory` and all directories above it. Reads the mode bits, not access control lists. */
export async function canEnter(directory: string, account: ServerAccount): Promise<boolean> {
  if (account === null) return true
  if (!(await hasBits(directory, account, 0o1))) return false
  const parent = dirname(directory)
  return parent === directory || canEnter(parent, account)
}

/** True if `account` has all of `bits` (4 read, 2 write, 1 execute) on `path` itself. */
export async function hasBits(path: string, account: ServerAccount, bits: number): Promise<boolean> {
  if (account === null) return true
  const { mode, uid, gid } = await stat(path)
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  return ((mode >> shift) & bits) === bits
}
