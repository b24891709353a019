import { chmod, link, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises"
import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { accountForNewCluster, accountOfCluster, canEnter, type ServerAccount } from "./account.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"

/** Where everything lies, and who PostgreSQL runs as. All paths are absolute and free of symbolic links. */
export interface Home {
  dataDirectory: string
  /** The data directory itself, or a place elsewhere when the account cannot enter it. */
  directory: string
  account: ServerAccount
  cluster: string
  sockets: string
  password: string
  log: string
}

/**
 * Where a cluster goes that cannot lie in the data directory, in order of preference.
 *
 * Not /tmp: it is often in memory. /var/tmp comes last because some systems tidy it after weeks.
 */
const PLACES_ELSEWHERE = ["/var/lib/doorbuster", "/var/tmp"]

/** The file in the data directory that says where the cluster is when it is not there. */
const POINTER = "cluster-location"

/** Creates the data directory when it is absent and returns the layout. Safe to run in several processes at once. */
export async function openHome(path: string, log: (line: string) => void): Promise<Home> {
  const newAccount = await accountForNewCluster()
  const dataDirectory = await openDataDirectory(path, newAccount)
  const directory = await chooseDirectory(dataDirectory, newAccount, log)
  const cluster = join(directory, "cluster")
  const existing = await accountOfCluster(cluster)
  return {
    dataDirectory,
    directory,
    account: existing === undefined ? newAccount : existing,
    cluster,
    sockets: join(directory, "run"),
    password: join(directory, "password"),
    log: join(dataDirectory, "postgres.log"),
  }
}

async function openDataDirectory(path: string, account: ServerAccount): Promise<string> {
  const created = await makeDirectory(path)
  // Others may pass through to the cluster, which has its own 0700, when one of them is PostgreSQL's account.
  if (created !== undefined) await chmod(path, account === null ? 0o700 : 0o711)
  return realpath(path)
}

async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw new EmbeddedPostgresError(
      `DOORBUSTER_DATA_DIR is "${path}", where no directory can be made (${codeOf(error) ?? "unknown error"})`,
      2,
      { cause: error },
    )
  }
}

async function chooseDirectory(
  dataDirectory: string,
  account: ServerAccount,
  log: (line: string) => void,
): Promise<string> {
  const pointed = await readPointer(dataDirectory)
  if (pointed !== null) return pointed
  if (existsSync(join(dataDirectory, "cluster"))) return dataDirectory
  if (await canEnter(dataDirectory, account)) return dataDirectory
  const elsewhere = await createElsewhere(account)
  log(`PostgreSQL's account cannot enter ${dataDirectory}: its files lie in ${elsewhere}`)
  return publishPointer(dataDirectory, elsewhere)
}

/** A pointer to nowhere is an error and never a fresh start: the data may only be unmounted. */
async function readPointer(dataDirectory: string): Promise<string | null> {
  const pointer = join(dataDirectory, POINTER)
  const text = await readFile(pointer, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null
    throw error
  })
  if (text === null) return null
  const target = text.trim()
  const found = await lstat(target).catch(() => null)
  const isSafe = found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  if (!isSafe) {
    throw new EmbeddedPostgresError(
      `${pointer} names ${target}, which is missing or not safely ours: restore it, or remove the data directory to start empty`,
      1,
    )
  }
  return target
}

/** A name nobody can guess, in a directory only we can write: another user cannot have been there before us. */
async function createElsewhere(account: ServerAccount): Promise<string> {
  for (const place of PLACES_ELSEWHERE) {
    try {
      await mkdir(place, { mode: 0o755 }).catch(ignoreExisting)
      if (!(await canEnter(place, account)) || !(await isGuarded(place))) continue
      const directory = await mkdtemp(join(place, "doorbuster-"))
      await chmod(directory, 0o711)
      return directory
    } catch (error) {
      if (!["EACCES", "EPERM", "EROFS", "ENOENT"].includes(codeOf(error) ?? "")) throw error
    }
  }
  throw new EmbeddedPostgresError(
    `Found no place PostgreSQL's account can enter (tried ${PLACES_ELSEWHERE.join(", ")}): choose another data directory`,
    1,
  )
}

/** Whether only root can rename what lies in `place`: nobody else may write to it, or it is sticky. */
async function isGuarded(place: string): Promise<boolean> {
  const found = await lstat(place)
  return found.isDirectory() && found.uid === 0 && ((found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0)
}

/** The first of several processes wins; the others use its place and drop their own. */
async function publishPointer(dataDirectory: string, elsewhere: string): Promise<string> {
  const draft = join(dataDirectory, `${POINTER}.${randomUUID()}`)
  await writeFile(draft, `${elsewhere}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, join(dataDirectory, POINTER))
    return elsewhere
  } catch (error) {
    ignoreExisting(error)
    await rm(elsewhere, { recursive: true })
    return (await readPointer(dataDirectory)) ?? elsewhere
  } finally {
    await rm(draft)
  }
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== "EEXIST") throw error
}
