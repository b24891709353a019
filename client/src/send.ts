import { AnswerError, NetworkError, TimeoutError } from "./errors.ts"
import type { CallOptions, ConnectionOptions, Fetch } from "./options.ts"
import { aborted, backoffMs, pause, retryAfterMs } from "./pauses.ts"
import { isProblem, ProblemError } from "./problems.ts"

const TRIES = 5
const TOTAL_MS = 30_000
/** A command waits for five seconds in the server at most, and then it is answered. */
const TRY_MS = 10_000
/** Timers that are set for longer go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Nothing was decided: too many requests, a gateway without its server, no room, no answer from behind. */
const WORTH_ANOTHER_TRY = new Set([429, 502, 503, 504])

/** One request as the routes describe it. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** With its leading slash. */
  readonly path: string
  readonly query?: object | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** True: past every cache, and past the server's memory where the caller may ask for that. */
  readonly fresh?: boolean
  /** True: sending it twice does no more than sending it once. */
  readonly repeatable: boolean
  /** True: nobody has asked under its key before, so its first try may be refused without looking for that. */
  readonly isKeyNew?: boolean
  readonly options: CallOptions
}

/** An answer, whole. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly retryAfterMs: number | null
  /** When its try began and ended, by the local clock, in milliseconds since 1970. */
  readonly sentAt: number
  readonly receivedAt: number
}

/** How calls reach their server. */
export interface Line extends Omit<ConnectionOptions, "fetch"> {
  readonly fetch: Fetch
  readonly token: string | null
}

/** Fills in what was not said. */
export function lineTo({ baseUrl, fetch, retry, timeoutMs }: ConnectionOptions, token?: string | null): Line {
  return {
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Looked up late, so that whoever wraps the platform's is heard; called without a `this`, as browsers ask.
    fetch: fetch ?? ((url, request) => globalThis.fetch(url, request)),
    retry,
    timeoutMs,
    token: token ?? null,
  }
}

/** Sends a call, again if that is worth it, and reads its answer. Throws every error of this package. */
export async function call<Answer>(line: Line, request: Call): Promise<Answer> {
  return answerOf(await send(line, request)) as Answer
}

/** The JSON of a good answer; any other is thrown. */
export function answerOf(reply: Reply): unknown {
  const body = parsed(reply.text)
  if (reply.status < 300 && body !== undefined) return body
  if (isProblem(body)) throw new ProblemError(body, reply.retryAfterMs)
  throw new AnswerError(reply.status, reply.text)
}

/** As {@link call}, up to the answer, whatever its status. */
export async function send(line: Line, request: Call): Promise<Reply> {
  const { signal, retry, timeoutMs = line.timeoutMs ?? TRY_MS } = request.options
  const { tries = TRIES, totalMs = TOTAL_MS } = { ...line.retry, ...retry }
  const endsAt = performance.now() + totalMs
  for (let tried = 1; ; tried += 1) {
    const leftMs = endsAt - performance.now()
    const result = await tryOnce(line, numbered(request, tried), Math.min(timeoutMs, leftMs))
    const pauseMs = request.repeatable && tried < tries ? pauseAfter(result, tried) : null
    if (pauseMs === null || performance.now() + pauseMs >= endsAt) {
      if (result instanceof Error) throw result
      return result
    }
    await pause(pauseMs, signal)
  }
}

function numbered(request: Call, tried: number): Call {
  if (request.isKeyNew !== true) return request
  return { ...request, headers: { ...request.headers, "idempotency-attempt": String(tried) } }
}

/** Null: there is nothing to wait for. */
function pauseAfter(result: Reply | Error, tried: number): number | null {
  if (result instanceof Error) return backoffMs(tried)
  if (!WORTH_ANOTHER_TRY.has(result.status)) return null
  // Not all of a crowd at the very second that all of it was told.
  return (result.retryAfterMs ?? 0) + backoffMs(tried)
}

/** An abort is thrown; what may be tried again is returned. */
function tryOnce(line: Line, request: Call, withinMs: number): Promise<Reply | NetworkError | TimeoutError> {
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
    exchange(line, request, controller.signal).then(
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

async function exchange(line: Line, request: Call, signal: AbortSignal): Promise<Reply> {
  const { method, path, query, body, fresh, options } = request
  const token = options.token === undefined ? line.token : options.token
  const headers: Record<string, string> = { accept: "application/json", ...request.headers }
  if (fresh === true) headers["cache-control"] = "no-cache"
  if (body !== undefined) headers["content-type"] = "application/json"
  if (token !== null) headers["authorization"] = `Bearer ${token}`
  const sentAt = Date.now()
  const answer = await line.fetch(`${line.baseUrl}${path}${queryText(query)}`, {
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

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
