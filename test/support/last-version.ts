import { execFile } from "node:child_process"
import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { temporaryDirectory } from "./directory.ts"

const run = promisify(execFile)
const root = fileURLToPath(new URL("../../", import.meta.url))

/** The version that servers may still run while this one is rolled out. Move it on with each release. */
export const LAST_VERSION = "314050473384b53e963023eb972f2dfb6bb71644"

/**
 * Whether the clone in `directory` has the last version. `shallow`: it was cloned without the history, as some CI
 * systems do on purpose. `missing`: it has the whole history and not that commit, or is not a clone at all.
 */
export async function lastVersionIn(directory: string = root): Promise<"present" | "shallow" | "missing"> {
  const git = (...parameters: string[]) =>
    run("git", parameters, { cwd: directory }).then(
      ({ stdout }) => stdout.trim(),
      () => null,
    )
  if ((await git("cat-file", "-e", `${LAST_VERSION}^{commit}`)) !== null) return "present"
  return (await git("rev-parse", "--is-shallow-repository")) === "true" ? "shallow" : "missing"
}

/**
 * Whether tests that run the last version are skipped, with a warning that says why. They are in a shallow clone, in CI
 * too: it has no history by design. In a full clone without the commit they run in CI, and fail.
 */
export async function findLastVersion() {
  const lastVersion = await lastVersionIn()
  const isSkipped = lastVersion === "shallow" || (lastVersion === "missing" && process.env["CI"] !== "true")
  if (isSkipped) {
    const reason =
      lastVersion === "shallow" ? "this clone is shallow: git fetch --unshallow" : "this clone lacks it"
    console.warn(`Skipped the upgrade test, which needs the last version, ${LAST_VERSION}: ${reason}.`)
  }
  return { lastVersion, isSkipped }
}

/** The last version in a directory that is thrown away, with the packages of this one. */
export async function checkOutLastVersion(): Promise<AsyncDisposable & { launcher: string }> {
  const directory = await temporaryDirectory()
  const home = join(directory.path, "last-version")
  const archive = join(directory.path, "last-version.tar")
  await mkdir(home)
  await run("git", ["archive", "--output", archive, LAST_VERSION], { cwd: root })
  await run("tar", ["-xf", archive, "-C", home])
  await symlink(join(root, "node_modules"), join(home, "node_modules"))
  return {
    launcher: join(home, "bin", "doorbuster.mjs"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}
