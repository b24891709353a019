import { execFile } from "node:child_process"
import { readFile, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { codeOf } from "./embedded-postgres-error.ts"

const run = promisify(execFile)

/** Whether a process with this id exists, whoever it belongs to; true for a zombie too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== "ESRCH"
  }
}

/**
 * Whether process `pid` is the PostgreSQL server of the data directory `cluster`; null when that cannot be told.
 *
 * Read from the command line: that is open to everyone, while /proc/<pid>/cwd of another account's
 * process is closed even to root in a container.
 */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean | null> {
  if (process.platform === "linux") return judgeLinux(pid, cluster)
  if (process.platform === "win32") return judgeTask(await says("tasklist", ["/FI", `PID eq ${pid}`, "/NH"]))
  return judgeCommand(await says("ps", ["-o", "command=", "-p", `${pid}`]), cluster)
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
  // Another directory, unless ours was moved while its server ran and that is a new one under the old name.
  return (await readOrEmpty(join(directory, "postmaster.pid"))).startsWith(`${pid}\n`) ? false : null
}

function judgeCommand(command: string, cluster: string): boolean | null {
  if (!command.includes("postgres")) return false
  return command.includes(`-D ${cluster} `) ? true : null
}

/** Windows tells no command line without much ado; connecting settles what is left open here. */
function judgeTask(task: string): boolean | null {
  return task.includes("postgres.exe") ? null : false
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "")
}

/** What a system tool prints; nothing when it finds no such process and fails. */
async function says(tool: string, parameters: string[]): Promise<string> {
  return run(tool, parameters).then(
    ({ stdout }) => stdout,
    () => "",
  )
}
