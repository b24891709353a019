import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"

/** The properties of the machine that decide which binaries fit. A parameter, so that tests can describe other machines. */
export interface Machine {
  platform: NodeJS.Platform
  arch: string
  /** Called only on Linux. */
  isMusl: () => boolean
  /** Finds a module's entry file, or throws MODULE_NOT_FOUND. */
  resolve: (moduleName: string) => string
}

const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  isMusl,
  resolve: (moduleName) => createRequire(import.meta.url).resolve(moduleName),
}

const WAY_OUT = "set DATABASE_URL to a PostgreSQL server instead"

/**
 * Returns the directory of the npm package with this machine's PostgreSQL binaries.
 *
 * Throws an {@link EmbeddedPostgresError} of one line if no package can run here.
 */
export function locatePlatformPackage(machine: Machine = thisMachine): string {
  const name = packageName(machine)
  if (machine.platform === "linux" && machine.isMusl()) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs glibc, and this system (Alpine?) has musl: ${WAY_OUT}`,
      2,
    )
  }
  try {
    // The package exports only dist/index.js, so its root is two levels above that.
    return dirname(dirname(machine.resolve(name)))
  } catch (error) {
    if (codeOf(error) !== "MODULE_NOT_FOUND") throw error
    throw new EmbeddedPostgresError(
      `The optional package ${name} (embedded PostgreSQL) is not installed: install it, or ${WAY_OUT}`,
      2,
    )
  }
}

function packageName({ platform, arch }: Machine): string {
  const system = platform === "win32" ? "windows" : platform
  return `@embedded-postgres/${system}-${arch}`
}

/** Node's report takes milliseconds, so it is made only if musl's loader exists (glibc systems may have both). */
function isMusl(): boolean {
  const loader = `/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`
  return existsSync(loader) && !JSON.stringify(process.report.getReport()).includes('"glibcVersionRuntime"')
}
