import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources"
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace"
import { AsyncLocalStorage } from "node:async_hooks"
import type { TraceSpan, Tracing } from "../base/tracing.ts"
import { version } from "../base/version.ts"
import type { TracingSettings } from "../config/tracing.ts"

/** A span, and the library's own object of it. */
interface OwnSpan extends TraceSpan {
  readonly span: Span
}

/** The largest batch; each of its commands may be of another request. */
const MOST_LINKS = 1_000

/** Spans that wait to be sent; a crowd makes thousands a second, and those past this number are dropped. */
const MOST_WAITING_SPANS = 20_000

/** Records traces and sends them to a collector by OTLP over HTTP, as JSON. */
export function createTracing({ url, headers, serviceName, ratio }: TracingSettings): Tracing {
  const sampler = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ "service.name": serviceName, "service.version": version }),
    ),
    // A caller's wish to be recorded counts no more than the ratio: any buyer may send one.
    sampler: new ParentBasedSampler({ root: sampler, remoteParentSampled: sampler }),
    spanLimits: { linkCountLimit: MOST_LINKS },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, headers: { ...headers } }),
        maxQueueSize: MOST_WAITING_SPANS,
        scheduledDelayMillis: 1_000,
      }),
    ],
  })
  const tracer = provider.getTracer("doorbuster", version)
  const storage = new AsyncLocalStorage<OwnSpan>()
  const senders = new WeakMap<object, OwnSpan>()
  const known = new WeakMap<TraceSpan, OwnSpan>()

  function begin(name: string, kind: SpanKind, attributes: Readonly<Record<string, string>>, below: Context) {
    const own = ownSpan(tracer.startSpan(name, { kind, attributes: { ...attributes } }, below))
    known.set(own, own)
    return own
  }
  return {
    request: (name, attributes, traceparent) =>
      begin(name, SpanKind.SERVER, attributes, contextOf(traceparent)),
    within: (span, work) => {
      const own = known.get(span)
      return own === undefined ? work() : storage.run(own, work)
    },
    active: () => storage.getStore() ?? null,
    sent(command) {
      const sender = storage.getStore()
      if (sender !== undefined) senders.set(command, sender)
    },
    async batch(commands, commit) {
      const origins = new Set(commands.flatMap((command) => senders.get(command) ?? []))
      const links = [...origins].map(({ span }) => ({ context: span.spanContext() }))
      const attributes = { "doorbuster.commands": commands.length }
      const options = { kind: SpanKind.INTERNAL, attributes, links }
      const own = ownSpan(tracer.startSpan("batch", options, ROOT_CONTEXT))
      for (const { span } of origins) span.addLink({ context: own.span.spanContext() })
      try {
        return await storage.run(own, commit)
      } catch (error) {
        failed(own.span, error)
        throw error
      } finally {
        own.span.end()
      }
    },
    outgoing(name, attributes) {
      const active = storage.getStore()
      const below = active === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, active.span)
      return begin(name, SpanKind.CLIENT, attributes, below)
    },
    // A collector that is away must not hold up a stop.
    stop: () => provider.shutdown().catch(() => undefined),
  }
}

function ownSpan(span: Span): OwnSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    span,
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
    end({ status, error }) {
      if (status !== undefined) span.setAttribute("http.response.status_code", status)
      if (status !== undefined && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      if (error !== undefined) failed(span, error)
      span.end()
    },
  }
}

function failed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** The caller's span; none if the header is missing or malformed, or has an id of zeros. */
function contextOf(traceparent: string | undefined): Context {
  const found = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(
    traceparent ?? "",
  )
  const [, traceId = "", spanId = "", flags = ""] = found ?? []
  if (found === null || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT
  const traceFlags = Number.parseInt(flags, 16) & 1
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}
