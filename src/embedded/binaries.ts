import { chmod, cp, readFile, readdir, rename, rm, stat, symlink } from "node:fs/promises"
import { existsSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { canEnter, hasBits, type ServerAccount } from "./account.ts"
import { codeOf } from "./embedded-postgres-error.ts"

/** One library link the package lists because npm cannot ship symbolic links. Paths start with `native/`. */
interface LibraryLink {
  source: string
  target: string
}

const EXECUTABLES = ["postgres", "initdb", "pg_ctl"]
const SUFFIX = process.platform === "win32" ? ".exe" : ""

/**
 * Returns a directory (with `bin`, `lib`, `share`) whose binaries `account` can run.
 *
 * That is the package's own, completed with the library links its blocked postinstall script would have made; or a
 * copy below `copyTo` when the package is read-only or out of the account's reach. Run it under the start lock.
 */
export async function prepareBinaries(
  packageDirectory: string,
  copyTo: string,
  account: ServerAccount,
): Promise<string> {
  const native = join(packageDirectory, "native")
  if ((await complete(native)) && (await canRun(native, account))) return native

  const copy = join(copyTo, `postgresql-${await versionOf(packageDirectory)}`)
  if (!existsSync(copy)) await copyNative(native, copy)
  return copy
}

/** The path of one of PostgreSQL's programs. */
export function executable(native: string, name: "postgres" | "initdb" | "pg_ctl"): string {
  return join(native, "bin", name + SUFFIX)
}

/** Makes what is missing; false when the directory does not let us. */
async function complete(native: string): Promise<boolean> {
  try {
    await linkLibraries(native)
    await allowExecution(native)
    return true
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(codeOf(error) ?? "")) return false
    throw error
  }
}

async function linkLibraries(native: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    const path = join(native, relative("native", target))
    if (existsSync(path)) continue
    // Another process may be doing the same: whoever comes second finds it done.
    await symlink(basename(source), path).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error
    })
  }
}

async function readLinks(native: string): Promise<LibraryLink[]> {
  const list = join(native, "pg-symlinks.json")
  if (!existsSync(list)) return []
  const links: LibraryLink[] = JSON.parse(await readFile(list, "utf8"))
  return links
}

/** Some package managers drop the executable bit. */
async function allowExecution(native: string): Promise<void> {
  for (const name of EXECUTABLES) {
    const path = join(native, "bin", name + SUFFIX)
    const { mode } = await stat(path)
    if ((mode & 0o111) === 0) await chmod(path, mode | 0o755)
  }
}

/** A sample of each kind of file stands for all: one installation writes them with one umask. */
async function canRun(native: string, account: ServerAccount): Promise<boolean> {
  const directories = ["bin", "lib", "share"].map((name) => join(native, name))
  for (const directory of directories) {
    if (!(await canEnter(directory, account))) return false
  }
  const libraries = (await readLinks(native)).map(({ source }) => join(native, relative("native", source)))
  for (const file of [...libraries, executable(native, "postgres"), executable(native, "initdb")]) {
    if (!(await hasBits(file, account, 0o4))) return false
  }
  return hasBits(executable(native, "postgres"), account, 0o1)
}

async function versionOf(packageDirectory: string): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(join(packageDirectory, "package.json"), "utf8"),
  )
  return manifest.version
}

/** The copy gets its name only when it is whole, so a killed copy is never taken for one. */
async function copyNative(native: string, copy: string): Promise<void> {
  const draft = `${copy}.new`
  await rm(draft, { recursive: true, force: true })
  await cp(native, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith(".a"),
  })
  await openToAll(draft)
  await linkLibraries(draft)
  await rename(draft, copy)
}

/** Adds read for all, and execute for all where the owner may: the original may come from a umask of 077. */
async function openToAll(root: string): Promise<void> {
  const below = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = below
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const path of [root, ...paths]) {
    const { mode } = await stat(path)
    await chmod(path, mode | 0o444 | ((mode & 0o100) === 0 ? 0 : 0o111))
  }
}
