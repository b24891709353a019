import { existsSync } from "node:fs"
import { chmod, mkdtemp, readFile, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "pg"
import { findPostmaster } from "../../../src/embedded/postmaster-file.ts"
import { killCommands } from "./commands.ts"

export const isRoot = process.getuid?.() === 0

const made: string[] = []

/** Makes a directory that {@link cleanUp} removes; other accounts may pass through it unless `mode` forbids that. */
export async function newDirectory(mode = 0o711, parent = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(parent, "doorbuster-test-"))
  await chmod(directory, mode)
  made.push(directory)
  return directory
}

/** Registers a directory that the test did not make, for {@link cleanUp} to remove. */
export function forgetLater(directory: string): void {
  made.push(directory)
}

/** Ends every process the tests started, each by its id, and removes their directories. */
export async function cleanUp(): Promise<void> {
  killCommands()
  for (const directory of made.splice(0)) {
    for (const cluster of await clustersIn(directory)) await killServer(cluster)
    await rm(directory, { recursive: true, force: true })
  }
}

async function clustersIn(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return []
  const names = await readdir(directory, { recursive: true })
  return names.filter((name) => name.endsWith("postmaster.pid")).map((name) => join(directory, name, ".."))
}

/** The pid of the server on a cluster; null if none runs. */
export async function serverPid(cluster: string): Promise<number | null> {
  const found = await findPostmaster(cluster)
  return found.state === "running" ? found.file.pid : null
}

/** Kills the server as a power cut would; resolves when it has ended. */
export async function killServer(cluster: string): Promise<void> {
  const pid = await serverPid(cluster)
  if (pid === null) return
  process.kill(pid, "SIGKILL")
  while ((await serverPid(cluster)) !== null) await new Promise(setImmediate)
}

/** Runs one statement and returns its first row's columns as text. */
export async function ask(url: string, sql: string): Promise<string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" })
    return (rows[0] ?? []).map(String)
  } finally {
    await client.end()
  }
}

export async function firstLineOf(path: string): Promise<string> {
  return (await readFile(path, "utf8")).split("\n")[0] ?? ""
}
