import { execFileSync } from "node:child_process"
import { availableParallelism, cpus, release, totalmem, type } from "node:os"
import { redisVersion } from "./servers/redis.ts"

/** The machine and the software with which the figures were measured. */
export function describeMachine(postgres: string): Record<string, string | number> {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    postgres,
    redis: redisVersion() ?? "not installed",
  }
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim()
    const isChanged = git("status", "--porcelain", "--", "src", "bench", "migrations") !== ""
    return git("rev-parse", "--short", "HEAD") + (isChanged ? " with changes" : "")
  } catch {
    return "unknown"
  }
}
