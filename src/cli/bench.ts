import { CommanderError } from "commander"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { packageRoot } from "../base/package-root.ts"
import { CommandFailure } from "../base/command-errors.ts"

const program = fileURLToPath(new URL("bench/main.ts", packageRoot))

/**
 * Runs the benchmark of bench/ in a process of its own, because bench/ is not part of the package. True if every checked
 * figure was right. Throws {@link CommandFailure} if bench/ is missing.
 */
export async function bench(args: readonly string[]): Promise<boolean> {
  if (!existsSync(program)) {
    throw new CommandFailure("The benchmark is not part of the package: run it in a clone of the repository")
  }
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" })
  // A terminal sends Ctrl-C to the child too. It cleans up and ends, and then this process ends.
  process.on("SIGINT", () => undefined)
  process.on("SIGTERM", () => child.kill("SIGTERM"))
  const [code] = (await once(child, "exit")) as [number | null]
  // The benchmark has already printed the usage error.
  if (code === 2) throw new CommanderError(2, "bench.usage", "")
  return code === 0
}
