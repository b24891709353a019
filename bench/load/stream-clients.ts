import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** The first message to a process of stream clients. It crosses a process boundary, so it holds plain values only. */
export interface StreamClientPlan {
  readonly host: string
  readonly port: number
  /** The path of the stream. */
  readonly path: string
  readonly count: number
}

/** A later message to it: a text to wait for on every stream. */
export interface ToStreamClients {
  readonly mark: string
}

export type FromStreamClients =
  | { readonly kind: "open" }
  /** The text has arrived on the last stream. `at`: when, in milliseconds since the epoch. */
  | { readonly kind: "arrived"; readonly at: number; readonly dropped: number }

/** Open streams, in processes of their own. */
export interface StreamClients {
  /** Waits until a text has arrived on every stream; resolves with the time. */
  seen(mark: string): Promise<number>
  close(): Promise<void>
}

const program = fileURLToPath(new URL("stream-client-process.ts", import.meta.url))
/** Two, because a process may open only some 20,000 files, and one process could not read them all in time. */
const PROCESSES = 2

/** Opens the streams of a plan. Throws if one of them cannot be opened or is dropped. */
export async function openStreamClients(plan: StreamClientPlan): Promise<StreamClients> {
  const children = Array.from({ length: PROCESSES }, () => fork(program))
  const counts = children.map((_, index) => Math.floor((plan.count + index) / PROCESSES))
  await Promise.all(
    children.map(async (child, index) => {
      const opened = answerOf(child)
      child.send({ ...plan, count: counts[index] ?? 0 })
      await opened
    }),
  )
  return {
    async seen(mark) {
      const times = children.map(async (child) => {
        const arrived = answerOf(child)
        child.send({ mark } satisfies ToStreamClients)
        const answer = await arrived
        if (answer.kind !== "arrived") throw new Error("unexpected second report of open streams")
        if (answer.dropped > 0) throw new Error(`${answer.dropped} streams were dropped`)
        return answer.at
      })
      return Math.max(...(await Promise.all(times)))
    },
    async close() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null) return
          const exited = once(child, "exit")
          child.disconnect()
          await exited
        }),
      )
    },
  }
}

const ANSWER_WITHIN_MS = 60_000

async function answerOf(child: ChildProcess): Promise<FromStreamClients> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`a process of stream clients ended with ${String(code)}`)
  })
  ended.catch(() => undefined)
  const [answer] = (await Promise.race([once(child, "message", { signal }), ended])) as [FromStreamClients]
  return answer
}
