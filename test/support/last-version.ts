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
