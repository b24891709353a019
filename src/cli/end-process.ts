import { setTimeout as sleep } from "node:timers/promises"
import { writeToStderr } from "../base/standard-streams.ts"

/** A call that takes longer hangs, for example on a name server that does not answer or a file on a dead mount. */
const CALLS_RETURN_WITHIN_MS = 300
const LOOK_AGAIN_MS = 10

/**
 * Ends this process with `status`. `process.exit` waits for Node's threads, and waits for ever if one of them is in a
 * system call that does not return. In that case the process kills itself, with a message on standard error.
 */
export async function endProcess(status: number): Promise<never> {
  const deadline = performance.now() + CALLS_RETURN_WITHIN_MS
  while (isThreadBusy() && performance.now() < deadline) await sleep(LOOK_AGAIN_MS)
  killIfThreadHangs()
  return process.exit(status)
}

/** Kills this process if a thread is busy; otherwise returns. For callers that cannot wait as {@link endProcess} does. */
export function killIfThreadHangs(): void {
  if (!isThreadBusy()) return
  writeToStderr("doorbuster: a system call does not return, so the process kills itself.")
  process.kill(process.pid, "SIGKILL")
}

/** True if a thread of Node works on a file or host name, which can take for ever. */
function isThreadBusy(): boolean {
  return process
    .getActiveResourcesInfo()
    .some((name) => /^(?:FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(name))
}
