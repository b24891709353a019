import cluster, { type Worker } from "node:cluster"
import { setTimeout as sleep } from "node:timers/promises"
import type { Assignment, ToChild, ToPrimary } from "./messages.ts"

/** A child as its primary sees it. */
export interface Child {
  /** Never used again. */
  readonly id: number
  readonly pid: number | undefined
  send(message: ToChild): void
  /** Ends it without order. */
  kill(): void
  /** Resolves when it is gone and everything it said has been heard. */
  readonly ended: Promise<ChildEnd>
}

/** How a child ended; `code` is null when a signal ended it. */
export interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly livedMs: number
}

/** Starts this program again as `command`, to share the port. `onMessage` hears what it says. */
export function forkChild(
  command: string,
  assignment: Assignment,
  onMessage: (message: ToPrimary) => void,
): Child {
  // What is sent has buffers and numbers that JSON does not know.
  cluster.setupPrimary({ args: [command], serialization: "advanced" })
  const worker = cluster.fork()
  const startedAt = performance.now()
  worker.on("message", onMessage)
  cutWhatIsOnItsWay(worker)
  const child: Child = {
    id: worker.id,
    pid: worker.process.pid,
    send(message) {
      // One that has just died is replaced when its end is noticed.
      if (worker.isConnected()) worker.send(message, undefined, () => undefined)
    },
    kill: () => void worker.process.kill("SIGKILL"),
    ended: endOf(worker).then((end) => ({ ...end, livedMs: performance.now() - startedAt })),
  }
  child.send({ kind: "serve", assignment })
  return child
}

/** A connection that the primary has taken, as Node passes it on. */
interface Connection {
  close(): void
}

/**
 * Node keeps a connection open until the child that it was sent to has taken it, for ever if the child
 * dies before that: the buyer at the other end would wait for nothing. There is one at most; it is cut
 * with all others of that child.
 */
function cutWhatIsOnItsWay(worker: Worker): void {
  const child = worker.process
  const send = child.send.bind(child)
  let onItsWay: Connection | undefined
  child.send = (message: unknown, ...rest: unknown[]) => {
    const [connection] = rest
    if (isConnection(connection)) onItsWay = connection
    return Reflect.apply(send, child, [message, ...rest])
  }
  child.on("internalMessage", (message: { readonly accepted?: boolean }) => {
    if (message.accepted !== undefined) onItsWay = undefined
  })
  worker.once("disconnect", () => onItsWay?.close())
}

function isConnection(value: unknown): value is Connection {
  return typeof value === "object" && value !== null && "close" in value
}

/** What a process has written before its end is read at once. */
const HEARD_WITHIN_MS = 100

async function endOf(worker: Worker): Promise<Pick<ChildEnd, "code" | "signal">> {
  const { promise, resolve } = Promise.withResolvers<Pick<ChildEnd, "code" | "signal">>()
  const silence = new Promise<void>((resolve) => void worker.once("disconnect", resolve))
  worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }))
  worker.on("error", () => {
    // One that could not even be made has no exit and no line.
    if (worker.process.pid === undefined) resolve({ code: null, signal: null })
  })
  const end = await promise
  if (worker.process.pid === undefined) return end
  const isSilent = await Promise.race([silence.then(() => true), sleep(HEARD_WITHIN_MS, false)])
  // Node never says so while it waits for a connection to be taken, and would count on the dead child for ever.
  if (!isSilent) worker.process.emit("disconnect")
  return end
}
