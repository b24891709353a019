import { readFile, readdir } from "node:fs/promises"

/** Resident bytes of a process and its descendants; 0 on systems without /proc. */
export async function memoryOf(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8")
    const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
    const children = await Promise.all((await childrenOf(pid)).map(memoryOf))
    return own + children.reduce((sum, bytes) => sum + bytes, 0)
  } catch {
    return 0
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => "")),
  )
  return lists.flatMap((list) => list.trim().split(" ").filter(Boolean).map(Number))
}
