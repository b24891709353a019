import type { LearningClock } from "./clock.ts"
import { AnswerError, NetworkError, TimeoutError } from "./errors.ts"
import { createEventStreamReader } from "./event-stream.ts"
import type { FetchAnswer } from "./options.ts"
import { backoffMs, pause, retryAfterMs } from "./pauses.ts"
import { isProblem, ProblemError } from "./problems.ts"
import type { Connection } from "./send.ts"
import type { Product } from "./types.ts"

/** `connecting`: at the start, and after the connection was lost; `closed` is final. */
export type WatchState = "connecting" | "open" | "closed"

/** The callbacks of a watch, and the signal that ends it. */
export interface WatchOptions {
  /**
   * Called with a product as it is now: each at the start, and whenever it has changed, also while the connection was
   * lost.
   */
  readonly onProduct: (product: Product) => void
  /**
   * Called when the state changes. `reason` is the error that ended the last connection; with `closed`, the refusal
   * after which reconnecting is useless, such as an unknown product.
   */
  readonly onState?: ((state: WatchState, reason?: Error) => void) | undefined
  /** Ends the watch. No callback is called after that, not even with `closed`. */
  readonly signal?: AbortSignal | undefined
}

/** A running watch of products. */
export interface Watch {
  readonly state: WatchState
  /** Ends the watch, as the signal does. */
  close(): void
}

/** The server sends something every 15 seconds, so a connection that is silent for this long is lost. */
const SILENCE_MS = 45_000
/** The pause of browsers when the stream gives none. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** Times that tests shorten. */
export interface WatchTimes {
  readonly silenceMs: number
  readonly firstPauseMs: number
}

const defaultTimes: WatchTimes = { silenceMs: SILENCE_MS, firstPauseMs: FIRST_PAUSE_MS }

/** Watches products over the server's event stream, and reconnects whenever the connection is lost. */
export function watchProducts(
  connection: Connection,
  clock: Pick<LearningClock, "learn">,
  productIds: readonly number[],
  options: WatchOptions,
  times: WatchTimes = defaultTimes,
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

  function setState(next: WatchState, reason?: Error): void {
    if (ending.signal.aborted) return
    state = next
    callListener(() => (reason === undefined ? options.onState?.(next) : options.onState?.(next, reason)))
  }

  async function run(): Promise<void> {
    let reason: Error | undefined
    while (!ending.signal.aborted) {
      setState("connecting", reason)
      reason = await connectOnce().catch((error: unknown) => asError(error))
      if (ending.signal.aborted) return
      if (isFinal(reason)) {
        setState("closed", reason)
        return close()
      }
      failures += 1
      const askedMs = reason instanceof ProblemError ? (reason.retryAfterMs ?? 0) : 0
      const pauseMs = askedMs + backoffMs(failures, firstPauseMs, Math.max(firstPauseMs, LONGEST_PAUSE_MS))
      await pause(pauseMs, ending.signal).catch(() => undefined)
    }
  }

  /** Opens one connection and reads it to its end. Returns or throws the error that ended it. */
  async function connectOnce(): Promise<Error> {
    const controller = new AbortController()
    const stop = () => controller.abort()
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
        await untilAborted(open(controller.signal), controller.signal),
        controller.signal,
        onBytes,
      )
      return new NetworkError("the stream has ended")
    } catch (error) {
      if (isSilent) return new TimeoutError("nothing came over the stream for too long")
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
    const url = `${connection.baseUrl}/api/stream?product_id=${productIds.join(",")}`
    return connection.fetch(url, { method: "GET", headers, signal, cache: "no-store" })
  }

  async function readAll(answer: FetchAnswer, signal: AbortSignal, onBytes: () => void): Promise<void> {
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true
    if (answer.status !== 200 || !isStream || answer.body === null) {
      throw errorOf(answer, await untilAborted(answer.text(), signal))
    }
    const source = answer.body.getReader()
    const reader = createEventStreamReader(lastEventId)
    setState("open")
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
    callListener(() => options.onProduct(product))
  }

  if (options.signal?.aborted === true) {
    close()
  } else {
    options.signal?.addEventListener("abort", close, { once: true })
    // The caller gets the watch before the first callback is called.
    queueMicrotask(() => void run())
  }
  return {
    get state() {
      return state
    },
    close,
  }
}

/** Calls a listener. An error it throws is reported by the platform as uncaught, and the watch goes on. */
function callListener(listener: () => void): void {
  try {
    listener()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/**
 * True if reconnecting is useless: a refusal would only be repeated, and 204 asks clients not to reconnect. A server
 * that is busy or failing is tried again.
 */
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
    // Not JSON, such as a gateway's error page: the `AnswerError` carries its status.
  }
  return new AnswerError(answer.status, text)
}

function asError(error: unknown): Error {
  if (error instanceof ProblemError || error instanceof AnswerError) return error
  return new NetworkError("the connection of the stream was lost", { cause: error })
}

/** Rejects as soon as the signal is aborted, even if the promise itself does not settle. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error("aborted"))
    if (signal.aborted) stop()
    signal.addEventListener("abort", stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop))
  })
}
