import { chmod, link, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises"
import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { accountForNewCluster, accountOfCluster, canEnter, type ServerAccount } from "./account.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"

/** The paths of the embedded PostgreSQL, and its account. All paths are absolute and free of symbolic links. */
export interface Home {
  dataDirectory: string
  /** The data directory itself, or another directory if the account cannot enter it. */
  directory: string
  account: ServerAccount
  cluster: string
  sockets: string
  password: string
  log: string
}

/**
 * Parent directories for a cluster that cannot be in the data directory, in order of preference.
 *
 * Not /tmp, which is often in memory. /var/tmp comes last because some systems delete old files there.
 */
const PLACES_ELSEWHERE = ["/var/lib/doorbuster", "/var/tmp"]

/** The file in the data directory that names the cluster's directory if that is elsewhere. */
const POINTER = "cluster-location"

/** Creates the data directory if it is missing and returns the paths. Safe to run in several processes at once. */
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
  // PostgreSQL's account must pass through to the cluster; the cluster itself has mode 0700.
  if (created !== undefined) await chmod(path, account === null ? 0o700 : 0o711)
  return realpath(path)
}

async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw new EmbeddedPostgresError(
      `DOORBUSTER_DATA_DIR is "${path}", where no directory can be created (${codeOf(error) ?? "unknown error"})`,
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
  log(`PostgreSQL's account cannot enter ${dataDirectory}, so its files are in ${elsewhere}`)
  return publishPointer(dataDirectory, elsewhere)
}

/** If the named directory is missing, this throws instead of starting empty: the data may just not be mounted. */
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
      `${pointer} names ${target}, which is missing, belongs to another user, or can be written to by other users: restore it, or remove the data directory to start with an empty database`,
      1,
    )
  }
  return target
}

/** Creates a directory with a random name in a guarded place, so that no other user can have created it before. */
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
    `PostgreSQL's account can enter neither the data directory nor ${PLACES_ELSEWHERE.join(" nor ")}: choose another data directory`,
    1,
  )
}

/** True if other users cannot rename entries of `place`: only root may write to it, or it is sticky. */
async function isGuarded(place: string): Promise<boolean> {
  const found = await lstat(place)
  return found.isDirectory() && found.uid === 0 && ((found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0)
}

/** If several processes do this at once, the first one's directory is used, and the others remove theirs. */
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
