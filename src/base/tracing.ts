/** A part of a trace: the work for one request, one batch, or one call of another system. */
export interface TraceSpan {
  readonly traceId: string
  readonly spanId: string
  /** Its place in the trace, as the header `traceparent` carries it. */
  readonly traceparent: string
  /** Ends it. `status`: the HTTP status, where there is one. */
  end(result: { readonly status?: number; readonly error?: unknown }): void
}

/** Records traces. Exists only where OTEL_EXPORTER_OTLP_ENDPOINT is set. */
export interface Tracing {
  /** Begins the span of a request, below the caller's span if `traceparent` is well-formed. */
  request(
    name: string,
    attributes: Readonly<Record<string, string>>,
    traceparent: string | undefined,
  ): TraceSpan
  /** Runs work in the name of a span. */
  within<T>(span: TraceSpan, work: () => T): T
  /** The span in whose name this code runs; null: none. */
  active(): TraceSpan | null
  /** Remembers that the command was sent in the name of the active span. */
  sent(command: object): void
  /** Runs a transaction in a span of its own, linked with the spans of its commands in both directions. */
  batch<T>(commands: readonly object[], commit: () => Promise<T>): Promise<T>
  /** Begins the span of a call of another system, below the active span if there is one. */
  outgoing(name: string, attributes: Readonly<Record<string, string>>): TraceSpan
  /** Sends what was recorded and stops. Does not throw. */
  stop(): Promise<void>
}

let current: Tracing | null = null

/** Null, which costs a comparison, unless traces are recorded. */
export function tracing(): Tracing | null {
  return current
}

/** Sets how this process records traces; null: not at all. */
export function useTracing(recorder: Tracing | null): void {
  current = recorder
}

/** Runs a transaction over these commands, in a span if traces are recorded. */
export function inBatchSpan<T>(commands: () => readonly object[], commit: () => Promise<T>): Promise<T> {
  return current === null ? commit() : current.batch(commands(), commit)
}

/** Calls another system with the headers that carry the trace on; none unless traces are recorded. */
export async function inOutgoingSpan<T>(
  name: string,
  attributes: Readonly<Record<string, string>>,
  call: (headers: Readonly<Record<string, string>>) => Promise<T>,
  statusOf: (answer: T) => number,
): Promise<T> {
  if (current === null) return call({})
  const span = current.outgoing(name, attributes)
  try {
    const answer = await call({ traceparent: span.traceparent })
    span.end({ status: statusOf(answer) })
    return answer
  } catch (error) {
    span.end({ error })
    throw error
  }
}
