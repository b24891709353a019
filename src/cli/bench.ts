import { CommanderError } from "commander"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { packageRoot } from "../base/package-root.ts"
import { CommandFailure } from "../base/command-errors.ts"

const program = fileURLToPath(new URL("bench/main.ts", packageRoot))

/**
 * Runs the benchmark, which lives beside the sources and brings servers to compare with, in a process
 * of its own. True when every figure was right.
 */
export async function bench(args: readonly string[]): Promise<boolean> {
  if (!existsSync(program)) {
    throw new CommandFailure("The benchmark is not part of the package: run it in a clone of the repository")
  }
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" })
  // A terminal's Ctrl-C reaches the child as well, which clears up and ends; so do we then.
  process.on("SIGINT", () => undefined)
  process.on("SIGTERM", () => child.kill("SIGTERM"))
  const [code] = (await once(child, "exit")) as [number | null]
  // It has said itself what it did not understand.
  if (code === 2) throw new CommanderError(2, "bench.usage", "")
  return code === 0
}
