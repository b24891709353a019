import { execFile } from "node:child_process"
import { readFile, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { codeOf } from "./embedded-postgres-error.ts"

const run = promisify(execFile)

/** True if a process with this id exists, of any user; also true for a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== "ESRCH"
  }
}

/**
 * True if process `pid` is the PostgreSQL server of the data directory `cluster`; null if that cannot be determined.
 *
 * It reads the process's command line, which every user may read. /proc/<pid>/cwd of another account's process is
 * not readable in a container, not even by root.
 */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean | null> {
  if (process.platform === "linux") return judgeLinux(pid, cluster)
  if (process.platform === "win32")
    return judgeTask(await outputOf("tasklist", ["/FI", `PID eq ${pid}`, "/NH"]))
  return judgeCommand(await outputOf("ps", ["-o", "command=", "-p", `${pid}`]), cluster)
}

async function judgeLinux(pid: number, cluster: string): Promise<boolean | null> {
  const words = (await readOrEmpty(`/proc/${pid}/cmdline`)).split("\0")
  // A zombie's command line is empty; a server's own children carry titles like "postgres: checkpointer".
  if (basename(words[0] ?? "") !== "postgres") return false
  const [itself, owned] = await Promise.all([stat(`/proc/${pid}`).catch(() => null), stat(cluster)])
  if (itself === null || itself.uid !== owned.uid) return false
  const flag = words.indexOf("-D")
  const directory = flag < 0 ? undefined : words[flag + 1]
  if (directory === undefined) return null
  const named = await stat(directory).catch(() => null)
  if (named === null) return null
  if (named.ino === owned.ino && named.dev === owned.dev) return true
  // Another directory, unless this cluster was moved while its server ran and a new directory has its old name.
  return (await readOrEmpty(join(directory, "postmaster.pid"))).startsWith(`${pid}\n`) ? false : null
}

function judgeCommand(command: string, cluster: string): boolean | null {
  if (!command.includes("postgres")) return false
  return command.includes(`-D ${cluster} `) ? true : null
}

/** Windows has no simple way to read a command line, so the connection later decides whether it is this cluster's server. */
function judgeTask(task: string): boolean | null {
  return task.includes("postgres.exe") ? null : false
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "")
}

/** The output of a system tool; empty if the tool fails because there is no such process. */
async function outputOf(tool: string, parameters: string[]): Promise<string> {
  return run(tool, parameters).then(
    ({ stdout }) => stdout,
    () => "",
  )
}
