import type { LearningClock } from "./clock.ts"
import { AnswerError, NetworkError, TimeoutError } from "./errors.ts"
import { createEventStreamReader } from "./event-stream.ts"
import type { FetchAnswer } from "./options.ts"
import { backoffMs, pause, retryAfterMs } from "./pauses.ts"
import { isProblem, ProblemError } from "./problems.ts"
import type { Line } from "./send.ts"
import type { Product } from "./types.ts"

/** `connecting`: at the start, and after every loss; `closed`: for good. */
export type WatchState = "connecting" | "open" | "closed"

/** What watching tells, and when it ends. */
export interface WatchOptions {
  /** A product as it is now: each one at the start, and whenever it changes or has changed during a loss. */
  readonly onProduct: (product: Product) => void
  /**
   * How it goes. `reason` says what ended the connection before; with `closed`, why it makes no sense to
   * come back: the server refused (no such product, say).
   */
  readonly onState?: ((state: WatchState, reason?: Error) => void) | undefined
  /** Ends it. From then on nothing is told, `closed` neither. */
  readonly signal?: AbortSignal | undefined
}

/** A stream that is being watched. */
export interface Watch {
  readonly state: WatchState
  /** Ends it, as the signal does. */
  close(): void
}

/** The server says something every 15 seconds, so that a connection that is silent for so long is dead. */
const SILENCE_MS = 45_000
/** What browsers take, where the stream does not say. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** Times that tests make short. */
export interface WatchTimes {
  readonly silenceMs: number
  readonly firstPauseMs: number
}

const usual: WatchTimes = { silenceMs: SILENCE_MS, firstPauseMs: FIRST_PAUSE_MS }

/** Watches products over the server's stream of events, and comes back whenever the connection is lost. */
export function watchProducts(
  line: Line,
  clock: Pick<LearningClock, "learn">,
  productIds: readonly number[],
  options: WatchOptions,
  times: WatchTimes = usual,
): Watch {
  const ending = new AbortController()
  const close = () => {
    state = "closed"
    options.signal?.removeEventListener("abort", close)
    ending.abort()
  }
  let state: WatchState = "connecting"
  let lastEventId = ""
  let firstPauseMs = times.firstPauseMs
  let failures = 0

  function tell(next: WatchState, reason?: Error): void {
    if (ending.signal.aborted) return
    state = next
    guarded(() => (reason === undefined ? options.onState?.(next) : options.onState?.(next, reason)))
  }

  async function run(): Promise<void> {
    let reason: Error | undefined
    while (!ending.signal.aborted) {
      tell("connecting", reason)
      reason = await connectOnce().catch((error: unknown) => asError(error))
      if (ending.signal.aborted) return
      if (isFinal(reason)) {
        tell("closed", reason)
        return close()
      }
      failures += 1
      const askedMs = reason instanceof ProblemError ? (reason.retryAfterMs ?? 0) : 0
      const pauseMs = askedMs + backoffMs(failures, firstPauseMs, Math.max(firstPauseMs, LONGEST_PAUSE_MS))
      await pause(pauseMs, ending.signal).catch(() => undefined)
    }
  }

  /** One connection, to its end; returns or throws what ended it. */
  async function connectOnce(): Promise<Error> {
    const connection = new AbortController()
    const stop = () => connection.abort()
    ending.signal.addEventListener("abort", stop, { once: true })
    let isSilent = false
    const onSilence = () => {
      isSilent = true
      stop()
    }
    let watchdog = setTimeout(onSilence, times.silenceMs)
    const onBytes = () => {
      clearTimeout(watchdog)
      watchdog = setTimeout(onSilence, times.silenceMs)
    }
    try {
      await readAll(
        await untilAborted(open(connection.signal), connection.signal),
        connection.signal,
        onBytes,
      )
      return new NetworkError("the stream has ended")
    } catch (error) {
      if (isSilent) return new TimeoutError("the stream is silent")
      throw error
    } finally {
      clearTimeout(watchdog)
      ending.signal.removeEventListener("abort", stop)
      stop()
    }
  }

  function open(signal: AbortSignal): Promise<FetchAnswer> {
    const headers: Record<string, string> = { accept: "text/event-stream" }
    if (lastEventId !== "") headers["last-event-id"] = lastEventId
    const url = `${line.baseUrl}/api/stream?product_id=${productIds.join(",")}`
    return line.fetch(url, { method: "GET", headers, signal, cache: "no-store" })
  }

  async function readAll(answer: FetchAnswer, signal: AbortSignal, onBytes: () => void): Promise<void> {
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true
    if (answer.status !== 200 || !isStream || answer.body === null) {
      throw errorOf(answer, await untilAborted(answer.text(), signal))
    }
    const source = answer.body.getReader()
    const reader = createEventStreamReader(lastEventId)
    tell("open")
    for (;;) {
      const { done, value } = await untilAborted(source.read(), signal)
      if (done) return
      onBytes()
      for (const event of reader.push(value)) take(event.type, event.data)
      lastEventId = reader.lastEventId
      firstPauseMs = reader.retryMs ?? firstPauseMs
    }
  }

  function take(type: string, data: string): void {
    if (type !== "product" || ending.signal.aborted) return
    const product = JSON.parse(data) as Product
    failures = 0
    clock.learn(product.server_time, null, Date.now())
    guarded(() => options.onProduct(product))
  }

  if (options.signal?.aborted === true) {
    close()
  } else {
    options.signal?.addEventListener("abort", close, { once: true })
    // Not before the caller has what is returned here.
    queueMicrotask(() => void run())
  }
  return {
    get state() {
      return state
    },
    close,
  }
}

/** What a listener throws is its own affair: the platform tells of it, and watching goes on. */
function guarded(tell: () => void): void {
  try {
    tell()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Other than a full or failing server, one that refuses will refuse again; 204 asks not to come back. */
function isFinal(reason: Error): boolean {
  if (!(reason instanceof ProblemError) && !(reason instanceof AnswerError)) return false
  const { status } = reason
  return status === 204 || (status >= 400 && status < 500 && status !== 429)
}

function errorOf(answer: FetchAnswer, text: string): Error {
  const asked = retryAfterMs(answer.headers.get("retry-after"), Date.now())
  try {
    const body: unknown = JSON.parse(text)
    if (isProblem(body)) return new ProblemError(body, asked)
  } catch {
    // Some gateway's page: its status says what to do.
  }
  return new AnswerError(answer.status, text)
}

function asError(error: unknown): Error {
  if (error instanceof ProblemError || error instanceof AnswerError) return error
  return new NetworkError("the stream broke", { cause: error })
}

/** Gives up at once when the signal says so, whether or not what is waited for does. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error("given up"))
    if (signal.aborted) stop()
    signal.addEventListener("abort", stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop))
  })
}
