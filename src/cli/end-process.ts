import { setTimeout as sleep } from "node:timers/promises"
import { writeToStderr } from "../base/standard-streams.ts"

/** A call that does not return in this time hangs: a name server that does not answer, a file on a dead mount. */
const CALLS_RETURN_WITHIN_MS = 300
const LOOK_AGAIN_MS = 10

/**
 * Ends this process with `status`. `process.exit` waits for Node's threads, for ever where one of them is in a system
 * call that does not return; then the process kills itself instead, and says so on standard error.
 */
export async function endProcess(status: number): Promise<never> {
  const deadline = performance.now() + CALLS_RETURN_WITHIN_MS
  while (isThreadBusy() && performance.now() < deadline) await sleep(LOOK_AGAIN_MS)
  killIfThreadHangs()
  return process.exit(status)
}

/** As {@link endProcess}, where there is no time to wait; returns unless a thread is busy. */
export function killIfThreadHangs(): void {
  if (!isThreadBusy()) return
  writeToStderr("doorbuster: a system call does not return, so the process kills itself.")
  process.kill(process.pid, "SIGKILL")
}

/** Work of Node's threads that can take for ever: files and host names. */
function isThreadBusy(): boolean {
  return process
    .getActiveResourcesInfo()
    .some((name) => /^(?:FSReq|FileHandle|GetAddrInfo|GetNameInfo)/.test(name))
}
