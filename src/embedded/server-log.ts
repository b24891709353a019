import { open, readFile, rename, stat, type FileHandle } from "node:fs/promises"

/** Large enough for months of a quiet server, small enough to open in an editor. One older file is kept. */
const ROTATE_AT_BYTES = 10 * 1024 * 1024

const TAIL_LINES = 15

/** Opens the log for appending. Renames a large one to `<path>.1` first, so no server may be writing to it. */
export async function openLog(path: string): Promise<FileHandle> {
  const size = await sizeOf(path)
  if (size > ROTATE_AT_BYTES) await rename(path, `${path}.1`)
  return open(path, "a", 0o600)
}

/** Returns the size of a file in bytes; 0 if it cannot be read, as before the first start. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** Returns the last lines written after the first `offset` bytes. */
export async function tailOf(path: string, offset: number): Promise<string> {
  const text = (await readFile(path)).subarray(offset).toString("utf8")
  return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n")
}
