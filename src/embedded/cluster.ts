import { randomBytes, randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { executable } from "./binaries.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"
import type { Home } from "./home.ts"
import { runProgram } from "./run-program.ts"

/** The superuser of the cluster, and the name of its default database. */
export const DOORBUSTER = "doorbuster"

/**
 * Creates the cluster if there is none: UTF-8, locale C, data checksums, password for every connection. Call it
 * under the start lock.
 *
 * It is made under another name and renamed when complete, so that an interrupted first start leaves no
 * incomplete cluster behind.
 */
export async function createCluster(home: Home, native: string): Promise<void> {
  if (existsSync(join(home.cluster, "PG_VERSION"))) return
  // A new name each time: the initdb of an interrupted first start may still be writing to the last one.
  const draft = `${home.cluster}.new-${randomUUID()}`
  await giveDirectory(draft, home)
  await writePassword(home)
  const { exitCode, output } = await runProgram(
    home.account,
    executable(native, "initdb"),
    [
      `--pgdata=${draft}`,
      `--username=${DOORBUSTER}`,
      `--pwfile=${home.password}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--data-checksums",
      "--no-instructions",
    ],
    home.directory,
  )
  if (exitCode !== 0) throw new EmbeddedPostgresError(`initdb failed:\n${output.trim()}`, 1)
  await rename(draft, home.cluster)
  await syncDirectory(home.directory)
  await removeDrafts(home)
}

/** Creates the directory of the socket. Only PostgreSQL's account (and root) can enter it. */
export async function createSocketDirectory(home: Home): Promise<void> {
  if (!existsSync(home.sockets)) await giveDirectory(home.sockets, home)
}

/** Returns the cluster's password. Throws if its file is missing, because a new password would not open the database. */
export async function readPassword(home: Home): Promise<string> {
  try {
    return (await readFile(home.password, "utf8")).trim()
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error
    throw new EmbeddedPostgresError(
      `${home.password} is missing; without this password the database cannot be opened: restore the file, or remove ${home.directory} to start with an empty database`,
      1,
    )
  }
}

async function removeDrafts(home: Home): Promise<void> {
  for (const name of await readdir(home.directory)) {
    if (!name.startsWith("cluster.new-")) continue
    await rm(join(home.directory, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function writePassword(home: Home): Promise<void> {
  await rm(home.password, { force: true })
  const text = `${randomBytes(24).toString("hex")}\n`
  await writeFile(home.password, text, { flag: "wx", mode: 0o600, flush: true })
  if (home.account !== null) await chown(home.password, home.account.uid, home.account.gid)
}

async function giveDirectory(path: string, home: Home): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  await chmod(path, 0o700)
  if (home.account !== null) await chown(path, home.account.uid, home.account.gid)
}

/** Makes the rename survive a power failure. Windows cannot open directories, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return
  const directory = await open(path)
  await directory.sync()
  await directory.close()
}
