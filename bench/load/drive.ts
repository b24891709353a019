import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { LoadPlan, LoadResult } from "./plan.ts"

const program = fileURLToPath(new URL("process.ts", import.meta.url))

/** Runs a load plan in a process of its own. Throws if that process fails. */
export async function drive(plan: LoadPlan): Promise<LoadResult> {
  const child = fork(program, { serialization: "advanced" })
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the load process ended with ${String(code)}`)
  })
  child.send(plan)
  const [result] = (await Promise.race([once(child, "message"), ended])) as [LoadResult]
  ended.catch(() => undefined)
  return result
}
