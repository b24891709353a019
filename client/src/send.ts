import { AnswerError, NetworkError, TimeoutError } from "./errors.ts"
import type { CallOptions, ConnectionOptions, Fetch } from "./options.ts"
import { aborted, backoffMs, pause, retryAfterMs } from "./pauses.ts"
import { isProblem, ProblemError } from "./problems.ts"

const TRIES = 5
const TOTAL_MS = 30_000
/** Longer than the five seconds after which the server answers every command. */
const TRY_MS = 10_000
/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Statuses without a decision: too many requests, and a gateway or server that cannot answer at present. */
const RETRIED_STATUSES = new Set([429, 502, 503, 504])

/** One call of a route. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** Begins with a slash. */
  readonly path: string
  readonly query?: object | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** True: bypasses every cache, and the server's own where the caller may ask for that. */
  readonly fresh?: boolean
  /** True: sending it twice has the same effect as sending it once, so it may be retried. */
  readonly repeatable: boolean
  /** True: its key was never sent before, so the server need not look for an earlier answer to the first try. */
  readonly isKeyNew?: boolean
  readonly options: CallOptions
}

/** A complete response. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly retryAfterMs: number | null
  /** When its try began and ended, by the local clock, in milliseconds since 1970. */
  readonly sentAt: number
  readonly receivedAt: number
}

/** The server that calls are sent to, and how they are sent. */
export interface Connection extends Omit<ConnectionOptions, "fetch"> {
  readonly fetch: Fetch
  readonly token: string | null
}

/** Fills in the options that are not given. */
export function connectionTo(
  { baseUrl, fetch, retry, timeoutMs }: ConnectionOptions,
  token?: string | null,
): Connection {
  return {
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Looked up at each call, so that a page may replace the platform's `fetch`; browsers require a call without `this`.
    fetch: fetch ?? ((url, request) => globalThis.fetch(url, request)),
    retry,
    timeoutMs,
    token: token ?? null,
  }
}

/** Sends a call, with retries, and reads its answer. Throws every error of this package. */
export async function call<Answer>(connection: Connection, request: Call): Promise<Answer> {
  return answerOf(await send(connection, request)) as Answer
}

/** The JSON of a successful response. Throws `ProblemError` or `AnswerError` for any other response. */
export function answerOf(reply: Reply): unknown {
  const body = parsed(reply.text)
  if (reply.status < 300 && body !== undefined) return body
  if (isProblem(body)) throw new ProblemError(body, reply.retryAfterMs)
  throw new AnswerError(reply.status, reply.text)
}

/** Like {@link call}, but returns the response whatever its status is. */
export async function send(connection: Connection, request: Call): Promise<Reply> {
  const { signal, retry, timeoutMs = connection.timeoutMs ?? TRY_MS } = request.options
  const { tries = TRIES, totalMs = TOTAL_MS } = { ...connection.retry, ...retry }
  const endsAt = performance.now() + totalMs
  for (let tried = 1; ; tried += 1) {
    const leftMs = endsAt - performance.now()
    const result = await tryOnce(connection, withAttempt(request, tried), Math.min(timeoutMs, leftMs))
    const pauseMs = request.repeatable && tried < tries ? pauseAfter(result, tried) : null
    if (pauseMs === null || performance.now() + pauseMs >= endsAt) {
      if (result instanceof Error) throw result
      return result
    }
    await pause(pauseMs, signal)
  }
}

function withAttempt(request: Call, tried: number): Call {
  if (request.isKeyNew !== true) return request
  return { ...request, headers: { ...request.headers, "idempotency-attempt": String(tried) } }
}

/** Null: no retry. */
function pauseAfter(result: Reply | Error, tried: number): number | null {
  if (result instanceof Error) return backoffMs(tried)
  if (!RETRIED_STATUSES.has(result.status)) return null
  // The random part keeps a crowd that was given the same `Retry-After` from returning in the same second.
  return (result.retryAfterMs ?? 0) + backoffMs(tried)
}

/** Sends a call once. Throws `AbortError`; returns the other errors, after which the call may be retried. */
function tryOnce(
  connection: Connection,
  request: Call,
  withinMs: number,
): Promise<Reply | NetworkError | TimeoutError> {
  const { signal } = request.options
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(aborted(signal))
    const controller = new AbortController()
    const stop = () => {
      settle()
      controller.abort()
      reject(aborted(signal))
    }
    const timer = setTimeout(
      () => {
        settle()
        controller.abort()
        resolve(new TimeoutError(`${request.method} ${request.path} was not answered in time`))
      },
      Math.min(withinMs, LONGEST_TIMER_MS),
    )
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", stop)
    }
    signal?.addEventListener("abort", stop, { once: true })
    exchange(connection, request, controller.signal).then(
      (reply) => {
        settle()
        resolve(reply)
      },
      (error: unknown) => {
        settle()
        resolve(new NetworkError(`${request.method} ${request.path} got no answer`, { cause: error }))
      },
    )
  })
}

async function exchange(connection: Connection, request: Call, signal: AbortSignal): Promise<Reply> {
  const { method, path, query, body, fresh, options } = request
  const token = options.token === undefined ? connection.token : options.token
  const headers: Record<string, string> = { accept: "application/json", ...request.headers }
  if (fresh === true) headers["cache-control"] = "no-cache"
  if (body !== undefined) headers["content-type"] = "application/json"
  if (token !== null) headers["authorization"] = `Bearer ${token}`
  const sentAt = Date.now()
  const answer = await connection.fetch(`${connection.baseUrl}${path}${queryText(query)}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
    ...(fresh === true ? { cache: "no-store" as const } : {}),
  })
  const text = await answer.text()
  const receivedAt = Date.now()
  const asked = retryAfterMs(answer.headers.get("retry-after"), receivedAt)
  return { status: answer.status, text, retryAfterMs: asked, sentAt, receivedAt }
}

function queryText(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  const pairs = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`
}

/** Undefined: the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
