import cluster, { type Worker } from "node:cluster"
import { setTimeout as sleep } from "node:timers/promises"
import type { Assignment, ToChild, ToPrimary } from "./messages.ts"

/** A child as its primary sees it. */
export interface Child {
  /** Never used again. */
  readonly id: number
  readonly pid: number | undefined
  send(message: ToChild): void
  /** Ends it at once, by SIGKILL. */
  kill(): void
  /** Resolves when it has ended and all its messages have been handled. */
  readonly ended: Promise<ChildEnd>
}

/** How a child ended; `code` is null when a signal ended it. */
export interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly livedMs: number
}

/** Starts this program again as `command`, to share the port. `onMessage` receives its messages. */
export function forkChild(
  command: string,
  assignment: Assignment,
  onMessage: (message: ToPrimary) => void,
): Child {
  // The messages hold buffers and numbers (NaN, Infinity) that JSON cannot represent.
  cluster.setupPrimary({ args: [command], serialization: "advanced" })
  const worker = cluster.fork()
  const startedAt = performance.now()
  worker.on("message", onMessage)
  closeUnacceptedConnection(worker)
  const child: Child = {
    id: worker.id,
    pid: worker.process.pid,
    send(message) {
      // A child that has just died is replaced when its end is noticed.
      if (worker.isConnected()) worker.send(message, undefined, () => undefined)
    },
    kill: () => void worker.process.kill("SIGKILL"),
    ended: endOf(worker).then((end) => ({ ...end, livedMs: performance.now() - startedAt })),
  }
  child.send({ kind: "serve", assignment })
  return child
}

/** A connection that the primary has accepted and passes on to a child. */
interface Connection {
  close(): void
}

/**
 * Closes the connection that was on its way to a child when the child died. Node keeps it open until the child has
 * accepted it, for ever if the child dies first, and the buyer at the other end would wait in vain. There is one at
 * most.
 */
function closeUnacceptedConnection(worker: Worker): void {
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

/** Messages that a process wrote before its end are read within moments. */
const LAST_MESSAGES_WITHIN_MS = 100

async function endOf(worker: Worker): Promise<Pick<ChildEnd, "code" | "signal">> {
  const { promise, resolve } = Promise.withResolvers<Pick<ChildEnd, "code" | "signal">>()
  const silence = new Promise<void>((resolve) => void worker.once("disconnect", resolve))
  worker.once("exit", (code: number | null, signal: string | null) => resolve({ code, signal }))
  worker.on("error", () => {
    // A process that could not be started emits neither `exit` nor `disconnect`.
    if (worker.process.pid === undefined) resolve({ code: null, signal: null })
  })
  const end = await promise
  if (worker.process.pid === undefined) return end
  const isSilent = await Promise.race([silence.then(() => true), sleep(LAST_MESSAGES_WITHIN_MS, false)])
  // Node emits no `disconnect` while it waits for a connection to be accepted, and would go on sending to the dead child.
  if (!isSilent) worker.process.emit("disconnect")
  return end
}
